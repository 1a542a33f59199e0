//! Random families: members around every age that matters, decisions about consent, emergencies.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use thinkfamily::sharing::{
    born::Born,
    caller::Caller,
    category::Category,
    facts::{ConsentAnswer, ConsentDecision, EmergencyFact, FamilyFacts, PersonFacts},
};
use uuid::Uuid;

use crate::{
    agreements::{AGENCIES, KINDS},
    chance::{Chance, shifted},
};

/// The people of an agency who take part.
pub(crate) const SUBJECTS: [&str; 2] = ["worker-1", "worker-2"];

/// A family, with decisions about those categories, that the caller may have opened emergency access for.
pub(crate) fn family(
    chance: &mut Chance,
    caller: &Caller,
    authority: i32,
    now: DateTime<Utc>,
    categories: &[Category],
) -> FamilyFacts {
    let own_consent_age = chance.pick(&[13, 13, 13, 16, 12, 18]);
    let today = now.date_naive();
    let mut people = Vec::new();
    for _ in 0..chance.pick(&[0, 1, 1, 2, 2, 3, 3, 4, 5]) {
        people.push(person(chance, today, own_consent_age));
    }
    // In some families nearly everyone agrees, so that a whole family's consent is not a rarity.
    let agree = chance.pick(&[55, 97]);
    let consents = consents(chance, &people, now, categories, agree);
    FamilyFacts {
        authority,
        family: chance.key(),
        on_cohort: chance.percent(65),
        involved: AGENCIES
            .iter()
            .filter(|_| chance.percent(45))
            .map(|agency| agency.key())
            .collect(),
        lead: chance
            .percent(75)
            .then(|| (chance.pick(&AGENCIES).key(), chance.pick(&SUBJECTS).to_owned())),
        people,
        people_read: true,
        consents,
        emergencies: (0..chance.pick(&[0, 0, 1, 2]))
            .map(|_| emergency(chance, caller, now))
            .collect(),
        own_consent_age,
        now,
    }
}

fn person(chance: &mut Chance, today: NaiveDate, own_consent_age: i32) -> PersonFacts {
    let (age, days) = match chance.number(0, 9) {
        0 => (own_consent_age, chance.pick(&[-1, 0, 1])),
        1 => (18, chance.pick(&[-1, 0, 1])),
        2 => (chance.pick(&[14, 15, 16, 17]), 40),
        3..=4 => (chance.pick(&[1, 5, 10]), 40),
        _ => (chance.pick(&[25, 33, 41, 60]), 40),
    };
    let year = today.year() - age;
    let birthday = NaiveDate::from_ymd_opt(year, today.month(), today.day())
        .or_else(|| NaiveDate::from_ymd_opt(year, 3, 1))
        .expect("the first of March is in every year");
    let in_family = chance.percent(88);
    PersonFacts {
        person: chance.key(),
        born: born(chance, shifted(birthday, days), today),
        parental_responsibility: chance.percent(65),
        in_family,
        belongs: in_family || chance.percent(40),
        shielded: chance.percent(15),
        sheltered: chance.percent(8),
    }
}

/// That birthday, of some people known in part or not at all; and a child who is expected.
fn born(chance: &mut Chance, birthday: NaiveDate, today: NaiveDate) -> Born {
    match chance.number(0, 19) {
        0 => Born::UNKNOWN,
        1 => Born::UNKNOWN.adult(today),
        2 => Born::within(birthday.year(), None),
        3 => Born::within(birthday.year(), Some(birthday.month())),
        4 => Born::within(birthday.year(), None).adult(today),
        5 => Born::expected(shifted(today, chance.pick(&[-20, 0, 60, 200]))),
        _ => Born::on(birthday),
    }
}

fn consents(
    chance: &mut Chance,
    people: &[PersonFacts],
    now: DateTime<Utc>,
    categories: &[Category],
    agree: u32,
) -> Vec<ConsentDecision> {
    let mut consents = Vec::new();
    for person in people {
        // Mostly those whose decision could count, sometimes anyone.
        let parents: Vec<_> = people
            .iter()
            .filter(|other| other.parental_responsibility)
            .map(|other| other.person)
            .collect();
        for category in categories {
            for kind in KINDS {
                for _ in 0..chance.pick(&[0, 1, 1, 1, 2, 3]) {
                    let decided_by = match chance.number(0, 9) {
                        0..=4 => person.person,
                        5..=8 if !parents.is_empty() => chance.pick(&parents),
                        _ => chance.pick(people_keys(people).as_slice()),
                    };
                    consents.push(decision(chance, person.person, *category, kind, decided_by, now, agree));
                }
            }
        }
    }
    if chance.percent(50) {
        consents.reverse();
    }
    consents
}

fn people_keys(people: &[PersonFacts]) -> Vec<Uuid> {
    people.iter().map(|person| person.person).collect()
}

fn decision(
    chance: &mut Chance,
    person: Uuid,
    category: Category,
    kind: &str,
    decided_by: Uuid,
    now: DateTime<Utc>,
    agree: u32,
) -> ConsentDecision {
    let recorded_at = now - TimeDelta::hours(chance.pick(&[1, 2, 30, 700]));
    let stands = chance.percent(agree);
    let wrong = chance.number(0, 2);
    let answer = if !stands && wrong == 0 {
        ConsentAnswer::Refused
    } else {
        ConsentAnswer::Given
    };
    let expires = if !stands && wrong == 1 {
        Some(chance.pick(&[-1, 0, 1]))
    } else {
        chance.pick(&[None, None, Some(0), Some(1), Some(60)])
    };
    ConsentDecision {
        person,
        category,
        agency_kind: kind.to_owned(),
        answer,
        decided_by,
        recorded_at,
        key: chance.key(),
        expires_on: expires.map(|days| shifted(now.date_naive(), days)),
        withdrawn_at: (!stands && wrong == 2).then(|| recorded_at + TimeDelta::minutes(chance.pick(&[1, 59, 90]))),
    }
}

fn emergency(chance: &mut Chance, caller: &Caller, now: DateTime<Utc>) -> EmergencyFact {
    let opened_at = now + TimeDelta::seconds(chance.pick(&[-3600, -3600, -60, 0, 1]));
    let parties: Vec<_> = caller.parties().collect();
    let of_caller = chance.pick(&parties);
    EmergencyFact {
        key: chance.key(),
        agency: if chance.percent(80) {
            of_caller.agency
        } else {
            chance.pick(&AGENCIES).key()
        },
        subject: if chance.percent(80) {
            of_caller.subject.clone()
        } else {
            chance.pick(&SUBJECTS).to_owned()
        },
        opened_at,
        expires_at: now + TimeDelta::seconds(chance.pick(&[7200, 7200, 1, 0, -1])),
    }
}
