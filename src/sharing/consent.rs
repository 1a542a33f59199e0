//! Whether consent has been given: the rule, and nothing else.
//!
//! A birthday that is unknown, or known in part, leaves open how old somebody is, and with it who may decide. Then consent is given if it is given on whichever
//! of the possible birthdays, of all members, and not otherwise.

use chrono::NaiveDate;
use uuid::Uuid;

pub use super::born::{ADULT_AGE, age_on};
use super::{
    category::Category,
    facts::{ConsentAnswer, ConsentDecision, FamilyFacts, PersonFacts, Subject},
    reason::Reason,
};

/// Whether consent to disclose this category to agencies of this kind holds for the subject, or why not.
///
/// For a person, theirs (or, below the own-consent age and before birth, that of an adult of the family with parental responsibility; where the birthday leaves
/// that open, both). For the whole family, that of every adult in it; with no adult, of every member of own-consent age; with neither, it is not given.
pub fn consent(facts: &FamilyFacts, subject: Subject, category: Category, agency_kind: &str) -> Result<(), Reason> {
    let words = Words {
        facts,
        category,
        agency_kind,
        today: facts.today,
    };
    match subject {
        Subject::Person(key) => {
            let person = facts.person(key).ok_or(Reason::ConsentNotGiven)?;
            words.of_person(person)
        }
        Subject::Family => words.of_family(),
    }
}

/// Decisions about one category and kind of agency, on one day.
#[derive(Clone, Copy)]
struct Words<'f> {
    facts: &'f FamilyFacts,
    category: Category,
    agency_kind: &'f str,
    today: NaiveDate,
}

impl<'f> Words<'f> {
    fn of_person(self, person: &PersonFacts) -> Result<(), Reason> {
        let (age, today) = (self.facts.own_consent_age, self.today);
        let own = if person.born.may_be(age, today) {
            self.own(person)
        } else {
            Ok(())
        };
        let parents = if person.born.is(age, today) {
            Ok(())
        } else {
            self.of_parents(person)
        };
        first([own, parents].into_iter())
    }

    /// Whoever is an adult on one of their possible birthdays is asked. If on some birthdays nobody is, so is whoever is of own-consent age then, and somebody must
    /// be of that age on all.
    fn of_family(self) -> Result<(), Reason> {
        let (age, today) = (self.facts.own_consent_age, self.today);
        let some = |asked: &dyn Fn(&PersonFacts) -> bool| self.facts.members().any(asked);
        let least = if some(&|person| person.born.is(ADULT_AGE, today)) {
            ADULT_AGE
        } else if some(&|person| person.born.is(age, today)) {
            age
        } else {
            return Err(Reason::ConsentNotGiven);
        };
        let asked = self.facts.members().filter(|person| person.born.may_be(least, today));
        first(asked.map(|person| self.own(person)))
    }

    /// What they decided themselves.
    fn own(self, person: &PersonFacts) -> Result<(), Reason> {
        let newest = self.newest(person.person, |decider| decider == person.person);
        self.standing(newest.ok_or(Reason::ConsentNotGiven)?)
    }

    /// What the adults with parental responsibility decided. Who only may be an adult can say no, and cannot say yes for the others: without them it must be a yes, and
    /// with each of them.
    fn of_parents(self, person: &PersonFacts) -> Result<(), Reason> {
        let today = self.today;
        let sure = |decider| self.is_parent(decider, |parent| parent.born.is(ADULT_AGE, today));
        let newest = self.newest(person.person, sure).ok_or(Reason::ConsentNotGiven)?;
        let open = self.facts.members().filter(|parent| {
            let may_be = parent.born.may_be(ADULT_AGE, today) && !parent.born.is(ADULT_AGE, today);
            may_be && parent.parental_responsibility && parent.person != person.person
        });
        let against = open
            .filter_map(|parent| self.newest(person.person, |decider| decider == parent.person))
            .filter(|decision| order(decision) > order(newest));
        first(
            std::iter::once(newest)
                .chain(against)
                .map(|decision| self.standing(decision)),
        )
    }

    /// Whether the decider is in the family, has parental responsibility, and is what is asked besides.
    fn is_parent(self, decider: Uuid, and: impl Fn(&PersonFacts) -> bool) -> bool {
        let mut members = self.facts.members();
        members.any(|person| person.person == decider && person.parental_responsibility && and(person))
    }

    /// The newest decision about a person by those whose decisions count.
    fn newest(self, person: Uuid, counts: impl Fn(Uuid) -> bool) -> Option<&'f ConsentDecision> {
        let decisions = self.facts.consents.iter().filter(|decision| {
            decision.person == person
                && decision.category == self.category
                && decision.agency_kind == self.agency_kind
                && counts(decision.decided_by)
        });
        decisions.max_by_key(|decision| order(decision))
    }

    /// Whether the decision is a yes that holds today.
    fn standing(self, decision: &ConsentDecision) -> Result<(), Reason> {
        if decision.answer == ConsentAnswer::Refused {
            return Err(Reason::ConsentNotGiven);
        }
        // At once, whatever the clocks of two servers say of each other.
        if decision.withdrawn_at.is_some() {
            return Err(Reason::ConsentWithdrawn);
        }
        if decision.expires_on.is_some_and(|last| last < self.today) {
            return Err(Reason::ConsentExpired);
        }
        Ok(())
    }
}

/// The first refusal in the order of the reasons, so that the answer does not depend on the order of the members.
fn first(answers: impl Iterator<Item = Result<(), Reason>>) -> Result<(), Reason> {
    answers.filter_map(Result::err).min().map_or(Ok(()), Err)
}

/// Which of two decisions is newer.
fn order(decision: &ConsentDecision) -> impl Ord + use<> {
    (decision.recorded_at, decision.key)
}

/// Whether a decision about consent for that person that the decider makes today would count, or might: both are in the family, and from the
/// own-consent age the decider is the person, below it an adult with parental responsibility.
pub fn may_decide(facts: &FamilyFacts, person: Uuid, decider: Uuid) -> bool {
    let (age, today) = (facts.own_consent_age, facts.today);
    let in_family = |key: Uuid| facts.members().find(|person| person.person == key);
    let (Some(person), Some(decider)) = (in_family(person), in_family(decider)) else {
        return false;
    };
    if person.person == decider.person {
        return person.born.may_be(age, today);
    }
    let parent = decider.parental_responsibility && decider.born.may_be(ADULT_AGE, today);
    parent && !person.born.is(age, today)
}

#[cfg(test)]
#[path = "consent_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "consent_open_tests.rs"]
mod open_tests;
