//! Whether consent has been given: the rule, and nothing else.

use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use super::{
    category::Category,
    facts::{ConsentAnswer, ConsentDecision, FamilyFacts, PersonFacts, Subject},
    reason::Reason,
};

/// Adults are 18 and over.
pub const ADULT_AGE: i32 = 18;

/// Age in whole years. Someone born on 29 February has their birthday on 1 March in other years, as English law has it.
pub fn age_on(born: NaiveDate, today: NaiveDate) -> i32 {
    let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
    today.year() - born.year() - i32::from(!had_birthday)
}

/// Whether consent to disclose this category to agencies of this kind holds for the subject, or why not.
///
/// For a person, theirs (or, below the own-consent age, that of an adult of the family with parental responsibility). For the whole
/// family, that of every adult in it; with no adult, of every member of own-consent age; with neither, it is not given.
pub fn consent(facts: &FamilyFacts, subject: Subject, category: Category, agency_kind: &str) -> Result<(), Reason> {
    match subject {
        Subject::Person(key) => {
            let person = facts.person(key).ok_or(Reason::ConsentNotGiven)?;
            of_person(facts, person, category, agency_kind)
        }
        Subject::Family => {
            let today = facts.now.date_naive();
            let aged = |least: i32| {
                facts
                    .members()
                    .filter(move |person| age_on(person.date_of_birth, today) >= least)
                    .collect::<Vec<_>>()
            };
            let mut deciders = aged(ADULT_AGE);
            if deciders.is_empty() {
                deciders = aged(facts.own_consent_age);
            }
            if deciders.is_empty() {
                return Err(Reason::ConsentNotGiven);
            }
            // The first refusal in the order of the reasons, so that the answer does not depend on the order of the members.
            let refusals = deciders
                .into_iter()
                .filter_map(|person| of_person(facts, person, category, agency_kind).err());
            refusals.min().map_or(Ok(()), Err)
        }
    }
}

fn of_person(facts: &FamilyFacts, person: &PersonFacts, category: Category, agency_kind: &str) -> Result<(), Reason> {
    let today = facts.now.date_naive();
    let own = age_on(person.date_of_birth, today) >= facts.own_consent_age;
    let counts = |decision: &&ConsentDecision| {
        decision.person == person.person
            && decision.category == category
            && decision.agency_kind == agency_kind
            && if own {
                decision.decided_by == person.person
            } else {
                may_decide_for_children(facts, decision.decided_by)
            }
    };
    let newest = facts
        .consents
        .iter()
        .filter(counts)
        .max_by_key(|decision| (decision.recorded_at, decision.key));
    let Some(newest) = newest else {
        return Err(Reason::ConsentNotGiven);
    };
    if newest.answer == ConsentAnswer::Refused {
        return Err(Reason::ConsentNotGiven);
    }
    // At once, whatever the clocks of two servers say of each other.
    if newest.withdrawn_at.is_some() {
        return Err(Reason::ConsentWithdrawn);
    }
    if newest.expires_on.is_some_and(|last| last < today) {
        return Err(Reason::ConsentExpired);
    }
    Ok(())
}

/// Whether a decision about consent for that person that the decider makes today would count: both are in the family, and from the
/// own-consent age the decider is the person, below it an adult with parental responsibility.
pub fn may_decide(facts: &FamilyFacts, person: Uuid, decider: Uuid) -> bool {
    let today = facts.now.date_naive();
    let in_family = |key: Uuid| facts.members().find(|person| person.person == key);
    let Some(person) = in_family(person) else { return false };
    if age_on(person.date_of_birth, today) >= facts.own_consent_age {
        decider == person.person
    } else {
        may_decide_for_children(facts, decider)
    }
}

/// Whether that is an adult who is in the family and has parental responsibility.
fn may_decide_for_children(facts: &FamilyFacts, decider: Uuid) -> bool {
    let today = facts.now.date_naive();
    facts.members().any(|person| {
        person.person == decider && person.parental_responsibility && age_on(person.date_of_birth, today) >= ADULT_AGE
    })
}

#[cfg(test)]
#[path = "consent_tests.rs"]
mod tests;
