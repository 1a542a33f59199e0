//! Makes decisions about consent again that the main database has lost, each by one transaction and in the form in which it was made.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::compare::Missing;
use crate::{
    audit::{
        Code, Entry, Kind,
        decided::{Decided, Decision},
    },
    records::{ConsentAnswer, ConsentRow},
    store::{
        Store,
        announced::Place,
        session::{Mode, Session, StoreError},
    },
};

/// What is to be done, and in which order.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// What takes consent away from what was given: first of all.
    withdrawals: Vec<Missing>,
    /// What was given, refused or dated anew.
    decisions: Vec<Missing>,
    /// What only a person can do again.
    pub(super) others: Vec<Missing>,
    /// What nobody says was made, and is not done again.
    pub(super) uncertain: Vec<Missing>,
    /// How many of those that are done again may never have been made.
    open: u64,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// How many were done again.
    pub(super) again: u64,
    /// Those that could not be: the family, or somebody, is not there.
    pub(super) not_there: Vec<Missing>,
}

impl Plan {
    /// What can be done again of changes that were made; and of those of which nobody says so, what only takes away.
    pub(super) fn of(missing: &[Missing], open: &[Missing]) -> Self {
        let mut plan = Self::default();
        for missing in missing {
            let list = match kind(&missing.entry) {
                Some(Decision::Withdrawn) => &mut plan.withdrawals,
                Some(_) => &mut plan.decisions,
                None => &mut plan.others,
            };
            list.push(missing.clone());
        }
        for open in open {
            match kind(&open.entry) {
                Some(Decision::Withdrawn) => plan.withdrawals.push(open.clone()),
                Some(Decision::Refused) => plan.decisions.push(open.clone()),
                _ => {
                    plan.uncertain.push(open.clone());
                    continue;
                }
            }
            plan.open += 1;
        }
        for list in [&mut plan.withdrawals, &mut plan.decisions] {
            list.sort_by_key(|missing| (missing.entry.at, missing.place.1, missing.place.2));
        }
        plan
    }

    /// How many are done again.
    pub(super) fn again(&self) -> u64 {
        (self.withdrawals.len() + self.decisions.len()) as u64
    }

    /// How many of the changes that were made are done again.
    pub(super) fn of_missing(&self) -> u64 {
        self.again() - self.open
    }

    /// Where the entries of those stand that are done again.
    pub(super) fn places(&self) -> impl Iterator<Item = Place> {
        self.withdrawals
            .iter()
            .chain(&self.decisions)
            .map(|missing| missing.place)
    }

    /// How many of these are withdrawals.
    pub(super) fn withdrawals(&self) -> usize {
        self.withdrawals.len()
    }

    /// Does it. What was done before an error stays done, and the next time is not done again.
    pub(super) async fn carry_out(&self, store: &Store) -> Result<Done, StoreError> {
        let mut done = Done::default();
        let withdrawn = self.withdrawn();
        let mut later = Vec::new();
        for missing in &self.withdrawals {
            // One of a consent that is still to be made again is made with it.
            if again(store, missing, &withdrawn, false).await? == Came::Early {
                later.push(missing);
            } else {
                done.again += 1;
            }
        }
        for missing in &self.decisions {
            match again(store, missing, &withdrawn, true).await? {
                Came::NotThere => done.not_there.push(missing.clone()),
                Came::Done | Came::Early => done.again += 1,
            }
        }
        for missing in later {
            again(store, missing, &withdrawn, true).await?;
            done.again += 1;
        }
        Ok(done)
    }

    /// When each row was withdrawn.
    fn withdrawn(&self) -> HashMap<Uuid, DateTime<Utc>> {
        let entries = self.withdrawals.iter().map(|missing| &missing.entry);
        let all = entries.flat_map(|entry| {
            entry
                .consents
                .iter()
                .map(|decided| (decided.row, decided.at.unwrap_or(entry.at)))
        });
        all.collect()
    }
}

/// What an entry says that was decided, if it says enough to decide it again.
fn kind(entry: &Entry) -> Option<Decision> {
    let whole =
        entry.kind == Kind::Consent && entry.families.len() == 1 && entry.agency.is_some() && entry.subject.is_some();
    entry.consents.first().filter(|_| whole).map(|decided| decided.decision)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Came {
    Done,
    /// Its row is not there yet.
    Early,
    /// The family or somebody is not there.
    NotThere,
}

/// Does what one entry says in one transaction, which says that it was made. `last`: a withdrawal of what is not there has nothing to withdraw.
async fn again(
    store: &Store,
    missing: &Missing,
    withdrawn: &HashMap<Uuid, DateTime<Utc>>,
    last: bool,
) -> Result<Came, StoreError> {
    let (entry, place) = (&missing.entry, missing.place);
    let session = Session::begin(store, place.0, Mode::Exclusive).await?;
    let family = entry.families.first().copied().unwrap_or_default();
    let writing = session.write_as_operator();
    for decided in &entry.consents {
        let at = decided.at.unwrap_or(entry.at);
        match decided.decision {
            Decision::Withdrawn => {
                if !last && session.existing_consents(&[decided.row]).await?.is_empty() {
                    session.end().await?;
                    return Ok(Came::Early);
                }
                writing
                    .withdraw_consent(family, decided.person, decided.row, at)
                    .await?;
            }
            Decision::DatedAnew => {
                writing.date_consent(family, decided.person, decided.row, at).await?;
            }
            Decision::Given | Decision::Refused => {
                if !is_there(&session, entry, family, decided).await? {
                    session.end().await?;
                    return Ok(Came::NotThere);
                }
                let rows = rows(entry, family, decided, at, withdrawn);
                let keys: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
                let there = session.existing_consents(&keys).await?;
                let rows = rows.into_iter().filter(|row| !there.contains(&row.id)).collect();
                writing.add_consents(rows).await?;
            }
        }
    }
    session.confirm(&[place]).await?;
    session.commit().await?;
    Ok(Came::Done)
}

async fn is_there(session: &Session, entry: &Entry, family: Uuid, decided: &Decided) -> Result<bool, StoreError> {
    let people = std::iter::once(decided.person).chain(decided.decided_by).collect();
    let families = session.references(&BTreeSet::from([family])).await?;
    let agencies = session.agencies().await?;
    let by = entry.agency.is_some_and(|agency| agencies.get(agency).is_some());
    Ok(by && !families.is_empty() && session.has_people(&people).await?)
}

fn rows(
    entry: &Entry,
    family: Uuid,
    decided: &Decided,
    at: DateTime<Utc>,
    withdrawn: &HashMap<Uuid, DateTime<Utc>>,
) -> Vec<ConsentRow> {
    let decision = if decided.decision == Decision::Given {
        ConsentAnswer::Given
    } else {
        ConsentAnswer::Refused
    };
    let subject = entry.subject.as_ref().map(ToString::to_string).unwrap_or_default();
    let row = |(id, category, kind): (Uuid, &Code, &Code)| ConsentRow {
        authority_id: entry.authority.unwrap_or_default(),
        id,
        family_id: family,
        person_id: decided.person,
        category: category.as_str().to_owned(),
        agency_kind: kind.as_str().to_owned(),
        decision,
        decided_by: decided.decided_by.unwrap_or(decided.person),
        recorded_at: at,
        expires_on: decided.until,
        withdrawn_at: withdrawn.get(&id).copied(),
        recorded_by_agency: entry.agency.unwrap_or_default(),
        recorded_by_subject: subject.clone(),
    };
    decided.rows().map(row).collect()
}
