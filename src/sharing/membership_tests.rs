//! What becomes of what was recorded of somebody who has left.

use super::*;
use crate::sharing::{
    agreement::{Access, Clause, Scope},
    category::{Category::Plan, CategorySet},
    decide::{Needs, decide},
    facts::{FamilyFacts, PersonFacts, RowFacts},
    fixtures::*,
    reason::Reason,
};

fn ended(days: u64, end: Option<End>) -> MembershipFacts {
    let mut membership = belongs(false);
    membership.period.until = Some(today() - chrono::Days::new(days));
    MembershipFacts { end, ..membership }
}

/// The family, of which the child's memberships are these.
fn left(here: Vec<MembershipFacts>, others: Vec<MembershipFacts>) -> FamilyFacts {
    let mut facts = family();
    let holds = |one: &MembershipFacts| one.period.holds_on(today());
    facts.people[3] = PersonFacts {
        in_family: here.iter().any(holds),
        belongs: here.iter().any(holds),
        memberships: here,
        others,
        ..person(CHILD, "1990-01-01")
    };
    facts
}

fn why(clause: Clause, facts: &FamilyFacts, row: &RowFacts) -> Option<Reason> {
    let needs = Needs {
        of_members: true,
        ..needs_of(CategorySet::of(&[Plan]))
    };
    decide(&ceiling(vec![clause]), needs, facts, row)
        .err()
        .map(|withheld| withheld.reason)
}

/// Whether what is recorded of the child is seen by a clause for every family.
fn stays(facts: &FamilyFacts) -> bool {
    let last = facts.people[3].memberships.last().copied();
    let seen = |row: RowFacts| why(clause("c", &[Plan]), facts, &row);
    let number = seen(RowFacts::person(key(CHILD)));
    let row = last.map_or(number, |last| seen(RowFacts::membership(key(CHILD), last)));
    assert_eq!(row, number, "a number of theirs is seen as their membership is");
    assert!(row.is_none_or(|reason| reason == Reason::NotAMember));
    row.is_none()
}

#[test]
fn the_last_membership_stays_as_it_was_unless_it_ended_by_adoption_flight_or_for_no_reason() {
    for (end, seen) in [
        (Some(End::Moved), true),
        (Some(End::Died), true),
        (Some(End::Other), true),
        (Some(End::Adopted), false),
        (Some(End::Fled), false),
        (None, false),
    ] {
        for days in [0, 1, 400] {
            assert_eq!(
                stays(&left(vec![ended(days, end)], vec![])),
                seen,
                "{end:?}, {days} days ago"
            );
        }
    }
}

#[test]
fn it_stays_for_clauses_for_every_family_and_for_its_lead_and_for_no_other() {
    let mut facts = left(vec![ended(5, Some(End::Moved))], vec![]);
    facts.on_cohort = true;
    facts.involved = vec![key(POLICE)];
    facts.lead = Some((key(POLICE), "officer-1".into()));
    let row = RowFacts::person(key(CHILD)).from_agency(key(POLICE));
    for (scope, reason) in [
        (Scope::Authority, None),
        (Scope::Lead, None),
        (Scope::Cohort, Some(Reason::NotAMember)),
        (Scope::Involved, Some(Reason::NotAMember)),
        (Scope::Own, Some(Reason::NotAMember)),
    ] {
        assert_eq!(
            why(with_scope(scope, clause("c", &[Plan])), &facts, &row),
            reason,
            "{scope:?}"
        );
    }
    facts.lead = Some((key(POLICE), "officer-2".into()));
    let lead = with_scope(Scope::Lead, clause("c", &[Plan]));
    assert_eq!(why(lead, &facts, &row), Some(Reason::NotLeadProfessional));
}

#[test]
fn who_is_in_another_family_now_is_seen_there_alone() {
    let moved = || vec![ended(5, Some(End::Moved))];
    assert!(!stays(&left(moved(), vec![belongs(false)])));
    // Nor is a family that they left before another one the last.
    assert!(!stays(&left(moved(), vec![ended(4, Some(End::Moved))])));
    assert!(stays(&left(moved(), vec![ended(6, Some(End::Moved))])));
    assert!(stays(&left(moved(), vec![ended(6, Some(End::Adopted))])));
    // Of two that ended on one day neither stays unless both do.
    assert!(stays(&left(moved(), vec![ended(5, Some(End::Other))])));
    for end in [Some(End::Adopted), Some(End::Fled), None] {
        assert!(!stays(&left(moved(), vec![ended(5, end)])));
    }
    // One that has not begun is none yet.
    let mut coming = belongs(false);
    coming.period.from = today() + chrono::Days::new(1);
    assert!(stays(&left(moved(), vec![coming])));
}

#[test]
fn of_who_came_back_and_left_again_the_last_time_alone_stays() {
    let (first, last) = (ended(300, Some(End::Moved)), ended(5, Some(End::Moved)));
    let facts = left(vec![first, last], vec![]);
    assert!(stays(&facts));
    let row = RowFacts::membership(key(CHILD), first);
    assert_eq!(why(clause("c", &[Plan]), &facts, &row), Some(Reason::NotAMember));
    // Who fled and came back is a member; who came back and fled is not.
    assert!(stays(&left(vec![ended(300, Some(End::Fled)), belongs(false)], vec![])));
    assert!(!stays(&left(vec![first, ended(5, Some(End::Fled))], vec![])));
}

#[test]
fn a_death_ends_it_for_a_reason() {
    let died = |days: u64, here: MembershipFacts, others: Vec<MembershipFacts>| {
        let mut facts = left(vec![here], others);
        facts.people[3].died_on = Some(today() - chrono::Days::new(days));
        facts.people[3].in_family = facts.people[3].belonged_on(today());
        facts
    };
    assert!(
        stays(&died(3, belongs(false), vec![])),
        "the membership was never ended"
    );
    assert!(stays(&died(0, belongs(false), vec![])), "today");
    assert!(stays(&died(3, ended(3, None), vec![])), "on that day");
    assert!(
        stays(&died(3, ended(1, Some(End::Adopted)), vec![])),
        "who is dead is not adopted"
    );
    assert!(stays(&died(3, belongs(false), vec![belongs(false)])), "in two families");
    assert!(!stays(&died(3, ended(4, None), vec![])), "the day before");
    assert!(!stays(&died(3, ended(3, Some(End::Fled)), vec![])));
    assert!(!stays(&died(3, ended(4, Some(End::Moved)), vec![belongs(false)])));
}

#[test]
fn consent_and_shielding_are_asked_as_of_a_member() {
    let mut facts = left(vec![ended(5, Some(End::Moved))], vec![]);
    let asking = || with_consent(clause("c", &[Plan]));
    let row = RowFacts::person(key(CHILD));
    assert_eq!(why(asking(), &facts, &row), Some(Reason::ConsentNotGiven));
    facts.consents = vec![given(CHILD, CHILD, 1)];
    assert_eq!(why(asking(), &facts, &row), None, "an adult says so themselves");
    facts.people[3].died_on = Some(today());
    assert_eq!(
        why(asking(), &facts, &row),
        Some(Reason::ConsentNotGiven),
        "the dead say nothing"
    );
    facts.people[3].died_on = None;
    facts.people[3].shielded = true;
    let needs = Needs {
        access: Access::Read,
        whereabouts: true,
        of_members: true,
        ..needs_of(CategorySet::of(&[Plan]))
    };
    let withheld = decide(&ceiling(vec![clause("c", &[Plan])]), needs, &facts, &row).unwrap_err();
    assert_eq!(withheld.reason, Reason::Shielded);
}

/// Who died before they came never was a member.
#[test]
fn who_died_before_their_membership_began_leaves_nothing_in_it() {
    let mut coming = belongs(false);
    coming.period.from = today() + chrono::Days::new(7);
    let mut facts = left(vec![coming], vec![belongs(false)]);
    assert!(!stays(&facts));
    facts.people[3].died_on = Some(today());
    assert!(!stays(&facts), "their last family is the other one");
}
