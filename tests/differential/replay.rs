//! A second reading of the rule on consent, from the words of the page on sharing alone, to hold against the first.
//!
//! It replays what happened: each yes, each no and each withdrawal, as a no of its own moment, in the order of time,
//! and keeps for each decider what they last said that counts. Of an open birthday a yes asks what is sure and a no
//! what is possible.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use thinkfamily::sharing::{
    born::Born,
    category::Category,
    facts::{ConsentAnswer, ConsentDecision, Decider, FamilyFacts, PersonFacts, Subject},
    reason::Reason,
};
use uuid::Uuid;

/// No two servers' clocks differ by more.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(5);
const FOUR_WEEKS: Days = Days::new(28);
/// "every adult (18+)"
const ADULT: i32 = 18;

/// What the rule says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Given,
    Not { reason: Reason, elsewhere: bool },
}

/// Whether consent is given to that, of a row about that subject.
pub(crate) fn consent(facts: &FamilyFacts, subject: Subject, category: Category, kind: &str, purpose: &str) -> Answer {
    let asked = |elsewhere_too| Question {
        facts,
        category,
        kind,
        purpose,
        elsewhere_too,
    };
    match (asked(false).answer(subject), asked(true).answer(subject)) {
        (Ok(()), Ok(())) => Answer::Given,
        // "A reason speaks only of its own family": all here said yes, so the no is another family's.
        (Ok(()), Err(_)) => Answer::Not {
            reason: Reason::ConsentNotGiven,
            elsewhere: true,
        },
        (Err(reason), _) => Answer::Not {
            reason,
            elsewhere: another_household_decides(facts, subject),
        },
    }
}

/// Whether somebody's newest counting word about the person is a no, here or from elsewhere.
pub(crate) fn refused(facts: &FamilyFacts, person: Uuid, category: Category, kind: &str, purpose: &str) -> bool {
    let question = Question {
        facts,
        category,
        kind,
        purpose,
        elsewhere_too: true,
    };
    let is_no = |said: &Said| matches!(said, Said::No(_));
    facts
        .person(person)
        .is_some_and(|person| question.about(person).replay().values().any(is_no))
}

/// Of a child who is no member today it is decided elsewhere, so that every refusal would tell of that household.
fn another_household_decides(facts: &FamilyFacts, subject: Subject) -> bool {
    let (today, age) = (day_of(facts.now), facts.own_consent_age);
    let decided_elsewhere = |one: &PersonFacts| !surely(age, one.born, today) && !one.belonged_on(today);
    matches!(subject, Subject::Person(key) if facts.person(key).is_some_and(decided_elsewhere))
}

/// "Days are days of the United Kingdom (Europe/London)": from the last Sunday of March to that of October, changing
/// at one o'clock UTC, an hour ahead of UTC.
pub(crate) fn day_of(instant: DateTime<Utc>) -> NaiveDate {
    let clocks_change = |month| {
        let last = NaiveDate::from_ymd_opt(instant.year(), month, 31).expect("March and October have 31 days");
        let sunday = last - Days::new(u64::from(last.weekday().num_days_from_sunday()));
        sunday.and_hms_opt(1, 0, 0).expect("every day has that hour").and_utc()
    };
    let summer = clocks_change(3) <= instant && instant < clocks_change(10);
    (instant + TimeDelta::hours(i64::from(summer))).date_naive()
}

/// "Who is born on 29 February comes of age on 1 March", but in the years that have a 29 February.
pub(crate) fn reaches(age: i32, born: NaiveDate) -> Option<NaiveDate> {
    let year = born.year().checked_add(age)?;
    NaiveDate::from_ymd_opt(year, born.month(), born.day()).or_else(|| NaiveDate::from_ymd_opt(year, 3, 1))
}

/// Whether they are of that age on whichever of the possible days they were born.
pub(crate) fn surely(age: i32, born: Born, day: NaiveDate) -> bool {
    reaches(age, born.latest()).is_some_and(|reached| reached <= day)
}

/// Whether they are of that age on one of the possible days.
pub(crate) fn possibly(age: i32, born: Born, day: NaiveDate) -> bool {
    reaches(age, born.earliest()).is_some_and(|reached| reached <= day)
}

/// "for 28 days more after", reckoned from the earliest possible day, so that there are never more.
pub(crate) fn reached_lately(age: i32, born: Born, day: NaiveDate) -> bool {
    reaches(age, born.earliest()).is_some_and(|reached| reached <= day && day < reached + FOUR_WEEKS)
}

fn lacks_capacity(person: &PersonFacts, day: NaiveDate) -> bool {
    person.lacks_capacity.iter().any(|period| period.holds_on(day))
}

/// "For a child who does not live in the family, whoever may decide where the child lives; where that is not
/// recorded, nobody."
fn homes<'f>(facts: &'f FamilyFacts, child: &PersonFacts, day: NaiveDate) -> Vec<&'f [PersonFacts]> {
    if !child.lived_on(day) {
        return Vec::new();
    }
    if child.belonged_on(day) {
        return vec![facts.people.as_slice()];
    }
    let lives_there = |one: &PersonFacts| one.person == child.person && one.belonged_on(day);
    let elsewhere = facts.elsewhere.iter().map(Vec::as_slice);
    elsewhere.filter(|home| home.iter().any(lives_there)).collect()
}

/// "From the own-consent age the member. For who is recorded as lacking capacity then, only a best-interests
/// decision." Their age is asked apart.
fn decides_on_own_side(person: &PersonFacts, by: &Decider, day: NaiveDate) -> bool {
    person.lived_on(day)
        && match by {
            Decider::Person(key) => *key == person.person && !lacks_capacity(person, day),
            Decider::Professional { .. } => lacks_capacity(person, day),
        }
}

/// "Below it, and for the unborn, whoever is of own-consent age, in the family, and has parental responsibility for
/// that child then; where an authority holds it, whom it names." The child's age is asked apart; `of_age` says how
/// sure the decider's must be.
fn decides_as_parent(
    facts: &FamilyFacts,
    child: &PersonFacts,
    by: &Decider,
    day: NaiveDate,
    of_age: fn(i32, Born, NaiveDate) -> bool,
) -> bool {
    let for_this_child = facts
        .responsibilities
        .iter()
        .any(|held| held.child == child.person && held.held_by == *by && held.period.holds_on(day));
    let homes = homes(facts, child, day);
    match by {
        Decider::Professional { .. } => for_this_child && !homes.is_empty(),
        // Nobody is their own parent, however open their birthday.
        Decider::Person(key) if *key == child.person => false,
        Decider::Person(key) => homes.into_iter().flatten().any(|adult| {
            let as_member = || {
                let mut held = adult.belongs.iter().filter(|belongs| belongs.parental_responsibility);
                held.any(|belongs| belongs.period.holds_on(day))
            };
            adult.person == *key
                && adult.belonged_on(day)
                && of_age(facts.own_consent_age, adult.born, day)
                && (for_this_child || as_member())
        }),
    }
}

/// Whether they may decide for the person on the day, on either side, as far as birthdays leave it possible.
pub(crate) fn may_decide(facts: &FamilyFacts, person: &PersonFacts, by: &Decider, day: NaiveDate) -> bool {
    let age = facts.own_consent_age;
    possibly(age, person.born, day) && decides_on_own_side(person, by, day)
        || !surely(age, person.born, day) && decides_as_parent(facts, person, by, day, possibly)
}

/// "A no counts for every purpose, if whoever said it could decide on that day or can today: in its own family and in
/// each in which they may decide for that person today."
pub(crate) fn no_counts(facts: &FamilyFacts, person: &PersonFacts, by: &Decider, day: NaiveDate, here: bool) -> bool {
    may_decide(facts, person, by, day_of(facts.now)) || here && may_decide(facts, person, by, day)
}

/// What is asked, and whether what was said in other families is heard.
#[derive(Clone, Copy)]
struct Question<'q> {
    facts: &'q FamilyFacts,
    category: Category,
    kind: &'q str,
    purpose: &'q str,
    elsewhere_too: bool,
}

/// What happened at one moment.
#[derive(Clone, Copy)]
enum What {
    /// A yes, and why it gives nothing any more if it does not.
    Yes(Option<Reason>),
    /// A no, and what it is called.
    No(Reason),
}

/// One thing that somebody said.
struct Event<'q> {
    at: DateTime<Utc>,
    day: NaiveDate,
    key: Uuid,
    by: &'q Decider,
    here: bool,
    what: What,
}

/// On which sides a yes counts.
#[derive(Clone, Copy, Default)]
struct Sides {
    own: bool,
    parent: bool,
}

/// What a decider last said that counts.
#[derive(Clone, Copy)]
enum Said {
    Yes(Sides),
    Lapsed(Reason),
    No(Reason),
}

/// All that was said about one person.
struct Hearing<'q> {
    facts: &'q FamilyFacts,
    person: &'q PersonFacts,
    today: NaiveDate,
    /// In the order of time.
    events: Vec<Event<'q>>,
}

impl<'q> Question<'q> {
    fn answer(self, subject: Subject) -> Result<(), Reason> {
        match subject {
            Subject::Family => self.answer_for_the_family(),
            Subject::Person(key) => {
                let person = self.facts.person(key).ok_or(Reason::ConsentNotGiven)?;
                self.about(person).answer()
            }
        }
    }

    /// "A row about the whole family needs a yes of every adult (18+) now in it, and of one at least. With no adult
    /// it needs a yes of every member of own-consent age; with neither it is not given."
    fn answer_for_the_family(self) -> Result<(), Reason> {
        let (today, own) = (day_of(self.facts.now), self.facts.own_consent_age);
        let people = self.facts.people.iter();
        let members: Vec<_> = people.filter(|one| one.belonged_on(today)).collect();
        let some_are = |age| members.iter().any(|member| surely(age, member.born, today));
        let age = match (some_are(ADULT), some_are(own)) {
            (true, _) => ADULT,
            (false, true) => own,
            (false, false) => return Err(Reason::ConsentNotGiven),
        };
        let (mut one_at_least, mut reasons) = (false, Vec::new());
        // Who only may be of the age is asked too, and is not the one.
        for &member in members.iter().filter(|member| possibly(age, member.born, today)) {
            let hearing = self.about(member);
            match hearing.answer_as_one_of_the_family() {
                Ok(()) => one_at_least |= surely(age, member.born, today),
                Err(_) if some_are(ADULT) && hearing.is_not_yet_asked() => {}
                Err(reason) => reasons.push(reason),
            }
        }
        match reasons.into_iter().min() {
            Some(first) => Err(first),
            None if one_at_least => Ok(()),
            None => Err(Reason::ConsentNotGiven),
        }
    }

    fn about(self, person: &'q PersonFacts) -> Hearing<'q> {
        let heard = |decision: &&ConsentDecision| {
            decision.person == person.person
                && decision.category == self.category
                && decision.agency_kind == self.kind
                && (self.elsewhere_too || decision.family == self.facts.family)
        };
        let decisions = self.facts.consents.iter().filter(heard);
        let mut events: Vec<_> = decisions
            .flat_map(|decision| [self.word(decision), self.withdrawal(decision)])
            .flatten()
            .collect();
        // Of two words at the same instant a no is the newer one, else that with the greater key.
        events.sort_by_key(|event| (event.at, matches!(event.what, What::No(_)), event.key));
        Hearing {
            facts: self.facts,
            person,
            today: day_of(self.facts.now),
            events,
        }
    }

    fn latest(self) -> DateTime<Utc> {
        self.facts.now + CLOCKS_DIFFER
    }

    /// "A decision is a yes or a no." A yes is for its own purposes, and none if it is from the future.
    fn word(self, decision: &'q ConsentDecision) -> Option<Event<'q>> {
        if decision.answer == ConsentAnswer::Refused {
            return Some(self.event(decision, decision.recorded_at, What::No(Reason::ConsentNotGiven)));
        }
        let only = decision.purposes.as_ref();
        let covers = only.is_none_or(|only| only.iter().any(|one| one == self.purpose));
        // "The last day named still counts."
        let run_out = decision.expires_on.is_some_and(|last| last < day_of(self.facts.now));
        let lapsed = match decision.withdrawn_at {
            Some(_) => Some(Reason::ConsentWithdrawn),
            None => run_out.then_some(Reason::ConsentExpired),
        };
        (covers && decision.recorded_at <= self.latest())
            .then(|| self.event(decision, decision.recorded_at, What::Yes(lapsed)))
    }

    /// "A withdrawal is a no of its own moment to all that the yes it names covers."
    /// It cannot be older than that yes.
    fn withdrawal(self, decision: &'q ConsentDecision) -> Option<Event<'q>> {
        let at = decision.withdrawn_at?.max(decision.recorded_at);
        (decision.answer == ConsentAnswer::Given).then(|| self.event(decision, at, What::No(Reason::ConsentWithdrawn)))
    }

    /// "a no so dated takes the time of its commit": it was said by now, whatever its date.
    fn event(self, decision: &'q ConsentDecision, at: DateTime<Utc>, what: What) -> Event<'q> {
        Event {
            at: at.min(self.latest()),
            day: day_of(at.min(self.facts.now)),
            key: decision.key,
            by: &decision.decided_by,
            here: decision.family == self.facts.family,
            what,
        }
    }
}

impl<'q> Hearing<'q> {
    /// "Consent is given when one says yes and none says no." "Where a birthday leaves open who may decide, the yes
    /// of both is needed and enough."
    fn answer(&self) -> Result<(), Reason> {
        self.answer_where(|yes, of_age| match of_age {
            Some(_) => yes.own || yes.parent,
            None => yes.own && yes.parent,
        })
    }

    /// Of a row about the whole family each answers for themself, and a parent for them only while the 28 days last.
    fn answer_as_one_of_the_family(&self) -> Result<(), Reason> {
        self.answer_where(|yes, of_age| yes.own || yes.parent && of_age == Some(true))
    }

    /// Of several reasons the first in the order not given, withdrawn, expired, which is that of their type.
    fn answer_where(&self, enough: fn(Sides, Option<bool>) -> bool) -> Result<(), Reason> {
        let (mut yes, mut noes, mut lapsed) = (Sides::default(), Vec::new(), Vec::new());
        for said in self.replay().into_values() {
            match said {
                Said::Yes(on) => {
                    yes.own |= on.own;
                    yes.parent |= on.parent;
                }
                Said::Lapsed(reason) => lapsed.push(reason),
                Said::No(reason) => noes.push(reason),
            }
        }
        match noes.into_iter().min() {
            Some(no) => Err(no),
            None if enough(yes, self.of_age()) => Ok(()),
            None => Err(lapsed.into_iter().min().unwrap_or(Reason::ConsentNotGiven)),
        }
    }

    /// "Each decider's newest word that counts in the family that the row is of stands."
    fn replay(&self) -> BTreeMap<&'q Decider, Said> {
        let mut last = BTreeMap::new();
        for event in &self.events {
            if let Some(said) = self.counting(event) {
                last.insert(event.by, said);
            }
        }
        last
    }

    /// What was said, if it counts. "A yes counts in its own family." "One that has run out gives nothing and brings
    /// back nothing older": it stays what was last said.
    fn counting(&self, event: &Event<'_>) -> Option<Said> {
        let Event { by, day, here, .. } = *event;
        match event.what {
            What::No(reason) => no_counts(self.facts, self.person, by, day, here).then_some(Said::No(reason)),
            What::Yes(lapsed) => {
                let sides = self.sides(by, day);
                let said = lapsed.map_or(Said::Yes(sides), Said::Lapsed);
                (here && (sides.own || sides.parent)).then_some(said)
            }
        }
    }

    /// "A yes counts if whoever said it could decide on that day and can today; a parent's for 28 days more after the
    /// child reaches own-consent age, unless the child has spoken." A decider's own open birthday leaves their yes
    /// without effect.
    fn sides(&self, by: &Decider, day: NaiveDate) -> Sides {
        let (age, born) = (self.facts.own_consent_age, self.person.born);
        let as_themself = |day| decides_on_own_side(self.person, by, day);
        let as_parent = |day| decides_as_parent(self.facts, self.person, by, day, surely);
        let own = as_themself(day) && as_themself(self.today);
        let parent = as_parent(day) && as_parent(self.today);
        match self.of_age() {
            Some(true) => Sides {
                own: own && surely(age, born, day),
                parent: parent
                    && !possibly(age, born, day)
                    && reached_lately(age, born, self.today)
                    && !self.child_has_spoken(),
            },
            Some(false) => Sides { own: false, parent },
            None => Sides {
                own: own && possibly(age, born, day),
                parent,
            },
        }
    }

    /// Whether they are of own-consent age today; none where it is open.
    fn of_age(&self) -> Option<bool> {
        let (age, born) = (self.facts.own_consent_age, self.person.born);
        let sure = surely(age, born, self.today);
        (sure == possibly(age, born, self.today)).then_some(sure)
    }

    /// "unless the child has spoken": said anything that counts, which is never as their own parent.
    fn child_has_spoken(&self) -> bool {
        let child = Decider::Person(self.person.person);
        let mut words = self.events.iter().filter(|event| *event.by == child);
        words.any(|event| self.counting(event).is_some())
    }

    /// "An adult who joined for the first time or came of age less than 28 days ago, and of whom no decision counts,
    /// is not yet asked."
    fn is_not_yet_asked(&self) -> bool {
        let joined = self.person.belongs.iter().map(|belongs| belongs.period.from).min();
        let joined_lately = joined.is_some_and(|joined| self.today < joined + FOUR_WEEKS);
        (joined_lately || reached_lately(ADULT, self.person.born, self.today)) && self.replay().is_empty()
    }
}
