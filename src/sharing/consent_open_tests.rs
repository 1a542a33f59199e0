//! Consent where a birthday is unknown, or known in part.

use super::*;
use crate::sharing::{born::Born, fixtures::*};

const PLAN: Category = Category::Plan;
/// Born in the year in which they turn 13, or turned it.
const OPEN: u128 = 5;
const MAYBE_ADULT: u128 = 6;

fn of(number: u128, facts: &FamilyFacts) -> Result<(), Reason> {
    consent(facts, Subject::Person(key(number)), PLAN, "police")
}

fn of_family(facts: &FamilyFacts) -> Result<(), Reason> {
    consent(facts, Subject::Family, PLAN, "police")
}

fn someone(number: u128, born: Born) -> PersonFacts {
    PersonFacts {
        born,
        ..person(number, "2000-01-01")
    }
}

fn parent_of(number: u128, born: Born) -> PersonFacts {
    PersonFacts {
        parental_responsibility: true,
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
    assert!(may_decide(&facts, key(OPEN), key(MOTHER)) && !may_decide(&facts, key(OPEN), key(OPEN)));
    // Where even the youngest decide for themselves, the unborn do not.
    let child = [someone(OPEN, Born::expected(day("2016-08-15")))];
    let facts = FamilyFacts {
        own_consent_age: 0,
        ..with(child, vec![given(OPEN, MOTHER, 1)])
    };
    assert_eq!(of(OPEN, &facts), Ok(()));
}

#[test]
fn who_only_may_be_an_adult_can_say_no_for_a_child_and_not_yes() {
    let parent = || [parent_of(MAYBE_ADULT, Born::UNKNOWN)];
    let asked = |consents| of(CHILD, &with(parent(), consents));
    assert!(asked(vec![given(CHILD, MAYBE_ADULT, 1)]).is_err());
    assert_eq!(
        asked(vec![given(CHILD, MOTHER, 2), given(CHILD, MAYBE_ADULT, 1)]),
        Ok(())
    );
    assert!(asked(vec![given(CHILD, MOTHER, 2), refused(CHILD, MAYBE_ADULT, 1)]).is_err());
    assert!(asked(vec![refused(CHILD, MOTHER, 2), given(CHILD, MAYBE_ADULT, 1)]).is_err());
    // What the mother said since then stands in any case.
    assert_eq!(
        asked(vec![refused(CHILD, MAYBE_ADULT, 2), given(CHILD, MOTHER, 1)]),
        Ok(())
    );
    assert!(may_decide(&with(parent(), vec![]), key(CHILD), key(MAYBE_ADULT)));
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

/// A sequence that is the same every time (`SplitMix64`).
struct Chance(u64);

impl Chance {
    fn below(&mut self, of: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % of
    }

    fn born(&mut self) -> Born {
        const DAYS: [&str; 7] = [
            "1970-05-01",
            "1998-03-15",
            "1998-03-16",
            "2000-07-01",
            "2003-03-15",
            "2003-03-16",
            "2012-01-01",
        ];
        let mut ends = [0, 1].map(|_| self.below(7));
        ends.sort_unstable();
        let [first, last] = ends.map(|at| day(DAYS[usize::try_from(at).unwrap()]));
        match self.below(3) {
            0 => Born::on(first),
            _ => Born::between(first, last),
        }
    }

    fn decision(&mut self, people: &[u128]) -> ConsentDecision {
        let mut one = || people[usize::try_from(self.below(people.len() as u64)).unwrap()];
        let (person, decider) = (one(), one());
        let days = self.below(6);
        let decision = match self.below(6) {
            0 => refused(person, decider, days),
            1 => withdrawn(person, decider, days),
            _ => given(person, decider, days),
        };
        // No two have one key.
        self.0 += 1;
        ConsentDecision {
            key: key(self.0.into()),
            ..decision
        }
    }
}

/// The families in which everybody was born on one of their possible days, each age that makes a difference once.
fn readings(facts: &FamilyFacts) -> Vec<FamilyFacts> {
    let mut all = vec![facts.clone()];
    for at in 0..facts.people.len() {
        let born = facts.people[at].born;
        let thirteen = day("2003-03-15").clamp(born.earliest(), born.latest());
        let days = [born.earliest(), thirteen, born.latest()];
        all = all
            .into_iter()
            .flat_map(|facts| {
                days.map(|day| {
                    let mut facts = facts.clone();
                    facts.people[at].born = Born::on(day);
                    facts
                })
            })
            .collect();
    }
    all
}

/// The rule for birthdays that leave things open is no more and no less than this: the rule for whole birthdays, on each that is possible.
#[test]
fn consent_is_given_if_it_is_on_each_possible_birthday_and_not_otherwise() {
    let people = [MOTHER, FATHER, TEENAGER, CHILD];
    let mut chance = Chance(1);
    let mut counted = [[0; 2]; 2];
    for _ in 0..1_500 {
        let mut facts = family();
        for person in &mut facts.people {
            person.born = chance.born();
            person.in_family = chance.below(8) > 0;
            person.parental_responsibility = chance.below(3) > 0;
        }
        facts.people.truncate(1 + usize::try_from(chance.below(4)).unwrap());
        facts.consents = (0..chance.below(14)).map(|_| chance.decision(&people)).collect();
        let readings = readings(&facts);
        for subject in people
            .map(|number| Subject::Person(key(number)))
            .into_iter()
            .chain([Subject::Family])
        {
            let asked = |facts: &FamilyFacts| consent(facts, subject, PLAN, "police").is_ok();
            let on_each = readings.iter().all(asked);
            assert_eq!(asked(&facts), on_each, "{subject:?} of {facts:#?}");
            counted[usize::from(subject == Subject::Family)][usize::from(on_each)] += 1;
        }
    }
    assert!(counted.iter().flatten().all(|cases| *cases > 100), "{counted:?}");
}

/// Nobody is asked in vain, and nobody who is needed is turned away: who may decide is whose decision makes a difference on some possible birthday.
#[test]
fn who_may_decide_is_who_does_on_one_of_the_possible_birthdays() {
    let people = [MOTHER, FATHER, TEENAGER, CHILD];
    let mut chance = Chance(2);
    for _ in 0..300 {
        let mut facts = family();
        for person in &mut facts.people {
            person.born = chance.born();
            person.in_family = chance.below(8) > 0;
            person.parental_responsibility = chance.below(3) > 0;
        }
        let readings = readings(&facts);
        for person in people {
            for decider in people {
                let on_one = readings
                    .iter()
                    .any(|facts| may_decide(facts, key(person), key(decider)));
                assert_eq!(
                    may_decide(&facts, key(person), key(decider)),
                    on_one,
                    "{decider} for {person}: {facts:#?}"
                );
            }
        }
    }
}
