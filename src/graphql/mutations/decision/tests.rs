//! Tests of `decision`.

use super::*;

fn today() -> NaiveDate {
    "2026-03-02".parse().expect("a date")
}

fn asked<'a>(categories: &'a [DataCategory], agency_kinds: &'a [AgencyKind]) -> Asked<'a> {
    Asked {
        categories,
        agency_kinds,
        decision: ConsentAnswer::Given,
        purposes: None,
        expires_on: None,
        decider: ("decidedById", false),
        as_professional: false,
    }
}

fn fields(asked: &Asked<'_>) -> Vec<String> {
    let errors = asked.check(today()).err().unwrap_or_default();
    errors.iter().map(|error| error.field.clone()).collect()
}

#[test]
fn a_category_or_kind_named_twice_counts_once() {
    let plan = DataCategory::Plan;
    let twice = [AgencyKind::Police, AgencyKind::Police];
    let terms = asked(&[plan, plan], &twice).check(today());
    let terms = terms.expect("it is good");
    assert_eq!(
        (terms.categories, terms.agency_kinds),
        (vec!["PLAN"], vec!["police".to_owned()])
    );
}

#[test]
fn there_are_some_and_not_too_many_and_all_are_about_people() {
    let all_kinds: Vec<AgencyKind> = crate::catalogue::catalogue()
        .agency_kinds
        .iter()
        .filter_map(|term| codes::parse(&term.code))
        .collect();
    let personal: Vec<DataCategory> = Category::ALL
        .into_iter()
        .filter(|category| category.is_personal())
        .filter_map(|category| codes::parse(category.code()))
        .collect();
    let police = [AgencyKind::Police];
    assert!(asked(&personal, &police).check(today()).is_ok());
    let just = MOST / all_kinds.len();
    assert!(asked(&personal[..just], &all_kinds).check(today()).is_ok());
    assert!(asked(&personal[..=just], &all_kinds).check(today()).is_err());
    assert!(asked(&[], &police).check(today()).is_err());
    assert!(asked(&personal, &[]).check(today()).is_err());
    for nobody in [DataCategory::Reference, DataCategory::Statistics] {
        assert!(asked(&[DataCategory::Plan, nobody], &police).check(today()).is_err());
    }
}

#[test]
fn purposes_are_those_of_the_catalogue_and_a_refusal_is_for_every_one() {
    let refused = |purposes: &[&str], decision| {
        let purposes: Vec<String> = purposes.iter().map(|purpose| (*purpose).to_owned()).collect();
        fields(&Asked {
            purposes: Some(&purposes),
            decision,
            ..asked(&[DataCategory::Plan], &[AgencyKind::Police])
        })
    };
    assert!(refused(&["safeguarding"], ConsentAnswer::Given).is_empty());
    assert_eq!(
        refused(&["safeguarding", "gossip"], ConsentAnswer::Given),
        ["purposes[1]"]
    );
    assert_eq!(refused(&[], ConsentAnswer::Given), ["purposes"]);
    assert_eq!(refused(&["safeguarding"], ConsentAnswer::Refused), ["purposes"]);
}

#[test]
fn who_decided_is_said_once() {
    let of = |decider, as_professional| {
        fields(&Asked {
            decider: ("decidedById", decider),
            as_professional,
            ..asked(&[DataCategory::Plan], &[AgencyKind::Police])
        })
    };
    assert!(of(true, false).is_empty() && of(false, true).is_empty());
    assert_eq!(of(true, true), ["decidedById"]);
}

#[test]
fn it_holds_today_at_least() {
    let until = |day: &str| Asked {
        expires_on: Some(day.parse().expect("a date")),
        ..asked(&[DataCategory::Plan], &[AgencyKind::Police])
    };
    assert!(until("2026-03-02").check(today()).is_ok());
    assert!(until("2026-03-01").check(today()).is_err());
}
