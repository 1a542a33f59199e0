use super::*;
use crate::sharing::{born::Born, fixtures::*};

const PLAN: Category = Category::Plan;

fn of(number: u128, facts: &FamilyFacts) -> Result<(), Reason> {
    consent(facts, Subject::Person(key(number)), PLAN, "police")
}

fn of_family(facts: &FamilyFacts) -> Result<(), Reason> {
    consent(facts, Subject::Family, PLAN, "police")
}

fn with(consents: Vec<ConsentDecision>) -> FamilyFacts {
    FamilyFacts { consents, ..family() }
}

#[test]
fn without_any_decision_it_is_not_given() {
    for who in [MOTHER, TEENAGER, CHILD, 999] {
        assert_eq!(of(who, &family()), Err(Reason::ConsentNotGiven));
    }
    assert_eq!(of_family(&family()), Err(Reason::ConsentNotGiven));
}

#[test]
fn a_decision_is_for_one_person_category_and_agency_kind_only() {
    let facts = with(vec![given(MOTHER, MOTHER, 1)]);
    let mother = Subject::Person(key(MOTHER));
    assert_eq!(consent(&facts, mother, PLAN, "police"), Ok(()));
    assert!(consent(&facts, mother, Category::Outcome, "police").is_err());
    assert!(consent(&facts, mother, PLAN, "school").is_err());
    assert!(of(FATHER, &facts).is_err());
}

#[test]
fn the_own_decision_counts_from_the_birthday_on_and_the_parents_until_the_day_before() {
    for (born, own) in [("2003-03-16", false), ("2003-03-15", true), ("2003-03-14", true)] {
        let mut facts = family();
        facts.people.push(person(5, born));
        facts.consents = vec![given(5, 5, 1)];
        assert_eq!(of(5, &facts).is_ok(), own, "own decision, born {born}");
        facts.consents = vec![given(5, MOTHER, 1)];
        assert_eq!(of(5, &facts).is_ok(), !own, "parent's decision, born {born}");
    }
}

#[test]
fn the_own_consent_age_is_the_authoritys() {
    let facts = FamilyFacts {
        own_consent_age: 16,
        ..with(vec![given(TEENAGER, TEENAGER, 1)])
    };
    assert!(of(TEENAGER, &facts).is_err());
    let facts = FamilyFacts {
        consents: vec![given(TEENAGER, MOTHER, 1)],
        ..facts
    };
    assert_eq!(of(TEENAGER, &facts), Ok(()));
}

#[test]
fn a_parents_refusal_does_not_undo_a_teenagers_own_consent() {
    let facts = with(vec![given(TEENAGER, TEENAGER, 5), refused(TEENAGER, MOTHER, 1)]);
    assert_eq!(of(TEENAGER, &facts), Ok(()));
    let facts = with(vec![refused(TEENAGER, TEENAGER, 5), given(TEENAGER, MOTHER, 1)]);
    assert_eq!(of(TEENAGER, &facts), Err(Reason::ConsentNotGiven));
}

#[test]
fn only_an_adult_member_with_parental_responsibility_decides_for_a_child() {
    let by_mother = with(vec![given(CHILD, MOTHER, 1)]);
    assert_eq!(of(CHILD, &by_mother), Ok(()));

    let mut no_responsibility = by_mother.clone();
    no_responsibility.people[0].parental_responsibility = false;
    assert!(of(CHILD, &no_responsibility).is_err());

    let mut left = by_mother.clone();
    left.people[0].in_family = false;
    assert!(of(CHILD, &left).is_err());

    let mut minor = by_mother.clone();
    minor.people[0].born = Born::on(day("1998-03-16"));
    assert!(of(CHILD, &minor).is_err(), "a parent turning 18 tomorrow");
    minor.people[0].born = Born::on(day("1998-03-15"));
    assert_eq!(of(CHILD, &minor), Ok(()), "a parent turning 18 today");

    assert!(of(CHILD, &with(vec![given(CHILD, CHILD, 1)])).is_err(), "the child");
    assert!(of(CHILD, &with(vec![given(CHILD, 999, 1)])).is_err(), "a stranger");
}

#[test]
fn of_two_parents_the_newest_decision_counts() {
    let facts = with(vec![given(CHILD, MOTHER, 3), refused(CHILD, FATHER, 1)]);
    assert_eq!(of(CHILD, &facts), Err(Reason::ConsentNotGiven));
    let facts = with(vec![refused(CHILD, MOTHER, 3), given(CHILD, FATHER, 1)]);
    assert_eq!(of(CHILD, &facts), Ok(()));
}

#[test]
fn a_decision_that_does_not_count_does_not_hide_one_that_does() {
    let mut facts = with(vec![given(CHILD, MOTHER, 3), refused(CHILD, FATHER, 1)]);
    facts.people[1].in_family = false;
    assert_eq!(of(CHILD, &facts), Ok(()));
}

#[test]
fn the_newest_counts_in_whatever_order_they_come() {
    let yes_then_no = vec![given(MOTHER, MOTHER, 2), refused(MOTHER, MOTHER, 1)];
    let no_then_yes = vec![refused(MOTHER, MOTHER, 2), given(MOTHER, MOTHER, 1)];
    for (mut consents, expected) in [(yes_then_no, false), (no_then_yes, true)] {
        assert_eq!(of(MOTHER, &with(consents.clone())).is_ok(), expected);
        consents.reverse();
        assert_eq!(of(MOTHER, &with(consents)).is_ok(), expected);
    }
}

#[test]
fn of_two_at_the_same_instant_the_greater_key_counts() {
    let mut no = refused(MOTHER, MOTHER, 1);
    no.key = key(5000);
    let facts = with(vec![no.clone(), given(MOTHER, MOTHER, 1)]);
    assert!(of(MOTHER, &facts).is_err());
    no.key = key(1);
    let facts = with(vec![no, given(MOTHER, MOTHER, 1)]);
    assert_eq!(of(MOTHER, &facts), Ok(()));
}

#[test]
fn what_is_withdrawn_is_not_given_even_when_an_older_one_stands() {
    let facts = with(vec![given(MOTHER, MOTHER, 9), withdrawn(MOTHER, MOTHER, 1)]);
    assert_eq!(of(MOTHER, &facts), Err(Reason::ConsentWithdrawn));
    let facts = with(vec![withdrawn(MOTHER, MOTHER, 9), given(MOTHER, MOTHER, 1)]);
    assert_eq!(of(MOTHER, &facts), Ok(()));
}

#[test]
fn a_withdrawal_that_another_servers_clock_places_in_the_future_holds_at_once() {
    let mut ahead = withdrawn(MOTHER, MOTHER, 1);
    ahead.withdrawn_at = Some(noon(today()) + chrono::TimeDelta::minutes(5));
    assert_eq!(of(MOTHER, &with(vec![ahead])), Err(Reason::ConsentWithdrawn));
}

#[test]
fn it_holds_on_its_last_day_and_not_after() {
    let yesterday = today().pred_opt().unwrap();
    let facts = with(vec![until(today(), given(MOTHER, MOTHER, 9))]);
    assert_eq!(of(MOTHER, &facts), Ok(()));
    let facts = with(vec![until(yesterday, given(MOTHER, MOTHER, 9))]);
    assert_eq!(of(MOTHER, &facts), Err(Reason::ConsentExpired));
    let facts = with(vec![
        given(MOTHER, MOTHER, 9),
        until(yesterday, given(MOTHER, MOTHER, 3)),
    ]);
    assert_eq!(of(MOTHER, &facts), Err(Reason::ConsentExpired), "nor does an older one");
}

#[test]
fn the_whole_family_needs_every_adult_in_it() {
    let mut facts = with(vec![given(MOTHER, MOTHER, 1)]);
    assert_eq!(of_family(&facts), Err(Reason::ConsentNotGiven));
    facts.consents.push(given(FATHER, FATHER, 1));
    assert_eq!(of_family(&facts), Ok(()));
    facts.consents.push(refused(TEENAGER, TEENAGER, 1));
    assert_eq!(
        of_family(&facts),
        Ok(()),
        "children are not asked while there are adults"
    );
    facts.consents.push(withdrawn(FATHER, FATHER, 0));
    assert_eq!(of_family(&facts), Err(Reason::ConsentWithdrawn));
}

#[test]
fn one_adult_does_not_decide_for_another() {
    let facts = with(vec![given(MOTHER, MOTHER, 1), given(FATHER, MOTHER, 1)]);
    assert_eq!(of_family(&facts), Err(Reason::ConsentNotGiven));
}

#[test]
fn an_adult_who_left_is_not_asked_for_the_family() {
    let mut facts = with(vec![given(MOTHER, MOTHER, 1), refused(FATHER, FATHER, 1)]);
    assert!(of_family(&facts).is_err());
    facts.people[1].in_family = false;
    assert_eq!(of_family(&facts), Ok(()));
}

#[test]
fn with_no_adult_every_member_of_own_consent_age_is_asked() {
    let mut facts = with(vec![given(TEENAGER, TEENAGER, 1)]);
    facts
        .people
        .retain(|person| person.person == key(TEENAGER) || person.person == key(CHILD));
    assert_eq!(of_family(&facts), Ok(()));
    facts.people.push(person(5, "2002-01-01"));
    assert_eq!(of_family(&facts), Err(Reason::ConsentNotGiven), "the second teenager");
    facts.consents.push(given(5, 5, 1));
    assert_eq!(of_family(&facts), Ok(()));
}

#[test]
fn with_nobody_who_may_decide_it_is_not_given() {
    let mut facts = with(vec![given(CHILD, CHILD, 1), given(CHILD, MOTHER, 1)]);
    facts.people.retain(|person| person.person == key(CHILD));
    assert_eq!(of_family(&facts), Err(Reason::ConsentNotGiven));
    facts.people.clear();
    assert_eq!(of_family(&facts), Err(Reason::ConsentNotGiven));
}

#[test]
fn the_familys_reason_does_not_depend_on_the_order_of_its_members() {
    let mut facts = with(vec![
        withdrawn(MOTHER, MOTHER, 1),
        until(day("2016-01-01"), given(FATHER, FATHER, 1)),
    ]);
    assert_eq!(of_family(&facts), Err(Reason::ConsentWithdrawn));
    facts.people.reverse();
    assert_eq!(of_family(&facts), Err(Reason::ConsentWithdrawn));
}

#[test]
fn from_the_own_consent_age_the_member_decides_and_below_it_a_responsible_adult() {
    let facts = family();
    let may = |person: u128, decider: u128| may_decide(&facts, key(person), key(decider));
    assert!(may(MOTHER, MOTHER) && may(TEENAGER, TEENAGER));
    assert!(
        !may(MOTHER, FATHER) && !may(TEENAGER, MOTHER),
        "nobody decides for another who is old enough"
    );
    assert!(may(CHILD, MOTHER) && may(CHILD, FATHER));
    assert!(!may(CHILD, CHILD) && !may(CHILD, TEENAGER));
    assert!(!may(999, 999) && !may(CHILD, 999), "nobody knows them");
}

#[test]
fn the_decider_and_the_member_are_in_the_family_and_the_decider_is_responsible_and_grown_up() {
    let changed = |change: &dyn Fn(&mut FamilyFacts)| {
        let mut facts = family();
        change(&mut facts);
        may_decide(&facts, key(CHILD), key(MOTHER))
    };
    assert!(changed(&|_| {}));
    assert!(!changed(&|facts| facts.people[0].in_family = false));
    assert!(!changed(&|facts| facts.people[0].parental_responsibility = false));
    assert!(
        changed(&|facts| facts.people[0].born = Born::on(day("1998-03-15"))),
        "18 today"
    );
    assert!(
        !changed(&|facts| facts.people[0].born = Born::on(day("1998-03-16"))),
        "18 tomorrow"
    );
    assert!(!changed(&|facts| facts.people[3].in_family = false));
    assert!(
        changed(&|facts| facts.people[3].born = Born::on(day("2003-03-16"))),
        "13 tomorrow"
    );
    assert!(
        !changed(&|facts| facts.people[3].born = Born::on(day("2003-03-15"))),
        "13 today"
    );
}

/// Whoever may decide is whose decision counts afterwards, and no one else's does.
#[test]
fn a_decision_that_may_be_made_is_one_that_counts() {
    for person in [MOTHER, FATHER, TEENAGER, CHILD] {
        for decider in [MOTHER, FATHER, TEENAGER, CHILD] {
            let facts = with(vec![given(person, decider, 1)]);
            let counts = of(person, &facts).is_ok();
            assert_eq!(
                may_decide(&facts, key(person), key(decider)),
                counts,
                "{decider} for {person}"
            );
        }
    }
}
