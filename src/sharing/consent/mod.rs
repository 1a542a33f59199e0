//! Whether consent has been given: the rule, and nothing else.
//!
//! Each decider's newest word that counts in the family stands. Consent is given when one says yes and none says no. Who may decide is
//! `standing`; which words count is `words`; who is to be asked is `asking`.

mod asking;
mod standing;
mod words;

use chrono::NaiveDate;
use uuid::Uuid;

pub use self::asking::{Asking, to_be_asked};
pub use super::born::{ADULT_AGE, age_on};
use super::{
    facts::{Decider, FamilyFacts, PersonFacts, Subject},
    reason::Reason,
};
use standing::{Group, Rank, Standing, birthday, is_lately};
pub use words::Asked;
use words::Words;

/// Why consent is not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoConsent {
    /// Whether another household has to do with it, so that nobody is told more than that the value is withheld.
    pub elsewhere: bool,
    /// The reason, as the trail knows it.
    pub reason: Reason,
}

impl From<Reason> for NoConsent {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            elsewhere: false,
        }
    }
}

/// Somebody says no in another family, and may decide in this one.
const REFUSED_ELSEWHERE: NoConsent = NoConsent {
    reason: Reason::ConsentNotGiven,
    elsewhere: true,
};

/// Whether consent holds for the subject, or why not.
///
/// For a person, that of whoever may decide for them. For the whole family, that of every adult in it, and of one at least; with no adult,
/// of every member of own-consent age; with neither, it is not given.
pub fn consent(facts: &FamilyFacts, subject: Subject, asked: Asked<'_>) -> Result<(), NoConsent> {
    let rule = Rule::of(facts, asked);
    match subject {
        Subject::Person(key) => rule.of_person(facts.person(key).ok_or(Reason::ConsentNotGiven)?),
        Subject::Family => rule.of_family(),
    }
}

/// Whether somebody says no about the person, in this family or in another in which they may decide here.
pub fn is_refused(facts: &FamilyFacts, person: Uuid, asked: Asked<'_>) -> bool {
    facts.person(person).is_some_and(|person| {
        let words = Words::about(facts, person, asked);
        words.refusal().is_some() || words.refused_elsewhere()
    })
}

/// Whether a decision about consent for that person that the decider makes today would count, or might.
pub fn may_decide(facts: &FamilyFacts, person: Uuid, decider: &Decider) -> bool {
    let today = facts.today;
    let person = facts.person(person);
    person.is_some_and(|person| Standing::new(facts).could(person, decider, today))
}

/// What is asked of one family on one day.
#[derive(Clone, Copy)]
struct Rule<'f> {
    facts: &'f FamilyFacts,
    standing: Standing<'f>,
    asked: Asked<'f>,
    today: NaiveDate,
}

impl<'f> Rule<'f> {
    fn of(facts: &'f FamilyFacts, asked: Asked<'f>) -> Self {
        Self {
            facts,
            standing: Standing::new(facts),
            asked,
            today: facts.today,
        }
    }

    /// Where the birthday leaves open who decides, the yes of both is needed and enough. Of a child who lives elsewhere nobody is told
    /// why, since it is decided there.
    fn of_person(self, person: &PersonFacts) -> Result<(), NoConsent> {
        let decides = |group| self.standing.decides(person, group, self.today) != Rank::No;
        let mut asked = Group::BOTH.into_iter().filter(|group| decides(*group)).peekable();
        let words = Words::about(self.facts, person, self.asked);
        let given = match asked.peek() {
            Some(_) => asked.try_for_each(|group| yes(&words, group)),
            None => Err(Reason::ConsentNotGiven),
        };
        let elsewhere = !person.born.is(self.facts.own_consent_age, self.today) && !person.belonged_on(self.today);
        answer_here(&words, given).map_err(|reason| NoConsent { elsewhere, reason })?;
        if words.refused_elsewhere() {
            return Err(REFUSED_ELSEWHERE);
        }
        Ok(())
    }

    /// Whoever is an adult on one of their possible birthdays is asked. If on some birthdays nobody is, so is whoever is of own-consent age
    /// then, and somebody must be of that age on all.
    fn of_family(self) -> Result<(), NoConsent> {
        let sure = |age| self.facts.members().any(|person| person.born.is(age, self.today));
        let mut ages = [ADULT_AGE, self.facts.own_consent_age].into_iter();
        let least = ages.find(|age| sure(*age)).ok_or(Reason::ConsentNotGiven)?;
        let (mut refusal, mut some_yes, mut refused_elsewhere) = (None::<Reason>, false, false);
        for person in self
            .facts
            .members()
            .filter(|person| person.born.may_be(least, self.today))
        {
            let words = Words::about(self.facts, person, self.asked);
            refused_elsewhere |= words.refused_elsewhere();
            if least == ADULT_AGE && self.is_not_yet_asked(&words, person) {
                continue;
            }
            match answer_here(&words, yes(&words, Group::Own)) {
                Ok(()) => some_yes |= person.born.is(least, self.today),
                Err(reason) => refusal = Some(refusal.map_or(reason, |known| known.min(reason))),
            }
        }
        if let Some(reason) = refusal {
            return Err(reason.into());
        }
        if !some_yes {
            return Err(Reason::ConsentNotGiven.into());
        }
        if refused_elsewhere {
            return Err(REFUSED_ELSEWHERE);
        }
        Ok(())
    }

    /// An adult who came or came of age less than 28 days ago, and of whom no decision of this family counts.
    fn is_not_yet_asked(self, words: &Words<'f>, person: &PersonFacts) -> bool {
        let joined = person.memberships.iter().map(|belongs| belongs.period.from).min();
        let came_of_age = birthday(person.born.earliest(), ADULT_AGE);
        words.are_none_here()
            && [joined, came_of_age]
                .into_iter()
                .flatten()
                .any(|day| is_lately(day, self.today))
    }
}

/// Whether one of a group says yes.
fn yes(words: &Words<'_>, group: Group) -> Result<(), Reason> {
    if words.says_yes(group) {
        Ok(())
    } else {
        Err(words.why_no_yes())
    }
}

/// The answer of this family: what is given, if nobody says no.
fn answer_here(words: &Words<'_>, given: Result<(), Reason>) -> Result<(), Reason> {
    words.refusal().map_or(given, Err)
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod open_tests;

#[cfg(test)]
mod worlds_tests;
