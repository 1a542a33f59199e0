//! Random families: members around every age that matters, decisions about consent, emergencies.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use thinkfamily::{
    clock::day_of,
    sharing::{
        born::Born,
        caller::Caller,
        category::Category,
        facts::{
            Bar, ConsentAnswer, ConsentDecision, Decider, EmergencyFact, End, FamilyFacts, MembershipFacts, Period,
            PersonFacts, Responsibility,
        },
    },
};
use uuid::Uuid;

use crate::{
    agreements::{AGENCIES, KINDS, PURPOSES},
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
    let today = day_of(now);
    let mut people = Vec::new();
    for _ in 0..chance.pick(&[0, 1, 1, 2, 2, 3, 3, 4, 5]) {
        people.push(person(chance, today, own_consent_age));
    }
    // In some families nearly everyone agrees, so that a whole family's consent is not a rarity.
    let agree = chance.pick(&[55, 90, 97]);
    let family = chance.key();
    let elsewhere = elsewhere(chance, &people, today);
    let responsibilities = responsibilities(chance, &people, today);
    let consents = consents(chance, family, (&people, &responsibilities), now, categories, agree);
    FamilyFacts {
        authority,
        family,
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
        elsewhere,
        responsibilities,
        consents,
        emergencies: (0..chance.pick(&[0, 0, 1, 2]))
            .map(|_| emergency(chance, caller, now))
            .collect(),
        bars: (0..chance.pick(&[0, 0, 0, 1, 2]))
            .map(|_| bar(chance, caller, today))
            .collect(),
        own_consent_age,
        now,
        today,
    }
}

/// Somebody to whom it is barred, of whom the caller is one now and then.
fn bar(chance: &mut Chance, caller: &Caller, today: NaiveDate) -> Bar {
    let MembershipFacts { period, .. } = belongs(chance, today);
    let party = chance.pick(&caller.parties().collect::<Vec<_>>());
    Bar {
        agency: match chance.number(0, 4) {
            0 => Some(chance.pick(&AGENCIES).key()),
            1..=2 => Some(party.agency),
            _ => None,
        },
        subject: if chance.percent(50) {
            party.subject.clone()
        } else {
            chance.pick(&SUBJECTS).to_owned()
        },
        period,
    }
}

fn person(chance: &mut Chance, today: NaiveDate, own_consent_age: i32) -> PersonFacts {
    let (age, days) = match chance.number(0, 9) {
        0 => (own_consent_age, chance.pick(&[-40, -28, -27, -1, 0, 1])),
        1 => (18, chance.pick(&[-28, -27, -1, 0, 1])),
        2 => (chance.pick(&[14, 15, 16, 17]), 40),
        3..=4 => (chance.pick(&[1, 5, 10]), 40),
        _ => (chance.pick(&[25, 33, 41, 60]), 40),
    };
    let year = today.year() - age;
    let birthday = NaiveDate::from_ymd_opt(year, today.month(), today.day())
        .or_else(|| NaiveDate::from_ymd_opt(year, 3, 1))
        .expect("the first of March is in every year");
    let mut person = PersonFacts {
        person: chance.key(),
        born: born(chance, shifted(birthday, days), today),
        memberships: Vec::new(),
        others: Vec::new(),
        lacks_capacity: Vec::new(),
        died_on: None,
        in_family: false,
        belongs: false,
        shielded: chance.percent(15),
        sheltered: chance.percent(8),
    };
    if chance.percent(6) {
        person.died_on = Some(shifted(today, chance.pick(&[-20, -1, 0, 1])));
    }
    if chance.percent(8) {
        let from = shifted(today, chance.pick(&[-400, -30, 0, 1]));
        let until = chance
            .pick(&[None, None, Some(0), Some(5)])
            .map(|days| shifted(today, days));
        person.lacks_capacity.push(Period { from, until });
    }
    person.memberships.push(belongs(chance, today));
    if chance.percent(6) {
        person.memberships.push(belongs(chance, today));
    }
    if chance.percent(20) {
        person.others.push(belongs(chance, today));
    }
    place(&mut person, today);
    person
}

/// Says whether they are a member today, or are yet to be.
pub(crate) fn place(person: &mut PersonFacts, today: NaiveDate) {
    let open = |membership: &MembershipFacts| membership.period.until.is_none_or(|until| today < until);
    person.in_family = person.belonged_on(today);
    person.belongs = person.lived_on(today) && person.memberships.iter().any(open);
}

/// A membership, most often of long standing.
fn belongs(chance: &mut Chance, today: NaiveDate) -> MembershipFacts {
    let from = chance.pick(&[-4000, -4000, -4000, -4000, -2000, -40, -28, -27, -1, 0, 1]);
    let until = chance.pick(&[None, None, None, None, None, None, None, Some(-10), Some(0), Some(1)]);
    MembershipFacts {
        period: Period {
            from: shifted(today, from),
            until: until.map(|days| shifted(today, days.max(from))),
        },
        end: chance.pick(&[
            None,
            Some(End::Moved),
            Some(End::Died),
            Some(End::Adopted),
            Some(End::Fled),
            Some(End::Other),
        ]),
        parental_responsibility: chance.percent(65),
    }
}

/// Households in which those live who have left, now and then with others of the family.
fn elsewhere(chance: &mut Chance, people: &[PersonFacts], today: NaiveDate) -> Vec<Vec<PersonFacts>> {
    let left: Vec<&PersonFacts> = people.iter().filter(|person| !person.in_family).collect();
    if left.is_empty() || chance.percent(30) {
        return Vec::new();
    }
    let moved = |chance: &mut Chance, person: &PersonFacts| {
        let memberships = vec![belongs(chance, today)];
        let mut person = PersonFacts {
            memberships,
            ..person.clone()
        };
        place(&mut person, today);
        person
    };
    let mut household: Vec<PersonFacts> = left.iter().map(|person| moved(chance, person)).collect();
    for person in people.iter().filter(|person| person.in_family) {
        if chance.percent(30) {
            household.push(moved(chance, person));
        }
    }
    vec![household]
}

/// Parental responsibility for one child, of somebody of the family or of whom the authority names.
fn responsibilities(chance: &mut Chance, people: &[PersonFacts], today: NaiveDate) -> Vec<Responsibility> {
    let mut all = Vec::new();
    for child in people {
        if chance.percent(50) {
            let held_by = if chance.percent(30) {
                professional(chance)
            } else {
                Decider::Person(people[chance.number(0, people.len() - 1)].person)
            };
            let MembershipFacts { period, .. } = belongs(chance, today);
            all.push(Responsibility {
                child: child.person,
                held_by,
                period,
            });
        }
    }
    all
}

fn professional(chance: &mut Chance) -> Decider {
    Decider::Professional {
        agency: chance.pick(&AGENCIES).key(),
        subject: chance.pick(&SUBJECTS).to_owned(),
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
    family: Uuid,
    (people, responsibilities): (&[PersonFacts], &[Responsibility]),
    now: DateTime<Utc>,
    categories: &[Category],
    agree: u32,
) -> Vec<ConsentDecision> {
    let mut consents = Vec::new();
    for person in people {
        // Mostly those whose decision could count, sometimes anyone.
        let mut parents: Vec<Decider> = people
            .iter()
            .filter(|other| other.memberships.iter().any(|belongs| belongs.parental_responsibility))
            .map(|other| Decider::Person(other.person))
            .collect();
        let recorded = responsibilities.iter().filter(|one| one.child == person.person);
        for holder in recorded.map(|one| &one.held_by) {
            parents.extend([holder.clone(), holder.clone(), holder.clone()]);
        }
        // A no to the marker of some time ago, when some could not decide yet who can today.
        if chance.percent(12) {
            let (own, long_ago) = (Decider::Person(person.person), now - TimeDelta::hours(2000));
            for kind in KINDS {
                let decision = decision(chance, person.person, Category::Marker, kind, own.clone(), now, agree);
                let mut no = ConsentDecision {
                    family,
                    answer: ConsentAnswer::Refused,
                    recorded_at: long_ago,
                    ..decision
                };
                date(&mut no);
                consents.push(no);
            }
        }
        for category in categories {
            for kind in KINDS {
                for _ in 0..chance.pick(&[0, 1, 1, 1, 2, 3]) {
                    let decided_by = match chance.number(0, 19) {
                        0..=9 => Decider::Person(person.person),
                        10..=16 if !parents.is_empty() => parents[chance.number(0, parents.len() - 1)].clone(),
                        17 => professional(chance),
                        _ => Decider::Person(chance.pick(people_keys(people).as_slice())),
                    };
                    let decision = decision(chance, person.person, *category, kind, decided_by, now, agree);
                    let family = if chance.percent(85) { family } else { chance.key() };
                    consents.push(ConsentDecision { family, ..decision });
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
    decided_by: Decider,
    now: DateTime<Utc>,
    agree: u32,
) -> ConsentDecision {
    let hours = chance.pick(&[1, 2, 30, 700, 700, 2000, 20_000]);
    let ahead = TimeDelta::minutes(chance.pick(&[1, 5, 6, 500_000]));
    let recorded_at = if chance.percent(7) {
        now + ahead
    } else {
        now - TimeDelta::hours(hours)
    };
    let purposes = chance
        .percent(30)
        .then(|| chance.some(&PURPOSES, 60).into_iter().map(str::to_owned).collect());
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
    let minutes = TimeDelta::minutes(chance.pick(&[1, 59, 90]));
    let withdrawn_at = (!stands && wrong == 2).then(|| recorded_at + minutes);
    ConsentDecision {
        family: person,
        person,
        category,
        agency_kind: kind.to_owned(),
        purposes,
        answer,
        decided_by,
        recorded_at,
        recorded_on: day_of(recorded_at),
        key: chance.key(),
        expires_on: expires.map(|days| shifted(day_of(now), days)),
        withdrawn_at,
        withdrawn_on: withdrawn_at.map(day_of),
    }
}

/// Gives a decision the days of its instants.
pub(crate) fn date(decision: &mut ConsentDecision) {
    decision.recorded_on = day_of(decision.recorded_at);
    decision.withdrawn_on = decision.withdrawn_at.map(day_of);
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
