//! Who is to be asked for consent, and by which day.

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::{ADULT_AGE, standing::birthday, words::MAX_CLOCK_SKEW};
use crate::sharing::facts::{ConsentAnswer, Decider, FamilyFacts, PersonFacts};

/// For so many days before a birthday it is known whom to ask.
const AHEAD: Days = Days::new(90);

/// Why somebody is to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    /// They reach own-consent age, or have.
    OwnConsentAge,
    /// They come of age, or have.
    Adulthood,
    /// They are an adult who joined the family.
    Joined,
}

/// Why somebody who is in the family today is to be asked, and the day: that of the birthday, or on which they joined. From 90 days before a birthday; afterwards until they
/// have said something themselves. Where the birthday is not known it is the earliest that is possible.
pub fn to_be_asked(facts: &FamilyFacts, person: Uuid) -> Option<(Asking, NaiveDate)> {
    let person = facts.person(person).filter(|person| person.in_family)?;
    let today = facts.today;
    let own_consent = birthday(person.born.earliest(), facts.own_consent_age)?;
    let of_age = birthday(person.born.earliest(), ADULT_AGE)?;
    let is_coming = |day: NaiveDate| today < day && day.checked_sub_days(AHEAD).is_none_or(|from| from <= today);
    if is_coming(of_age) {
        return Some((Asking::Adulthood, of_age));
    }
    if is_coming(own_consent) {
        return Some((Asking::OwnConsentAge, own_consent));
    }
    if today < own_consent || has_spoken(facts, person) {
        return None;
    }
    if today < of_age {
        return Some((Asking::OwnConsentAge, own_consent));
    }
    let joined = person.memberships.iter().map(|belongs| belongs.period.from).min();
    Some(match joined.filter(|joined| of_age < *joined) {
        Some(joined) => (Asking::Joined, joined),
        None => (Asking::Adulthood, of_age),
    })
}

/// Whether a decision of theirs about themselves is recorded in this family, of a day on which they may have been of own-consent age; or one that a professional made in their best
/// interests. It does not matter whether they lack capacity, which is for others to know.
fn has_spoken(facts: &FamilyFacts, person: &PersonFacts) -> bool {
    let mut own = facts.consents.iter().filter(|said| {
        let theirs = said.decided_by == Decider::Person(person.person)
            || matches!(said.decided_by, Decider::Professional { .. });
        theirs && said.person == person.person && said.family == facts.family
    });
    own.any(|said| {
        let is_ahead = said.answer == ConsentAnswer::Given && facts.now + MAX_CLOCK_SKEW < said.recorded_at;
        !is_ahead && person.born.may_be(facts.own_consent_age, said.recorded_on)
    })
}

#[cfg(test)]
#[path = "asking_tests.rs"]
mod tests;
