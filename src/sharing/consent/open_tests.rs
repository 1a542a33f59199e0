//! Consent where a birthday is unknown, or known in part.

use super::*;
use crate::sharing::{born::Born, category::Category, facts::ConsentDecision, fixtures::*};

/// Born in the year in which they turn 13, or turned it.
const OPEN: u128 = 5;
const MAYBE_ADULT: u128 = 6;

/// The plan, for the police.
const ASKED: Asked<'static> = Asked {
    category: Category::Plan,
    agency_kind: "police",
    purpose: "safeguarding",
};

fn of(number: u128, facts: &FamilyFacts) -> Result<(), Reason> {
    consent(facts, Subject::Person(key(number)), ASKED).map_err(|no| no.reason)
}

fn of_family(facts: &FamilyFacts) -> Result<(), Reason> {
    consent(facts, Subject::Family, ASKED).map_err(|no| no.reason)
}

fn may(facts: &FamilyFacts, person: u128, decider: u128) -> bool {
    may_decide(facts, key(person), &Decider::Person(key(decider)))
}

fn someone(number: u128, born: Born) -> PersonFacts {
    PersonFacts {
        born,
        ..person(number, "2000-01-01")
    }
}

fn parent_of(number: u128, born: Born) -> PersonFacts {
    PersonFacts {
        memberships: vec![belongs(true)],
        ..someone(number, born)
    }
}

/// The family with these besides, and these decisions.
fn with(people: impl IntoIterator<Item = PersonFacts>, consents: Vec<ConsentDecision>) -> FamilyFacts {
    let mut facts = family();
    facts.people.extend(people);
    FamilyFacts { consents, ..facts }
}

#[test]
fn where_it_is_open_who_may_decide_the_yes_of_both_is_needed_and_enough() {
    let (own, parents) = (given(OPEN, OPEN, 2), given(OPEN, MOTHER, 1));
    for born in [Born::UNKNOWN, Born::within(2003, None), Born::within(2003, Some(3))] {
        let asked = |consents| of(OPEN, &with([someone(OPEN, born)], consents));
        assert_eq!(asked(vec![own.clone(), parents.clone()]), Ok(()), "{born:?}");
        assert_eq!(asked(vec![parents.clone(), own.clone()]), Ok(()), "{born:?}");
        for one in [own.clone(), parents.clone()] {
            assert_eq!(asked(vec![one]), Err(Reason::ConsentNotGiven), "{born:?}");
        }
        assert_eq!(
            asked(vec![own.clone(), parents.clone(), refused(OPEN, OPEN, 1)]),
            Err(Reason::ConsentNotGiven)
        );
        assert_eq!(
            asked(vec![own.clone(), withdrawn(OPEN, FATHER, 0), parents.clone()]),
            Err(Reason::ConsentWithdrawn)
        );
    }
}

#[test]
fn on_either_side_of_the_months_in_which_it_is_open_one_decides() {
    // It is 15 March 2016.
    for (year, month, own, parents) in [(2003, 2, true, false), (2003, 3, false, false), (2003, 4, false, true)] {
        let child = || [someone(OPEN, Born::within(year, Some(month)))];
        assert_eq!(
            of(OPEN, &with(child(), vec![given(OPEN, OPEN, 1)])).is_ok(),
            own,
            "{month}"
        );
        assert_eq!(
            of(OPEN, &with(child(), vec![given(OPEN, MOTHER, 1)])).is_ok(),
            parents,
            "{month}"
        );
    }
}

#[test]
fn for_the_unborn_a_parent_decides() {
    let child = || [someone(OPEN, Born::expected(day("2016-06-01")))];
    assert_eq!(of(OPEN, &with(child(), vec![given(OPEN, MOTHER, 1)])), Ok(()));
    assert!(of(OPEN, &with(child(), vec![given(OPEN, OPEN, 1)])).is_err());
    let facts = with(child(), vec![]);
    assert!(may(&facts, OPEN, MOTHER) && !may(&facts, OPEN, OPEN));
    // Where even the youngest decide for themselves, the unborn do not.
    let child = [someone(OPEN, Born::expected(day("2016-08-15")))];
    let facts = FamilyFacts {
        own_consent_age: 0,
        ..with(child, vec![given(OPEN, MOTHER, 1)])
    };
    assert_eq!(of(OPEN, &facts), Ok(()));
}

#[test]
fn who_only_may_be_of_age_can_say_no_for_a_child_and_not_yes() {
    let parent = || [parent_of(MAYBE_ADULT, Born::UNKNOWN)];
    let asked = |consents| of(CHILD, &with(parent(), consents));
    assert!(asked(vec![given(CHILD, MAYBE_ADULT, 1)]).is_err());
    assert_eq!(
        asked(vec![given(CHILD, MOTHER, 2), given(CHILD, MAYBE_ADULT, 1)]),
        Ok(())
    );
    assert!(asked(vec![given(CHILD, MOTHER, 2), refused(CHILD, MAYBE_ADULT, 1)]).is_err());
    assert!(asked(vec![refused(CHILD, MOTHER, 2), given(CHILD, MAYBE_ADULT, 1)]).is_err());
    assert!(asked(vec![refused(CHILD, MAYBE_ADULT, 2), given(CHILD, MOTHER, 1)]).is_err());
    assert!(may(&with(parent(), vec![]), CHILD, MAYBE_ADULT));
    // Nobody decides for themselves as their own parent.
    let open = with(
        parent(),
        vec![given(MAYBE_ADULT, MOTHER, 2), given(MAYBE_ADULT, MAYBE_ADULT, 3)],
    );
    assert_eq!(of(MAYBE_ADULT, &open), Ok(()));
}

#[test]
fn who_is_recorded_as_an_adult_decides_as_one() {
    let adult = || [parent_of(MAYBE_ADULT, Born::UNKNOWN.adult(today()))];
    assert_eq!(
        of(MAYBE_ADULT, &with(adult(), vec![given(MAYBE_ADULT, MAYBE_ADULT, 1)])),
        Ok(())
    );
    assert_eq!(of(CHILD, &with(adult(), vec![given(CHILD, MAYBE_ADULT, 1)])), Ok(()));
}

#[test]
fn the_whole_family_needs_everyone_who_may_be_an_adult() {
    let parents = vec![given(MOTHER, MOTHER, 1), given(FATHER, FATHER, 1)];
    let facts = with([someone(MAYBE_ADULT, Born::within(1998, None))], parents);
    assert_eq!(of_family(&facts), Err(Reason::ConsentNotGiven));
    let mut asked = facts.clone();
    asked.consents.push(given(MAYBE_ADULT, MAYBE_ADULT, 1));
    assert_eq!(of_family(&asked), Ok(()));
    let mut child = facts;
    child.people[4].born = Born::within(1999, None);
    assert_eq!(of_family(&child), Ok(()), "17 at the most");
}

#[test]
fn with_nobody_who_is_surely_an_adult_whoever_may_decide_is_asked_and_one_surely_may() {
    let mut facts = with(
        [someone(MAYBE_ADULT, Born::UNKNOWN)],
        vec![given(MAYBE_ADULT, MAYBE_ADULT, 1)],
    );
    facts.people.drain(0..2);
    assert_eq!(
        of_family(&facts),
        Err(Reason::ConsentNotGiven),
        "the teenager was not asked"
    );
    facts.consents.push(given(TEENAGER, TEENAGER, 1));
    assert_eq!(of_family(&facts), Ok(()));
    facts.people.retain(|person| person.person != key(TEENAGER));
    assert_eq!(
        of_family(&facts),
        Err(Reason::ConsentNotGiven),
        "perhaps nobody may decide"
    );
}
