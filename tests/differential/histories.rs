//! Random families made for the rule on consent, and its two readings held against each other on them.
//!
//! `THINKFAMILY_HISTORIES=1000000` runs that many; `SEED=… THINKFAMILY_HISTORIES=1` the one that a failure printed.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use thinkfamily::sharing::{
    born::Born,
    category::Category,
    consent::{self, Asked},
    facts::{
        ConsentAnswer, ConsentDecision, Decider, FamilyFacts, MembershipFacts, Period, PersonFacts, Responsibility,
        Subject,
    },
};
use uuid::Uuid;

use crate::{
    agreements::{AGENCIES, KINDS, PURPOSES},
    chance::{Chance, shifted},
    families::{date, place},
    number_from,
    replay::{self, Answer, day_of, possibly, surely},
};

const DEFAULT_HISTORIES: u64 = 20_000;
/// Before all that matters.
const LONG_AGO: i64 = -2_000;

/// What is asked about: most decisions are about that of the first two, which differ in the purpose alone.
pub(crate) const QUESTIONS: [Asked<'static>; 3] = [
    question(Category::Marker, KINDS[0], PURPOSES[0]),
    question(Category::Marker, KINDS[0], PURPOSES[1]),
    question(Category::CriterionHealth, KINDS[1], PURPOSES[0]),
];

const fn question(category: Category, agency_kind: &'static str, purpose: &'static str) -> Asked<'static> {
    Asked {
        category,
        agency_kind,
        purpose,
    }
}

/// Each question about everybody who is or was in the family and about the whole of it.
pub(crate) fn questions(facts: &FamilyFacts) -> impl Iterator<Item = (Subject, Asked<'static>)> {
    let people = facts.people.iter().map(|one| Subject::Person(one.person));
    let subjects = people.chain([Subject::Family]);
    subjects.flat_map(|subject| QUESTIONS.map(|asked| (subject, asked)))
}

/// What the server says.
pub(crate) fn first_reading(facts: &FamilyFacts, subject: Subject, asked: Asked<'_>) -> Answer {
    match consent::consent(facts, subject, asked) {
        Ok(()) => Answer::Given,
        Err(no) => Answer::Not {
            reason: no.reason,
            elsewhere: no.elsewhere,
        },
    }
}

/// What the replay says.
fn second_reading(facts: &FamilyFacts, subject: Subject, asked: Asked<'_>) -> Answer {
    replay::consent(facts, subject, asked.category, asked.agency_kind, asked.purpose)
}

/// Says anew which day it is, who is in the family on it, and on which days was said what, for facts that were changed.
pub(crate) fn settle(facts: &mut FamilyFacts) {
    let today = day_of(facts.now);
    for one in facts.people.iter_mut().chain(facts.elsewhere.iter_mut().flatten()) {
        place(one, today);
    }
    facts.today = today;
    facts.consents.iter_mut().for_each(date);
}

/// The family of that seed.
pub(crate) fn family(seed: u64) -> FamilyFacts {
    let mut chance = Chance::new(seed);
    let now = moment_of_asking(&mut chance);
    let mut maker = Maker {
        own: chance.pick(&[13, 13, 13, 13, 12, 16, 18]),
        today: day_of(now),
        now,
        chance,
    };
    let size = maker.chance.pick(&[1, 1, 2, 2, 3, 4]);
    let households = maker.chance.pick(&[0, 0, 1, 1, 2]);
    let mut people = vec![maker.person(false)];
    people.extend((0..size).map(|number| maker.person(number % 2 == 0)));
    let elsewhere = (0..households).map(|_| maker.household(&people)).collect();
    let mut facts = FamilyFacts {
        authority: 1,
        family: maker.chance.key(),
        on_cohort: true,
        involved: Vec::new(),
        lead: None,
        people,
        people_read: true,
        elsewhere,
        responsibilities: Vec::new(),
        consents: Vec::new(),
        bars: Vec::new(),
        emergencies: Vec::new(),
        own_consent_age: maker.own,
        now,
        today: day_of(now),
    };
    facts.responsibilities = maker.responsibilities(&facts);
    facts.consents = maker.consents(&facts);
    settle(&mut facts);
    facts
}

/// Days around which 29 February, the clocks or a year matter, at the hours around which a day does.
fn moment_of_asking(chance: &mut Chance) -> DateTime<Utc> {
    let march = NaiveDate::from_ymd_opt(chance.pick(&[2024, 2025, 2025, 2026, 2026, 2027, 2028]), 3, 1);
    let days = chance.pick(&[-2, -1, 0, 0, 5, 26, 27, 28, 107, 239, 259, 305, 306]);
    let day = shifted(march.expect("the first of March is in every year"), days);
    let midnight = day.and_hms_opt(0, 0, 0).expect("every day has that hour").and_utc();
    let noon = 12 * 3_600;
    midnight + TimeDelta::seconds(chance.pick(&[-1, 0, 1, noon - 1, noon, noon + 1]))
}

/// Whoever of an agency may have been named, or decide in somebody's best interests.
fn professional(chance: &mut Chance) -> Decider {
    Decider::Professional {
        agency: chance.pick(&AGENCIES[3..]).key(),
        subject: chance.pick(&["worker-1", "worker-1", "worker-2"]).to_owned(),
    }
}

struct Maker {
    chance: Chance,
    own: i32,
    today: NaiveDate,
    now: DateTime<Utc>,
}

impl Maker {
    fn day(&mut self, around: &[i64]) -> NaiveDate {
        let days = self.chance.pick(around);
        shifted(self.today, days)
    }

    fn period(&mut self, from: &[i64], until: &[Option<i64>]) -> Period {
        Period {
            from: self.day(from),
            until: self.chance.pick(until).map(|days| shifted(self.today, days)),
        }
    }

    /// Somebody, and when they were a member of one household.
    fn person(&mut self, grown: bool) -> PersonFacts {
        let birthday = self.birthday(grown);
        PersonFacts {
            person: self.chance.key(),
            born: self.born(birthday),
            memberships: self.memberships(if grown { 75 } else { 8 }),
            others: Vec::new(),
            lacks_capacity: (0..usize::from(self.chance.percent(12)))
                .map(|_| self.period(&[-400, -400, -20, -1, 0, 1], &[None, None, Some(-10), Some(0), Some(1)]))
                .collect(),
            died_on: self.chance.percent(6).then(|| self.day(&[-400, -10, -1, 0])),
            in_family: false,
            belongs: false,
            shielded: false,
            sheltered: false,
        }
    }

    /// That many days after they reached an age that matters, or grown up, or small.
    fn birthday(&mut self, grown: bool) -> NaiveDate {
        let own = self.own;
        let close = [-40, -1, 0, 1, 5, 26, 27, 28, 29, 200];
        let (age, since) = match self.chance.number(0, 9) {
            0..=4 if !grown => (own, self.chance.pick(&close)),
            5..=6 if !grown => (self.chance.pick(&[1, 5, own - 1]), 100),
            7 => (18, self.chance.pick(&close)),
            8 => (self.chance.pick(&[own, 17, 18]), self.chance.pick(&close)),
            _ => (self.chance.pick(&[25, 40, 60]), 100),
        };
        let reached = shifted(self.today, -since);
        let year = reached.year() - age;
        // Whoever reached it on 1 March may have been born on 29 February; who would on 29 February, on 1 March.
        let leap = NaiveDate::from_ymd_opt(year, 2, 29);
        leap.filter(|_| (reached.month(), reached.day()) == (3, 1) && self.chance.percent(60))
            .or_else(|| NaiveDate::from_ymd_opt(year, reached.month(), reached.day()))
            .or_else(|| NaiveDate::from_ymd_opt(year, 3, 1))
            .expect("the first of March is in every year")
    }

    /// That birthday, of some people known in part or not at all; and a child who is expected.
    fn born(&mut self, birthday: NaiveDate) -> Born {
        match self.chance.number(0, 23) {
            0 => Born::UNKNOWN,
            1 => Born::UNKNOWN.adult(self.today),
            2 => Born::within(birthday.year(), None),
            3 => Born::within(birthday.year(), Some(birthday.month())),
            4 => Born::within(birthday.year(), None).adult(self.today),
            5 => Born::expected(self.day(&[-20, 0, 60, 200])),
            6 => Born::between(birthday, shifted(birthday, self.chance.pick(&[1, 10, 27, 28]))),
            7..=8 => Born::between(shifted(birthday, -self.chance.pick(&[1, 5, 20])), birthday),
            _ => Born::on(birthday),
        }
    }

    /// Of a member for long mostly, of one who came or went around today, or both.
    fn memberships(&mut self, responsible: u32) -> Vec<MembershipFacts> {
        let periods = match self.chance.number(0, 19) {
            0..=3 => vec![self.period(&[-29, -28, -27, -5, -1, 0], &[None])],
            4..=6 => vec![self.period(&[LONG_AGO], &[Some(-100), Some(-10), Some(-1), Some(0), Some(1)])],
            7 => vec![self.period(&[1, 20], &[None])],
            8..=9 => vec![
                self.period(&[LONG_AGO], &[Some(-100), Some(-40)]),
                self.period(&[-40, -28, -27, -5, 0], &[None, None, Some(1)]),
            ],
            _ => vec![self.period(&[LONG_AGO], &[None])],
        };
        let of = |period| MembershipFacts {
            period,
            end: None,
            parental_responsibility: self.chance.percent(responsible),
        };
        periods.into_iter().map(of).collect()
    }

    /// Another household: of some who are or were in this one, and of others.
    fn household(&mut self, people: &[PersonFacts]) -> Vec<PersonFacts> {
        let mut household = Vec::new();
        for one in people {
            let likely = if one.belonged_on(self.today) { 25 } else { 75 };
            if self.chance.percent(likely) {
                let memberships = self.memberships(50);
                household.push(PersonFacts {
                    memberships,
                    ..one.clone()
                });
            }
        }
        for _ in 0..self.chance.pick(&[0, 1, 1, 2]) {
            household.push(self.person(true));
        }
        household
    }

    /// Parental responsibility for one child, of the first mostly, whom most decisions are about.
    fn responsibilities(&mut self, facts: &FamilyFacts) -> Vec<Responsibility> {
        let everybody: Vec<_> = people(facts).map(|one| one.person).collect();
        (0..self.chance.pick(&[0, 0, 1, 1, 2, 3]))
            .map(|_| Responsibility {
                child: self.chance.pick(&[everybody[0], everybody[0], everybody[1]]),
                held_by: if self.chance.percent(50) {
                    Decider::Person(self.chance.pick(&everybody))
                } else {
                    professional(&mut self.chance)
                },
                period: self.period(
                    &[LONG_AGO, LONG_AGO, LONG_AGO, -20, -1, 0, 1],
                    &[None, None, None, Some(-10), Some(0), Some(1), Some(20)],
                ),
            })
            .collect()
    }

    /// Up to eight decisions: everybody asked in turn, parents asked for the first child, or anybody about anybody.
    fn consents(&mut self, facts: &FamilyFacts) -> Vec<ConsentDecision> {
        let (plot, agree) = (self.chance.number(0, 2), self.chance.pick(&[55, 95]));
        let (holders, others) = (holders(facts), [self.chance.key(), self.chance.key()]);
        let mut said: Vec<ConsentDecision> = Vec::new();
        for number in 0..self.chance.number(0, 8) {
            let any = self.chance.number(0, facts.people.len() - 1);
            let about = match plot {
                0 => number % facts.people.len(),
                1 => 0,
                _ => self.chance.pick(&[0, any]),
            };
            let mut person = facts.people[about].person;
            let mut by = match plot {
                0 if number == about => Decider::Person(person),
                1 if number < 2 && !holders.is_empty() => self.one_of(&holders),
                _ => self.decider(person, facts, &holders),
            };
            let mut at = self.moment();
            // At the same instant as another, of the same decider or of another.
            if let Some(last) = said.last().filter(|_| self.chance.percent(12)) {
                at = last.recorded_at;
                if self.chance.percent(70) {
                    (person, by) = (last.person, last.decided_by.clone());
                }
            }
            let other = self.chance.pick(&others);
            let family = if self.chance.percent(90) { facts.family } else { other };
            let decision = self.decision(person, by, at, agree);
            said.push(ConsentDecision { family, ..decision });
        }
        said
    }

    fn one_of(&mut self, deciders: &[Decider]) -> Decider {
        deciders[self.chance.number(0, deciders.len() - 1)].clone()
    }

    fn decider(&mut self, person: Uuid, facts: &FamilyFacts, holders: &[Decider]) -> Decider {
        match self.chance.number(0, 99) {
            0..=44 => Decider::Person(person),
            45..=79 if !holders.is_empty() => self.one_of(holders),
            80..=89 => professional(&mut self.chance),
            _ => Decider::Person(
                self.chance
                    .pick(&people(facts).map(|one| one.person).collect::<Vec<_>>()),
            ),
        }
    }

    /// A yes, or else a no, a yes that has run out or one that is withdrawn.
    fn decision(&mut self, person: Uuid, decided_by: Decider, at: DateTime<Utc>, agree: u32) -> ConsentDecision {
        let wrong = usize::from(!self.chance.percent(agree)) * self.chance.number(1, 3);
        let about = QUESTIONS[self.chance.pick(&[0_usize, 0, 0, 0, 0, 0, 0, 2])];
        let last = match wrong {
            2 => self.chance.pick(&[Some(-30), Some(-1)]),
            _ => self.chance.pick(&[None, None, None, Some(0), Some(1), Some(60)]),
        };
        let (one, other, both) = (&PURPOSES[..1], &PURPOSES[1..2], &PURPOSES[..2]);
        let some = [None, None, None, None, Some(one), Some(other), Some(both)];
        let purposes = self.chance.pick(&some);
        ConsentDecision {
            family: Uuid::nil(),
            person,
            category: about.category,
            agency_kind: about.agency_kind.to_owned(),
            purposes: purposes.map(|some| some.iter().map(|&one| one.to_owned()).collect()),
            answer: [ConsentAnswer::Given, ConsentAnswer::Refused][usize::from(wrong == 1)],
            decided_by,
            recorded_at: at,
            recorded_on: day_of(at),
            key: self.chance.key(),
            expires_on: last.map(|days| shifted(self.today, days)),
            withdrawn_at: (wrong == 3).then(|| self.withdrawn(at)),
            withdrawn_on: None,
        }
    }

    /// Long ago, lately, just now, ahead as clocks may differ, or from the future.
    fn moment(&mut self) -> DateTime<Utc> {
        let (hour, day) = (3_600, 86_400);
        let ahead = [60, 299, 300, 301, hour, 36 * 365 * day];
        let seconds = match self.chance.number(0, 19) {
            0 => self.chance.pick(&ahead),
            1..=6 => -day * self.chance.pick(&[26, 27, 28, 29, 30, 5, 1]),
            7..=10 => self.chance.pick(&[-25 * hour, -13 * hour, -12 * hour, -hour, -60, 0]),
            _ => -day * self.chance.pick(&[60, 60, 400, 1_000]),
        };
        self.now + TimeDelta::seconds(seconds)
    }

    /// With the yes or after it, by now or ahead; once in a while by a clock that was behind.
    fn withdrawn(&mut self, said: DateTime<Utc>) -> DateTime<Utc> {
        let after = TimeDelta::minutes(self.chance.pick(&[0, 1, 60, 1_440]));
        match self.chance.number(0, 15) {
            0 => said - TimeDelta::minutes(1),
            1..=4 => said.max(self.now),
            5..=6 => said.max(self.now + TimeDelta::hours(1)),
            7 => said.max(self.now + TimeDelta::days(800)),
            _ => said + after,
        }
    }
}

/// Everybody of the family and of the other households; who is in several, several times.
pub(crate) fn people(facts: &FamilyFacts) -> impl Iterator<Item = &PersonFacts> {
    facts.people.iter().chain(facts.elsewhere.iter().flatten())
}

/// Whoever has parental responsibility, had it or will have it: their word is likely to count.
fn holders(facts: &FamilyFacts) -> Vec<Decider> {
    let responsible = |one: &&PersonFacts| one.memberships.iter().any(|belongs| belongs.parental_responsibility);
    let members = people(facts).filter(responsible).map(|one| one.person);
    let named = facts.responsibilities.iter().map(|held| held.held_by.clone());
    members.map(Decider::Person).chain(named).collect()
}

/// Whether nothing but the 28 days after a birthday lets it be given: take the yes of all others away, and it is not.
fn stands_by_the_28_days(facts: &FamilyFacts, person: &PersonFacts, asked: Asked<'_>) -> bool {
    let today = day_of(facts.now);
    let own = Decider::Person(person.person);
    let mut alone = facts.clone();
    let consents = &mut alone.consents;
    consents.retain(|said| said.answer == ConsentAnswer::Refused || said.decided_by == own);
    surely(facts.own_consent_age, person.born, today)
        && !person.lacks_capacity.iter().any(|period| period.holds_on(today))
        && second_reading(&alone, Subject::Person(person.person), asked) != Answer::Given
}

/// Of what an answer is an instance: nine kinds beside the three reasons.
fn instance(facts: &FamilyFacts, subject: Subject, asked: Asked<'_>, answer: Answer) -> &'static str {
    let (today, own) = (day_of(facts.now), facts.own_consent_age);
    let alone = |person: &PersonFacts| second_reading(facts, Subject::Person(person.person), asked);
    let person = match subject {
        Subject::Family => None,
        Subject::Person(key) => facts.person(key),
    };
    match (answer, person) {
        (Answer::Not { reason, elsewhere }, _) if !elsewhere => reason.code(),
        (Answer::Not { .. }, None) => "not, by a no from elsewhere, of a family",
        (Answer::Not { .. }, Some(one)) if one.in_family => "not, by a no from elsewhere, of a member",
        (Answer::Not { .. }, Some(_)) => "not, of a child elsewhere",
        (Answer::Given, Some(one)) if stands_by_the_28_days(facts, one, asked) => "given, by the 28 days",
        (Answer::Given, Some(one)) if surely(own, one.born, today) => "given, of who is of age",
        (Answer::Given, Some(one)) if possibly(own, one.born, today) => "given, by both sides",
        (Answer::Given, Some(_)) => "given, by a parent",
        // Every adult who was asked has given it for themself, too.
        (Answer::Given, None) => {
            let mut adults = facts.members().filter(|one| surely(18, one.born, today));
            if adults.all(|one| alone(one) == Answer::Given) {
                "given, of a family"
            } else {
                "given, where somebody is not yet asked"
            }
        }
    }
}

#[test]
fn a_second_reading_of_consent_agrees() {
    let histories = number_from("THINKFAMILY_HISTORIES", DEFAULT_HISTORIES);
    let first = number_from("SEED", 1);
    let (mut seen, mut refused): (BTreeMap<&str, u64>, u64) = (BTreeMap::new(), 0);
    for seed in first..first + histories {
        let facts = family(seed);
        for (subject, asked) in questions(&facts) {
            let answer = first_reading(&facts, subject, asked);
            let about = (subject, asked.agency_kind, asked.purpose);
            let replayed = second_reading(&facts, subject, asked);
            assert_eq!(answer, replayed, "the replay: SEED={seed}, {about:?}\n{facts:#?}");
            *seen.entry(instance(&facts, subject, asked, answer)).or_default() += 1;
            if let Subject::Person(person) = subject {
                let no = consent::is_refused(&facts, person, asked);
                let replayed = replay::refused(&facts, person, asked.category, asked.agency_kind, asked.purpose);
                assert_eq!(no, replayed, "refused: SEED={seed}, {about:?}\n{facts:#?}");
                refused += u64::from(no);
            }
        }
    }
    eprintln!("{histories} histories, {refused} times refused: {seen:#?}");
    // A few, as for a seed that failed, need not have everything.
    if histories >= DEFAULT_HISTORIES / 10 {
        let often = seen.values().filter(|times| **times * 2_000 >= histories).count();
        assert_eq!(often, 3 + 9, "something was tried too seldom");
        assert!(seen["given, of who is of age"] * 20 > histories && refused * 20 > histories);
    }
}
