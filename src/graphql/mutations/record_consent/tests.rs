//! Tests of `record_consent`.

use super::*;

fn today() -> NaiveDate {
    "2026-03-02".parse().expect("a date")
}

fn input(categories: &[DataCategory], agency_kinds: &[AgencyKind]) -> RecordConsentInput {
    RecordConsentInput {
        member_id: ID::from("x"),
        categories: categories.to_vec(),
        agency_kinds: agency_kinds.to_vec(),
        decision: ConsentAnswer::Given,
        purposes: None,
        decided_by_id: None,
        as_professional: None,
        expires_on: None,
        idempotency_key: None,
    }
}

#[test]
fn a_category_or_kind_named_twice_counts_once() {
    let plan = DataCategory::Plan;
    let terms = check(
        &input(&[plan, plan], &[AgencyKind::Police, AgencyKind::Police]),
        today(),
    );
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
    assert!(check(&input(&personal, &police), today()).is_ok());
    let just = MOST / all_kinds.len();
    assert!(check(&input(&personal[..just], &all_kinds), today()).is_ok());
    assert!(check(&input(&personal[..=just], &all_kinds), today()).is_err());
    assert!(check(&input(&[], &police), today()).is_err());
    assert!(check(&input(&personal, &[]), today()).is_err());
    for nobody in [DataCategory::Reference, DataCategory::Statistics] {
        assert!(check(&input(&[DataCategory::Plan, nobody], &police), today()).is_err());
    }
}

#[test]
fn purposes_are_those_of_the_catalogue_and_a_refusal_is_for_every_one() {
    let of = |purposes: &[&str], decision| RecordConsentInput {
        purposes: Some(purposes.iter().map(|purpose| (*purpose).to_owned()).collect()),
        decision,
        ..input(&[DataCategory::Plan], &[AgencyKind::Police])
    };
    let fields = |input: &RecordConsentInput| -> Vec<String> {
        let errors = check(input, today()).err().unwrap_or_default();
        errors.iter().map(|error| error.field.clone()).collect()
    };
    assert!(fields(&of(&["safeguarding"], ConsentAnswer::Given)).is_empty());
    assert_eq!(
        fields(&of(&["safeguarding", "gossip"], ConsentAnswer::Given)),
        ["purposes[1]"]
    );
    assert_eq!(fields(&of(&[], ConsentAnswer::Given)), ["purposes"]);
    assert_eq!(fields(&of(&["safeguarding"], ConsentAnswer::Refused)), ["purposes"]);
}

#[test]
fn it_holds_today_at_least() {
    let until = |day: &str| RecordConsentInput {
        expires_on: Some(day.parse().expect("a date")),
        ..input(&[DataCategory::Plan], &[AgencyKind::Police])
    };
    assert!(check(&until("2026-03-02"), today()).is_ok());
    assert!(check(&until("2026-03-01"), today()).is_err());
}
