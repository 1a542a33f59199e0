//! What the decision about a family looks at, from its rows.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use thinkfamily::{
    records::{Code, MembershipRow, PersonRow},
    sharing::{
        category::Category,
        facts::{
            Bar, ConsentAnswer, ConsentDecision, Decider, EmergencyFact, End, FamilyFacts, MembershipFacts, Period,
            PersonFacts, Responsibility,
        },
    },
};
use uuid::Uuid;

use crate::world::Folder;

/// The moment, and what the authority has settled.
#[derive(Clone, Debug)]
pub(crate) struct Moment {
    pub(crate) now: DateTime<Utc>,
    /// The day in the United Kingdom.
    pub(crate) today: NaiveDate,
    pub(crate) own_consent_age: HashMap<i32, i32>,
    /// Of which kind each agency is.
    pub(crate) kinds: HashMap<Uuid, String>,
}

pub(super) fn open(from: NaiveDate, until: Option<NaiveDate>, today: NaiveDate) -> bool {
    match until {
        Some(until) => from <= today && until > today,
        None => from <= today,
    }
}

fn period(from: NaiveDate, until: Option<NaiveDate>) -> Period {
    Period { from, until }
}

fn decider(person: Option<Uuid>, agency: Option<Uuid>, subject: Option<&String>) -> Option<Decider> {
    let professional = || {
        Some(Decider::Professional {
            agency: agency?,
            subject: subject?.clone(),
        })
    };
    person.map(Decider::Person).or_else(professional)
}

/// When and how somebody belonged to a family.
pub(super) fn membership(row: &MembershipRow) -> MembershipFacts {
    let end = row.end_reason.map(|reason| match reason.word() {
        "moved" => End::Moved,
        "died" => End::Died,
        "adopted" => End::Adopted,
        "fled" => End::Fled,
        _ => End::Other,
    });
    MembershipFacts {
        period: period(row.valid_from, row.valid_until),
        end,
        parental_responsibility: row.parental_responsibility,
    }
}

/// Whether what was recorded of somebody stays as it was, for some: they are in no family, and the membership is their last one, which ended by a death or for a
/// recorded reason that is neither adoption nor flight.
pub(super) fn stays(folder: &Folder, person: &PersonRow, of: &MembershipRow, today: NaiveDate) -> bool {
    let end = |row: &MembershipRow| {
        row.valid_until
            .min(person.died_on)
            .or(row.valid_until)
            .or(person.died_on)
    };
    let known = |row: &MembershipRow| {
        let by_death = person.died_on.is_some() && (row.valid_until.is_none() || person.died_on < row.valid_until);
        let on_the_day = person.died_on.is_some() && person.died_on == row.valid_until && row.end_reason.is_none();
        let word = row.end_reason.map(Code::word);
        by_death || on_the_day || matches!(word, Some("moved" | "died" | "other"))
    };
    let begun = folder
        .memberships
        .iter()
        .filter(|row| row.person_id == person.id && row.valid_from <= today);
    let begun: Vec<&MembershipRow> = begun.collect();
    let over = begun.iter().all(|row| end(row).is_some_and(|day| day <= today));
    let last = begun.iter().map(|row| end(row)).max();
    let mut of_that_day = begun.iter().filter(|row| Some(end(row)) == last);
    over && of.valid_from <= today && Some(end(of)) == last && of_that_day.all(|row| known(row))
}

/// Everybody who is or was in the family, or will be.
fn people(folder: &Folder, today: NaiveDate) -> BTreeMap<Uuid, PersonFacts> {
    let mut people: BTreeMap<Uuid, PersonFacts> = BTreeMap::new();
    for row in &folder.memberships {
        let Some(person) = folder.person(row.person_id) else {
            continue;
        };
        let here = open(row.valid_from, row.valid_until, today);
        let known = people.entry(person.id).or_insert_with(|| PersonFacts {
            person: person.id,
            born: person.born(today),
            memberships: Vec::new(),
            // Nobody of these worlds belongs to two families.
            others: Vec::new(),
            lacks_capacity: folder
                .lacks_capacity
                .iter()
                .filter(|row| row.person_id == person.id)
                .map(|row| period(row.valid_from, row.valid_until))
                .collect(),
            died_on: person.died_on,
            in_family: false,
            belongs: false,
            shielded: person.shielded,
            sheltered: false,
        });
        known.memberships.push(membership(row));
        let lives = person.died_on.is_none_or(|died| died > today);
        known.belongs |= lives && row.valid_until.is_none_or(|until| until > today);
        known.in_family |= lives && here;
    }
    people
}

/// What the decision looks at.
pub(super) fn of(folder: &Folder, moment: &Moment) -> FamilyFacts {
    let today = moment.today;
    let mut leads: Vec<_> = folder
        .lead_professionals
        .iter()
        .filter(|row| open(row.valid_from, row.valid_until, today))
        .collect();
    leads.sort_by_key(|row| (std::cmp::Reverse(row.valid_from), row.id));
    FamilyFacts {
        authority: folder.family.authority_id,
        family: folder.family.id,
        on_cohort: folder
            .family
            .attached_on
            .is_some_and(|from| open(from, folder.family.closed_on, today)),
        involved: folder
            .involvements
            .iter()
            .filter(|row| open(row.started_on, row.ended_on, today))
            .map(|row| row.agency_id)
            .collect(),
        lead: leads.first().map(|row| (row.agency_id, row.subject.clone())),
        consents: folder
            .consents
            .iter()
            .filter_map(|row| {
                Some(ConsentDecision {
                    family: row.family_id,
                    person: row.person_id,
                    category: Category::from_code(&row.category)?,
                    agency_kind: row.agency_kind.clone(),
                    purposes: row
                        .purposes
                        .as_ref()
                        .map(|purposes| purposes.split(' ').map(str::to_owned).collect()),
                    answer: match row.decision {
                        thinkfamily::records::ConsentAnswer::Given => ConsentAnswer::Given,
                        thinkfamily::records::ConsentAnswer::Refused => ConsentAnswer::Refused,
                    },
                    decided_by: decider(row.decided_by, row.decided_by_agency, row.decided_by_subject.as_ref())?,
                    recorded_at: row.recorded_at,
                    recorded_on: thinkfamily::clock::day_of(row.recorded_at),
                    key: row.id,
                    expires_on: row.expires_on,
                    withdrawn_at: row.withdrawn_at,
                    withdrawn_on: row.withdrawn_at.map(thinkfamily::clock::day_of),
                })
            })
            .collect(),
        people: people(folder, today).into_values().collect(),
        emergencies: folder
            .emergency_accesses
            .iter()
            .filter(|row| row.closed_at.is_none())
            .map(|row| EmergencyFact {
                key: row.id,
                agency: row.agency_id,
                subject: row.subject.clone(),
                opened_at: row.opened_at,
                expires_at: row.expires_at,
            })
            .collect(),
        bars: folder
            .barred_subjects
            .iter()
            .map(|row| Bar {
                agency: row.agency_id,
                subject: row.subject.clone(),
                period: period(row.valid_from, row.valid_until),
            })
            .collect(),
        people_read: true,
        // Nobody is in two of these families.
        elsewhere: Vec::new(),
        responsibilities: folder
            .parental_responsibilities
            .iter()
            .filter_map(|row| {
                Some(Responsibility {
                    child: row.child_id,
                    held_by: decider(row.person_id, row.agency_id, row.subject.as_ref())?,
                    period: period(row.valid_from, row.valid_until),
                })
            })
            .collect(),
        own_consent_age: moment.own_consent_age[&folder.family.authority_id],
        now: moment.now,
        today: moment.today,
    }
}
