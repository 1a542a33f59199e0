use super::*;
use crate::sharing::{born::Born, category::Category, facts::ConsentDecision, fixtures::*};

const PLAN: Category = Category::Plan;

/// The plan, for the police.
const ASKED: Asked<'static> = Asked {
    category: PLAN,
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

/// Leaves the family today.
fn leaves(person: &mut PersonFacts) {
    person.memberships[0].period.until = Some(today());
    person.in_family = false;
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
    assert_eq!(consent(&facts, mother, ASKED), Ok(()));
    let outcome = Asked {
        category: Category::Outcome,
        ..ASKED
    };
    assert!(consent(&facts, mother, outcome).is_err());
    let school = Asked {
        agency_kind: "school",
        ..ASKED
    };
    assert!(consent(&facts, mother, school).is_err());
    assert!(of(FATHER, &facts).is_err());
}

#[test]
fn the_own_decision_counts_from_the_birthday_on_and_a_new_one_of_a_parent_until_the_day_before() {
    // It is 15 March 2016.
    for (born, own) in [("2003-03-16", false), ("2003-03-15", true), ("2003-03-14", true)] {
        let mut facts = family();
        facts.people.push(person(5, born));
        facts.consents = vec![given(5, 5, 0)];
        assert_eq!(of(5, &facts).is_ok(), own, "own decision, born {born}");
        facts.consents = vec![given(5, MOTHER, 0)];
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
fn for_a_child_whoever_is_of_own_consent_age_and_in_the_family_with_parental_responsibility_decides() {
    let by_mother = with(vec![given(CHILD, MOTHER, 1)]);
    assert_eq!(of(CHILD, &by_mother), Ok(()));

    let mut no_responsibility = by_mother.clone();
    no_responsibility.people[0].memberships = vec![belongs(false)];
    assert!(of(CHILD, &no_responsibility).is_err());

    let mut left = by_mother.clone();
    leaves(&mut left.people[0]);
    assert!(of(CHILD, &left).is_err());

    let mut young = by_mother.clone();
    young.people[0].born = Born::on(day("2000-01-01"));
    assert_eq!(of(CHILD, &young), Ok(()), "a mother of 16");
    young.people[0].born = Born::on(day("2003-03-15"));
    assert!(of(CHILD, &young).is_err(), "who was 12 when she said so");

    assert!(of(CHILD, &with(vec![given(CHILD, CHILD, 1)])).is_err(), "the child");
    assert!(of(CHILD, &with(vec![given(CHILD, 999, 1)])).is_err(), "a stranger");
}

#[test]
fn the_mother_of_16_decides_for_her_child_as_whoever_is_of_own_consent_age() {
    let asked = |born: &str, consents: Vec<ConsentDecision>| {
        let mut facts = with(consents);
        facts.people[0].born = Born::on(day(born));
        of(CHILD, &facts)
    };
    let sixteen = "2000-01-01";
    assert_eq!(asked(sixteen, vec![given(CHILD, MOTHER, 1)]), Ok(()));
    let his_yes = || given(CHILD, FATHER, 1);
    assert!(asked(sixteen, vec![refused(CHILD, MOTHER, 1), his_yes()]).is_err());
    // She turns 13 today, or does tomorrow.
    for (born, may) in [("2003-03-15", true), ("2003-03-16", false)] {
        assert_eq!(asked(born, vec![given(CHILD, MOTHER, 0)]).is_ok(), may, "{born}");
        let said_no = asked(born, vec![refused(CHILD, MOTHER, 0), his_yes()]);
        assert_eq!(said_no.is_err(), may, "{born}");
    }
}

#[test]
fn of_two_parents_one_says_yes_and_none_says_no() {
    let facts = with(vec![given(CHILD, MOTHER, 3), refused(CHILD, FATHER, 1)]);
    assert_eq!(of(CHILD, &facts), Err(Reason::ConsentNotGiven));
    let facts = with(vec![refused(CHILD, MOTHER, 3), given(CHILD, FATHER, 1)]);
    assert_eq!(of(CHILD, &facts), Err(Reason::ConsentNotGiven), "however old the no is");
    let facts = with(vec![
        refused(CHILD, MOTHER, 3),
        given(CHILD, MOTHER, 2),
        given(CHILD, FATHER, 1),
    ]);
    assert_eq!(of(CHILD, &facts), Ok(()), "it was taken back by who said it");
    assert_eq!(of(CHILD, &with(vec![given(CHILD, FATHER, 1)])), Ok(()), "one is enough");
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
fn of_two_at_the_same_instant_the_no_counts() {
    for number in [1, 5000] {
        let mut no = refused(MOTHER, MOTHER, 1);
        no.key = key(number);
        assert!(of(MOTHER, &with(vec![no, given(MOTHER, MOTHER, 1)])).is_err());
    }
}

#[test]
fn what_is_withdrawn_is_not_given_even_when_an_older_one_stands() {
    let facts = with(vec![given(MOTHER, MOTHER, 9), withdrawn(MOTHER, MOTHER, 1)]);
    assert_eq!(of(MOTHER, &facts), Err(Reason::ConsentWithdrawn));
    // A withdrawal is a no of its own moment, today.
    let facts = with(vec![withdrawn(MOTHER, MOTHER, 9), given(MOTHER, MOTHER, 1)]);
    assert_eq!(of(MOTHER, &facts), Err(Reason::ConsentWithdrawn));
    let facts = FamilyFacts {
        now: facts.now + chrono::TimeDelta::days(2),
        today: facts.today + chrono::Days::new(2),
        ..facts
    };
    let mut anew = facts.clone();
    let mut again = given(MOTHER, MOTHER, 1);
    (again.recorded_at, again.recorded_on) = (facts.now, facts.today);
    anew.consents.push(again);
    assert_eq!(of(MOTHER, &anew), Ok(()));
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
fn a_no_does_not_run_out() {
    let yesterday = today().pred_opt().unwrap();
    let facts = with(vec![
        given(MOTHER, MOTHER, 9),
        until(yesterday, refused(MOTHER, MOTHER, 3)),
    ]);
    assert_eq!(of(MOTHER, &facts), Err(Reason::ConsentNotGiven));
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
    leaves(&mut facts.people[1]);
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
fn from_the_own_consent_age_the_member_decides_and_below_it_whoever_has_parental_responsibility() {
    let facts = family();
    assert!(may(&facts, MOTHER, MOTHER) && may(&facts, TEENAGER, TEENAGER));
    assert!(
        !may(&facts, MOTHER, FATHER) && !may(&facts, TEENAGER, MOTHER),
        "nobody decides for another who is old enough"
    );
    assert!(may(&facts, CHILD, MOTHER) && may(&facts, CHILD, FATHER));
    assert!(!may(&facts, CHILD, CHILD) && !may(&facts, CHILD, TEENAGER));
    assert!(!may(&facts, 999, 999) && !may(&facts, CHILD, 999), "nobody knows them");
}

/// Whoever may decide is whose decision of today counts, and no one else's does.
#[test]
fn a_decision_that_may_be_made_is_one_that_counts() {
    for person in [MOTHER, FATHER, TEENAGER, CHILD] {
        for decider in [MOTHER, FATHER, TEENAGER, CHILD] {
            let facts = with(vec![given(person, decider, 0)]);
            let counts = of(person, &facts).is_ok();
            assert_eq!(may(&facts, person, decider), counts, "{decider} for {person}");
        }
    }
}
