//! Whom to ask about: made-up people of the demonstration generator, and what should come of asking.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use thinkfamily::{
    demo::{self, Size},
    records::ConsentAnswer,
    store::dataset::Dataset,
};
use uuid::Uuid;

/// Why a police look-up finds the person or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Case {
    /// On the cohort, and the adults agreed.
    Shared,
    /// At risk: their details are shielded.
    Shielded,
    /// An adult of the family refused, or took consent back.
    NotShared,
    /// The family is not on the cohort, or no longer.
    NotOnCohort,
    /// There is no such person.
    Nobody,
}

/// Somebody to ask about.
#[derive(Clone, Debug)]
pub struct Person {
    /// The number of the authority.
    pub authority: i32,
    /// Its code.
    pub authority_code: String,
    /// The reference of the family.
    pub reference: String,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Date of birth.
    pub date_of_birth: NaiveDate,
    /// Postcode of the family.
    pub postcode: String,
    /// What a look-up by the police should find.
    pub case: Case,
}

/// Up to `most` people of each case, spread over all authorities, of the same families that `thinkfamily demo` loads.
pub fn people(size: Size, seed: u64, day: NaiveDate, most: usize) -> Vec<Person> {
    let mut families = demo::families(size, seed, day);
    let codes: Vec<String> = families.authority_codes().collect();
    let mut found: HashMap<Case, Vec<Person>> = HashMap::new();
    // Not only those of the first authorities: one family in so many.
    let step = usize::try_from(size.families).unwrap_or(usize::MAX) / (most * 2) + 1;
    let mut number = 0;
    for batch in &mut families {
        for person in of(&batch, &codes, day) {
            number += 1;
            let rare = person.case != Case::Shared;
            let of_case = found.entry(person.case).or_default();
            if of_case.len() < most && (rare || number % step == 0) {
                of_case.push(person);
            }
        }
    }
    let mut all: Vec<Person> = found.into_values().flatten().collect();
    let nobody: Vec<Person> = all.iter().take(most).cloned().map(nobody).collect();
    all.extend(nobody);
    all.sort_by_key(|person| (person.case, person.authority, person.date_of_birth));
    all
}

/// The same details with a name that nobody has.
fn nobody(person: Person) -> Person {
    Person {
        given_name: "Qwyxa".to_owned(),
        family_name: "Zzvorby".to_owned(),
        postcode: "ZX1 1XZ".to_owned(),
        case: Case::Nobody,
        ..person
    }
}

/// One person of each family of a batch: the one who shows its case best.
fn of(batch: &Dataset, codes: &[String], day: NaiveDate) -> Vec<Person> {
    let people: HashMap<Uuid, _> = batch.people.iter().map(|row| (row.id, row)).collect();
    let postcodes: HashMap<Uuid, &str> = batch
        .addresses
        .iter()
        .map(|row| (row.family_id, row.postcode.as_str()))
        .collect();
    let refused: HashSet<Uuid> = batch
        .consents
        .iter()
        .filter(|row| row.category == "MARKER" && row.agency_kind == "police")
        .filter(|row| row.decision != ConsentAnswer::Given || row.withdrawn_at.is_some())
        .map(|row| row.family_id)
        .collect();
    let references: HashMap<Uuid, &str> = batch
        .families
        .iter()
        .map(|row| (row.id, row.reference.as_str()))
        .collect();
    let mut seen = HashSet::new();
    let mut shielded_homes = HashSet::new();
    for row in batch.memberships.iter().filter(|row| row.valid_until.is_none()) {
        if people.get(&row.person_id).is_some_and(|person| person.shielded) {
            shielded_homes.insert(row.family_id);
        }
    }
    let on_cohort: HashSet<Uuid> = batch
        .families
        .iter()
        .filter(|row| row.attached_on.is_some_and(|from| from <= day) && row.closed_on.is_none_or(|until| day < until))
        .map(|row| row.id)
        .collect();
    let mut chosen = Vec::new();
    for row in batch.memberships.iter().filter(|row| row.valid_until.is_none()) {
        let Some(person) = people.get(&row.person_id) else {
            continue;
        };
        let case = if !on_cohort.contains(&row.family_id) {
            Case::NotOnCohort
        } else if refused.contains(&row.family_id) {
            Case::NotShared
        } else if person.shielded {
            Case::Shielded
        } else if shielded_homes.contains(&row.family_id) {
            continue;
        } else {
            Case::Shared
        };
        let (Some(postcode), Some(date_of_birth)) = (postcodes.get(&row.family_id), person.date_of_birth) else {
            continue;
        };
        let number = usize::try_from(row.authority_id - demo::FIRST_AUTHORITY).unwrap_or_default();
        let Some(code) = codes.get(number) else { continue };
        if seen.insert(row.family_id) || case == Case::Shielded {
            chosen.push(Person {
                authority: row.authority_id,
                authority_code: code.clone(),
                reference: references.get(&row.family_id).copied().unwrap_or_default().to_owned(),
                given_name: person.given_name.clone(),
                family_name: person.family_name.clone(),
                date_of_birth,
                postcode: (*postcode).to_owned(),
                case,
            });
        }
    }
    chosen
}
