use super::*;
use crate::sharing::fixtures::{agreement, day};

fn version(version: i32, from: &str, to: Option<&str>) -> Agreement {
    Agreement {
        version,
        effective_from: day(from),
        effective_to: to.map(day),
        ..agreement("TFF", Vec::new())
    }
}

fn in_force(agreements: Vec<Agreement>, on: &str) -> Vec<(String, i32)> {
    let policy = Policy { agreements };
    policy
        .in_force(day(on))
        .map(|agreement| (agreement.code.clone(), agreement.version))
        .collect()
}

#[test]
fn no_agreement_is_in_force_where_there_is_none() {
    assert_eq!(in_force(Vec::new(), "2016-01-01"), []);
}

#[test]
fn both_dates_are_inclusive() {
    let on = |date| in_force(vec![version(1, "2016-01-10", Some("2016-01-20"))], date).len();
    assert_eq!(on("2016-01-09"), 0);
    assert_eq!(on("2016-01-10"), 1);
    assert_eq!(on("2016-01-20"), 1);
    assert_eq!(on("2016-01-21"), 0);
}

#[test]
fn a_missed_review_ends_nothing() {
    assert_eq!(in_force(vec![version(1, "2015-06-01", None)], "2030-01-01").len(), 1);
}

#[test]
fn a_new_version_replaces_the_old_one_on_its_first_day_and_not_before() {
    let versions = || vec![version(2, "2016-02-01", None), version(1, "2015-06-01", None)];
    assert_eq!(in_force(versions(), "2016-01-31"), [("TFF".to_owned(), 1)]);
    assert_eq!(in_force(versions(), "2016-02-01"), [("TFF".to_owned(), 2)]);
}

#[test]
fn an_old_version_does_not_come_back_when_the_new_one_ends() {
    let versions = vec![
        version(1, "2015-06-01", None),
        version(2, "2016-02-01", Some("2016-02-10")),
    ];
    assert_eq!(in_force(versions, "2016-02-11"), []);
}

#[test]
fn different_agreements_stand_beside_each_other() {
    let other = Agreement {
        version: 7,
        ..agreement("OTHER", Vec::new())
    };
    let both = in_force(vec![version(1, "2015-06-01", None), other], "2016-01-01");
    assert_eq!(both, [("TFF".to_owned(), 1), ("OTHER".to_owned(), 7)]);
}

fn signed(on: &str, left: Option<&str>) -> Agreement {
    Agreement {
        signatories: vec![Signatory {
            agency: "police-one".into(),
            signed_on: day(on),
            withdrawn_on: left.map(day),
        }],
        ..agreement("TFF", Vec::new())
    }
}

#[test]
fn an_agency_is_a_signatory_from_the_day_it_signs_until_the_day_it_leaves() {
    let signed = signed("2016-01-10", Some("2016-01-20"));
    assert!(!signed.is_signed_by("police-one", day("2016-01-09")));
    assert!(signed.is_signed_by("police-one", day("2016-01-10")));
    assert!(signed.is_signed_by("police-one", day("2016-01-19")));
    assert!(!signed.is_signed_by("police-one", day("2016-01-20")));
}

#[test]
fn nobody_signs_for_another_agency() {
    assert!(!signed("2016-01-10", None).is_signed_by("police-two", day("2016-02-01")));
    let nobody = Agreement {
        signatories: Vec::new(),
        ..signed("2016-01-10", None)
    };
    assert!(!nobody.is_signed_by("police-one", day("2016-02-01")));
}

#[test]
fn an_agency_that_left_may_sign_again() {
    let mut again = signed("2016-01-10", Some("2016-01-20"));
    again.signatories.extend(signed("2016-02-01", None).signatories);
    assert!(!again.is_signed_by("police-one", day("2016-01-25")));
    assert!(again.is_signed_by("police-one", day("2016-02-01")));
}

#[test]
fn an_unknown_category_releases_nothing() {
    let mut clause = crate::sharing::fixtures::clause("c", &[Category::Plan]);
    clause.categories.push("EVERYTHING".into());
    assert_eq!(clause.category_set(), CategorySet::of(&[Category::Plan]));
}
