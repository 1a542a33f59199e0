//! Which of the decisions about a person count, and what each decider's newest word is.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use super::standing::{Group, Rank, Standing, reached_own_age_lately};
use crate::sharing::{
    category::Category,
    facts::{ConsentAnswer, ConsentDecision, Decider, FamilyFacts, PersonFacts},
    reason::Reason,
};

/// What a decision is asked to cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked<'a> {
    /// The category of data.
    pub category: Category,
    /// The kind of agency.
    pub agency_kind: &'a str,
    /// The purpose.
    pub purpose: &'a str,
}

/// How far the clocks of servers may differ. A yes dated later than that is none; a no dated later is one of this moment.
pub(super) const MAX_CLOCK_SKEW: TimeDelta = TimeDelta::minutes(5);

/// For which group a yes counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    own: bool,
    parents: bool,
}

/// What a word says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Yes(Counts),
    /// A yes that gives nothing any more, and brings back nothing older.
    Over(Reason),
    No(Reason),
}

/// A word of somebody, at a time.
#[derive(Clone, Copy, Debug)]
struct Word {
    at: DateTime<Utc>,
    key: Uuid,
    said: Said,
}

impl Word {
    /// Which of two words is newer.
    fn order(&self) -> impl Ord + use<> {
        (self.at, matches!(self.said, Said::No(_)), self.key)
    }
}

/// A decider's newest words.
struct Newest<'f> {
    decider: &'f Decider,
    /// Of those said in this family.
    here: Option<Word>,
    /// Of the noes said in others.
    elsewhere: Option<Word>,
}

impl Newest<'_> {
    fn refuses(&self) -> Option<Reason> {
        match self.here?.said {
            Said::No(reason) => Some(reason),
            _ => None,
        }
    }

    fn refuses_elsewhere(&self) -> bool {
        let newer = |no: Word| self.here.is_none_or(|here| here.order() < no.order());
        self.elsewhere.is_some_and(newer)
    }
}

/// The newest word of each who has said something that counts about a person.
pub(super) struct Words<'f> {
    newest: Vec<Newest<'f>>,
}

impl<'f> Words<'f> {
    pub(super) fn about(facts: &'f FamilyFacts, person: &PersonFacts, asked: Asked<'_>) -> Self {
        let mut reader = Reader {
            standing: Standing::new(facts),
            person,
            today: facts.today,
            latest: facts.now + MAX_CLOCK_SKEW,
            is_in_grace: reached_own_age_lately(facts, person),
        };
        let mut words = Self { newest: Vec::new() };
        let about = facts.consents.iter().filter(|decision| {
            decision.person == person.person
                && decision.category == asked.category
                && decision.agency_kind == asked.agency_kind
        });
        if reader.is_in_grace {
            let themselves = Decider::Person(person.person);
            let mut own = about.clone().filter(|decision| decision.decided_by == themselves);
            reader.is_in_grace = !own.any(|decision| {
                let here = decision.family == facts.family;
                here && (reader.yes(decision, asked.purpose).is_some() || reader.no(decision, here).is_some())
            });
        }
        for decision in about {
            let here = decision.family == facts.family;
            let said = [
                reader.yes(decision, asked.purpose).filter(|_| here),
                reader.no(decision, here),
            ];
            for word in said.into_iter().flatten() {
                words.put(&decision.decided_by, word, here);
            }
        }
        words
    }

    fn put(&mut self, decider: &'f Decider, word: Word, here: bool) {
        let at = self.newest.iter().position(|newest| newest.decider == decider);
        let at = at.unwrap_or_else(|| {
            self.newest.push(Newest {
                decider,
                here: None,
                elsewhere: None,
            });
            self.newest.len() - 1
        });
        let newest = &mut self.newest[at];
        let place = if here { &mut newest.here } else { &mut newest.elsewhere };
        if place.is_none_or(|known| known.order() < word.order()) {
            *place = Some(word);
        }
    }

    /// Whether nobody has said anything that counts in this family.
    pub(super) fn are_none_here(&self) -> bool {
        self.newest.iter().all(|newest| newest.here.is_none())
    }

    /// Why, if somebody says no in this family.
    pub(super) fn refusal(&self) -> Option<Reason> {
        self.newest.iter().filter_map(Newest::refuses).min()
    }

    /// Whether the newest word of somebody is a no that they said in another family.
    pub(super) fn refused_elsewhere(&self) -> bool {
        self.newest.iter().any(Newest::refuses_elsewhere)
    }

    /// Whether one of a group says yes.
    pub(super) fn says_yes(&self, group: Group) -> bool {
        let mut said = self.newest.iter().filter_map(|newest| newest.here);
        said.any(|word| match (word.said, group) {
            (Said::Yes(counts), Group::Own) => counts.own,
            (Said::Yes(counts), Group::Parents) => counts.parents,
            _ => false,
        })
    }

    /// Why there is no yes, where nobody says no.
    pub(super) fn why_no_yes(&self) -> Reason {
        let over = self.newest.iter().filter_map(|newest| match newest.here?.said {
            Said::Over(reason) => Some(reason),
            _ => None,
        });
        over.min().unwrap_or(Reason::ConsentNotGiven)
    }
}

/// Reads decisions about one person.
struct Reader<'r> {
    standing: Standing<'r>,
    person: &'r PersonFacts,
    today: NaiveDate,
    latest: DateTime<Utc>,
    /// Whether a parent's yes is still enough for a child who has reached own-consent age.
    is_in_grace: bool,
}

impl Reader<'_> {
    /// The yes of a decision, if whoever said it could decide on that day and can today.
    fn yes(&self, decision: &ConsentDecision, purpose: &str) -> Option<Word> {
        let for_purpose = |purposes: &Vec<String>| purposes.iter().any(|named| named == purpose);
        let is_yes = decision.answer == ConsentAnswer::Given && decision.recorded_at <= self.latest;
        if !is_yes || !decision.purposes.as_ref().is_none_or(for_purpose) {
            return None;
        }
        let counts = self.counts(&decision.decided_by, decision.recorded_on.min(self.today));
        if counts == Counts::default() {
            return None;
        }
        let said = match decision.expires_on {
            // At once, whatever the clocks of two servers say of each other.
            _ if decision.withdrawn_at.is_some() => Said::Over(Reason::ConsentWithdrawn),
            Some(last) if last < self.today => Said::Over(Reason::ConsentExpired),
            _ => Said::Yes(counts),
        };
        Some(Word {
            at: decision.recorded_at,
            key: decision.key,
            said,
        })
    }

    /// The no of a decision, or that of its withdrawal: in its own family if whoever said it could decide on that day or can today, in
    /// another if they can today.
    fn no(&self, decision: &ConsentDecision, here: bool) -> Option<Word> {
        let (at, day, reason) = match decision.answer {
            ConsentAnswer::Refused => (decision.recorded_at, decision.recorded_on, Reason::ConsentNotGiven),
            // By another server's clock it may seem older than its yes.
            ConsentAnswer::Given => (
                decision.withdrawn_at?.max(decision.recorded_at),
                decision.withdrawn_on?.max(decision.recorded_on),
                Reason::ConsentWithdrawn,
            ),
        };
        let could = |day| self.standing.could(self.person, &decision.decided_by, day);
        (could(self.today) || (here && could(day.min(self.today)))).then(|| Word {
            at: at.min(self.latest),
            key: decision.key,
            said: Said::No(reason),
        })
    }

    /// For which group a yes of that day counts. What was open then is not enough for what is sure today.
    fn counts(&self, decider: &Decider, day: NaiveDate) -> Counts {
        let for_group = |group, day| self.standing.decides(self.person, group, day);
        let is_one_on = |group, day| self.standing.rank(self.person, decider, group, day) == Rank::Sure;
        let is_one = |group| is_one_on(group, day) && is_one_on(group, self.today);
        let own = for_group(Group::Own, self.today);
        let parents = for_group(Group::Parents, self.today);
        let themselves = own != Rank::No && for_group(Group::Own, day) >= own && is_one(Group::Own);
        let as_parent = is_one(Group::Parents);
        let for_now = self.is_in_grace && for_group(Group::Parents, day) == Rank::Sure && as_parent;
        Counts {
            own: themselves || for_now,
            parents: parents != Rank::No && for_group(Group::Parents, day) != Rank::No && as_parent,
        }
    }
}
