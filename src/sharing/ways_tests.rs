use super::*;
use crate::sharing::category::Category::{
    Contact, CriterionHealth, Equality, Finance, Household, Identity, Involvement, Marker, Outcome, Plan, Reference,
    Statistics,
};

fn given(any: &[Category]) -> Given {
    let any = CategorySet::of(any);
    Given {
        any,
        sourced: any,
        explained: CategorySet::EMPTY,
    }
}

fn from_family(any: &[Category], category: Category) -> Option<Vec<Category>> {
    Ways::default()
        .missing(From::Family, given(any), category, false)
        .map(|missing| missing.iter().collect())
}

fn from_anywhere(any: &[Category], category: Category) -> Option<Vec<Category>> {
    Ways::default()
        .missing(From::Anywhere, given(any), category, false)
        .map(|missing| missing.iter().collect())
}

#[test]
fn a_name_stands_on_a_member_and_a_member_on_a_family() {
    assert_eq!(from_family(&[Identity], Identity), Some(vec![Marker, Household]));
    assert_eq!(from_family(&[Marker, Equality], Equality), Some(vec![Household]));
    assert_eq!(from_family(&[Marker, Household, Identity], Identity), Some(vec![]));
    // There is a list of members, and none of names.
    assert_eq!(from_anywhere(&[Identity], Identity), Some(vec![Household]));
    assert_eq!(from_anywhere(&[Household, Identity], Identity), Some(vec![]));
    // A note may be about somebody's name; nobody opens a family for that.
    assert_eq!(from_anywhere(&[Involvement, Identity], Identity), Some(vec![]));
    assert_eq!(
        from_family(&[Marker, Involvement, Identity], Identity),
        Some(vec![Household])
    );
}

#[test]
fn the_nearest_way_counts() {
    assert_eq!(
        from_family(&[Contact], Contact),
        Some(vec![Marker]),
        "the family's address"
    );
    assert_eq!(from_family(&[Plan], Plan), Some(vec![Marker]));
    assert_eq!(from_anywhere(&[Plan], Plan), Some(vec![]), "there is a list of plans");
    assert_eq!(from_anywhere(&[CriterionHealth], CriterionHealth), Some(vec![]));
    assert_eq!(from_family(&[CriterionHealth], CriterionHealth), Some(vec![Marker]));
    assert_eq!(from_anywhere(&[Reference], Reference), Some(vec![]));
}

#[test]
fn to_what_nothing_has_there_is_no_way() {
    for category in [Finance, Statistics] {
        assert_eq!(from_anywhere(&[Marker, category], category), None);
        assert!(!is_used(category, Access::Read) && !is_used(category, Access::Write));
    }
    assert!(is_used(Outcome, Access::Read) && !is_used(Outcome, Access::Write));
    assert!(is_used(Involvement, Access::Write) && is_used(Plan, Access::Write));
}

#[test]
fn how_a_look_up_fits_is_a_way_for_clauses_that_explain() {
    let explaining = Given {
        explained: CategorySet::of(&[Identity]),
        ..given(&[Marker, Identity])
    };
    assert_eq!(
        Ways::default().missing(From::Anywhere, explaining, Identity, false),
        Some(CategorySet::EMPTY)
    );
    assert_eq!(from_anywhere(&[Marker, Identity], Identity), Some(vec![Household]));
}

#[test]
fn what_an_agency_supplied_is_no_member() {
    let own = Given {
        any: CategorySet::of(&[Marker]),
        sourced: CategorySet::of(&[Marker, Household, Identity, CriterionHealth]),
        explained: CategorySet::EMPTY,
    };
    let of = |category| Ways::default().missing(From::Anywhere, own, category, true);
    assert_eq!(of(CriterionHealth), Some(CategorySet::EMPTY));
    // Only the note of a contact could be about somebody's name and tell who wrote it.
    assert_eq!(of(Identity), Some(CategorySet::of(&[Involvement])));
    assert_eq!(of(Finance), None);
}

#[test]
fn members_addresses_and_numbers_tell_nothing_of_whence_they_came() {
    for of in [
        "Family",
        "Member",
        "Address",
        "LocalIdentifier",
        "StatutoryStatus",
        "Plan",
    ] {
        assert!(!register::find(of).unwrap().sourced, "{of}");
    }
    for of in [
        "CriteriaMatch",
        "CriteriaMatch.evidence",
        "DistanceScore.score",
        "ContactNote.text",
        "Consent",
    ] {
        assert!(register::find(of).unwrap().sourced, "{of}");
    }
}
