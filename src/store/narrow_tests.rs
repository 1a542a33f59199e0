use std::sync::Arc;

use sea_orm::{DbBackend, QueryTrait as _};
use uuid::Uuid;

use super::*;
use crate::{
    sharing::{
        agreement::{Access, Agreement, Clause, ConsentRule, Policy, Scope, Signatory},
        caller::{Caller, Party},
    },
    store::reach::FamilySet,
};

fn today() -> NaiveDate {
    "2016-03-15".parse().unwrap()
}

fn clause(categories: &[&str], scope: Scope, consent: ConsentRule) -> Clause {
    Clause {
        id: format!("{categories:?} {scope:?}"),
        agency_kinds: vec!["police".into()],
        roles: vec!["practitioner".into()],
        categories: categories.iter().map(|code| (*code).to_owned()).collect(),
        purposes: vec!["safeguarding".into()],
        access: vec![Access::Read],
        scope,
        consent,
        lawful_basis: "public_task".into(),
        condition: None,
        shielded: false,
        explain: false,
        emergency: false,
    }
}

fn ceiling(clauses: Vec<Clause>) -> Ceiling {
    let caller = Caller {
        authority: 1,
        authority_code: "one".into(),
        principal: Party {
            agency: Uuid::from_u128(1),
            agency_code: "police-one".into(),
            agency_kind: "police".into(),
            role: "practitioner".into(),
            subject: "officer".into(),
        },
        portal: None,
        client: "program".into(),
        purpose: "safeguarding".into(),
        purposes: vec!["safeguarding".into()],
    };
    let agreement = Agreement {
        code: "TFF".into(),
        version: 1,
        title: "An agreement".into(),
        effective_from: today(),
        effective_to: None,
        review_by: today(),
        signatories: vec![Signatory {
            agency: "police-one".into(),
            signed_on: today(),
            withdrawn_on: None,
        }],
        clauses,
    };
    let agreements = vec![agreement];
    Ceiling::of(&Policy { agreements }, Arc::new(caller), today())
}

fn sql(reach: &Reach) -> String {
    let families = FamilySet::Reach(reach.clone()).select_families(1);
    families.build(DbBackend::Postgres).to_string()
}

/// Which of the conditions, applied one after the other, go to the database; one that does not leaves the
/// statement unchanged.
fn narrowed(clauses: Vec<Clause>, asks: &[Ask]) -> Vec<bool> {
    let ceiling = ceiling(clauses);
    let mut reach = Reach::of(&ceiling, field::FAMILY_ID, today());
    let narrow = asks.iter().map(|ask| {
        let before = sql(&reach);
        let narrows = reach.narrow(&ceiling, ask);
        assert_eq!(narrows, sql(&reach) != before, "{ask:?}");
        narrows
    });
    narrow.collect()
}

use ConsentRule::{NotRequired, Required};
use Scope::{Authority, Cohort, Involved, Lead, Own};

#[test]
fn a_condition_goes_to_the_database_only_if_it_is_decided_alike() {
    let asks = [
        Ask::AttachedFrom(today()),
        Ask::Criterion("EDUCATION".into()),
        Ask::Criterion("HEALTH".into()),
    ];
    let marker = |scope, consent| clause(&["MARKER"], scope, consent);
    let education = |scope, consent| clause(&["CRITERION_EDUCATION"], scope, consent);
    let health = clause(&["CRITERION_HEALTH"], Authority, Required);
    let everything = vec![
        marker(Authority, NotRequired),
        education(Authority, NotRequired),
        health,
    ];
    assert_eq!(narrowed(everything, &asks), [true, true, false]);
    // Where the family's own existence depends on more, no condition does, whatever may be known of existing
    // families.
    for (scope, consent) in [
        (Authority, Required),
        (Involved, NotRequired),
        (Lead, NotRequired),
        (Own, NotRequired),
        (Cohort, Required),
    ] {
        let clauses = vec![marker(scope, consent), education(Authority, NotRequired)];
        assert_eq!(narrowed(clauses, &asks), [false; 3], "{scope:?} {consent:?}");
    }
    // And where only the criterion does, only the criterion is left to decided rows.
    for (scope, consent) in [(Authority, Required), (Involved, NotRequired), (Own, NotRequired)] {
        let clauses = vec![marker(Authority, NotRequired), education(scope, consent)];
        assert_eq!(narrowed(clauses, &asks), [true, false, false], "{scope:?} {consent:?}");
    }
}

#[test]
fn the_cohort_is_filtered_where_only_the_cohort_is_left() {
    let level = Ask::NeedLevel("monitoring".into());
    let clauses = || {
        vec![
            clause(&["MARKER"], Authority, NotRequired),
            clause(&["ASSESSMENT"], Cohort, NotRequired),
        ]
    };
    assert_eq!(narrowed(clauses(), std::slice::from_ref(&level)), [false]);
    assert_eq!(narrowed(clauses(), &[Ask::OnCohort(true), level.clone()]), [true, true]);
    assert_eq!(
        narrowed(clauses(), &[Ask::OnCohort(false), level.clone()]),
        [true, false]
    );
    // For a caller who may only know of the cohort, everything about it is known alike.
    let on_cohort = |emergency| {
        let marker = Clause {
            emergency,
            ..clause(&["MARKER", "ASSESSMENT"], Cohort, NotRequired)
        };
        narrowed(vec![marker], std::slice::from_ref(&level))
    };
    assert_eq!(on_cohort(false), [true]);
    // With emergency access another family may be in the reach, and then it is not.
    assert_eq!(on_cohort(true), [false]);
    let involved_too = vec![
        clause(&["MARKER", "ASSESSMENT"], Cohort, NotRequired),
        clause(&["MARKER"], Involved, NotRequired),
    ];
    assert_eq!(narrowed(involved_too, &[level]), [false]);
}
