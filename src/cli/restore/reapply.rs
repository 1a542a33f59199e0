//! Re-applies consent decisions and bars that the main database has lost, each in one transaction and as it was made.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{bars, compare::Missing};
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
        write::Moment,
    },
};

/// What is to be re-applied, and in which order.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Withdrawals: first of all.
    withdrawals: Vec<Missing>,
    /// Decisions to give, refuse or change the date.
    decisions: Vec<Missing>,
    /// Changes of bars.
    bars: Vec<Missing>,
    /// Changes that only a person can make again.
    pub(super) others: Vec<Missing>,
    /// Changes not known to have been made, which are not re-applied.
    pub(super) uncertain: Vec<Missing>,
    /// How many of the re-applied ones may never have been made.
    uncertain_count: u64,
}

/// The result.
#[derive(Debug, Default)]
pub(super) struct Reapplied {
    /// How many decisions were re-applied.
    pub(super) decisions: u64,
    /// How many changes of bars.
    pub(super) bars: u64,
    /// Those that could not be: the family, a person or an agency is missing.
    pub(super) not_possible: Vec<Missing>,
}

impl Plan {
    /// Plans re-applying the changes that were made; and of those not known to have been made, only
    /// withdrawals, refusals and bars without an end.
    pub(super) fn of(missing: &[Missing], uncertain: &[Missing]) -> Self {
        let mut plan = Self::default();
        for missing in missing {
            let list = match decision_kind(&missing.entry) {
                Some(Decision::Withdrawn) => &mut plan.withdrawals,
                Some(_) => &mut plan.decisions,
                None if bars::are_told(&missing.entry) => &mut plan.bars,
                None => &mut plan.others,
            };
            list.push(missing.clone());
        }
        for change in uncertain {
            match decision_kind(&change.entry) {
                Some(Decision::Withdrawn) => plan.withdrawals.push(change.clone()),
                Some(Decision::Refused) => plan.decisions.push(change.clone()),
                None if bars::are_told(&change.entry) && bars::only_take_away(&change.entry) => {
                    plan.bars.push(change.clone());
                }
                _ => {
                    plan.uncertain.push(change.clone());
                    continue;
                }
            }
            plan.uncertain_count += 1;
        }
        for list in [&mut plan.withdrawals, &mut plan.decisions, &mut plan.bars] {
            list.sort_by_key(|missing| (missing.entry.at, missing.place.1, missing.place.2));
        }
        plan
    }

    /// How many are re-applied.
    pub(super) fn count(&self) -> u64 {
        self.decisions() + self.bars()
    }

    /// How many of them are decisions about consent.
    pub(super) fn decisions(&self) -> u64 {
        (self.withdrawals.len() + self.decisions.len()) as u64
    }

    /// How many of them are changes of bars.
    pub(super) fn bars(&self) -> u64 {
        self.bars.len() as u64
    }

    /// How many of the changes that were made are re-applied.
    pub(super) fn of_missing(&self) -> u64 {
        self.count() - self.uncertain_count
    }

    /// The places of the entries re-applied.
    pub(super) fn places(&self) -> impl Iterator<Item = Place> {
        self.withdrawals
            .iter()
            .chain(&self.decisions)
            .chain(&self.bars)
            .map(|missing| missing.place)
    }

    /// How many of these are withdrawals.
    pub(super) fn withdrawals(&self) -> usize {
        self.withdrawals.len()
    }

    /// Re-applies the changes. What was done before an error stays, and is not repeated the next time.
    pub(super) async fn execute(&self, store: &Store) -> Result<Reapplied, StoreError> {
        let mut done = Reapplied::default();
        let withdrawal_times = self.withdrawal_times();
        let mut later = Vec::new();
        for missing in &self.withdrawals {
            // The withdrawal of a consent yet to be re-applied is made with it.
            if reapply(store, missing, &withdrawal_times, false).await? == StepResult::RowMissing {
                later.push(missing);
            } else {
                done.decisions += 1;
            }
        }
        for missing in &self.decisions {
            match reapply(store, missing, &withdrawal_times, true).await? {
                StepResult::PartyMissing => done.not_possible.push(missing.clone()),
                StepResult::Done | StepResult::RowMissing => done.decisions += 1,
            }
        }
        for missing in later {
            reapply(store, missing, &withdrawal_times, true).await?;
            done.decisions += 1;
        }
        for missing in &self.bars {
            if bars::set_again(store, missing).await? {
                done.bars += 1;
            } else {
                done.not_possible.push(missing.clone());
            }
        }
        Ok(done)
    }

    /// The time of withdrawal of each row.
    fn withdrawal_times(&self) -> HashMap<Uuid, DateTime<Utc>> {
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

/// The decision of an entry, if the entry is complete enough to re-apply it.
fn decision_kind(entry: &Entry) -> Option<Decision> {
    let is_complete =
        entry.kind == Kind::Consent && entry.families.len() == 1 && entry.agency.is_some() && entry.subject.is_some();
    entry
        .consents
        .first()
        .filter(|_| is_complete)
        .map(|decided| decided.decision)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum StepResult {
    Done,
    /// The row to be withdrawn is not there yet.
    RowMissing,
    /// The family, a person or the agency is missing.
    PartyMissing,
}

/// Re-applies one entry in one transaction, which confirms that it was made. In the `final_pass`, withdrawing
/// a missing row does nothing.
async fn reapply(
    store: &Store,
    missing: &Missing,
    withdrawal_times: &HashMap<Uuid, DateTime<Utc>>,
    final_pass: bool,
) -> Result<StepResult, StoreError> {
    let (entry, place) = (&missing.entry, missing.place);
    let session = Session::begin(store, place.0, Mode::Exclusive).await?;
    let family = entry.families.first().copied().unwrap_or_default();
    let writing = session.write_as_operator();
    for decided in &entry.consents {
        let at = decided.at.unwrap_or(entry.at);
        match decided.decision {
            Decision::Withdrawn => {
                if !final_pass && session.existing_consents(&[decided.row]).await?.is_empty() {
                    session.end().await?;
                    return Ok(StepResult::RowMissing);
                }
                writing
                    .withdraw_consent(family, decided.person, decided.row, at)
                    .await?;
            }
            Decision::DatedAnew => {
                let moment = (Moment::Recorded, at);
                writing
                    .date_consent(family, decided.person, decided.row, moment)
                    .await?;
            }
            Decision::WithdrawalDatedAnew => {
                let moment = (Moment::Withdrawn, at);
                writing
                    .date_consent(family, decided.person, decided.row, moment)
                    .await?;
            }
            Decision::Given | Decision::Refused => {
                if !parties_exist(&session, entry, family, decided).await? {
                    session.end().await?;
                    return Ok(StepResult::PartyMissing);
                }
                let rows = rows(entry, family, decided, at, withdrawal_times);
                let keys: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
                let existing = session.existing_consents(&keys).await?;
                let rows = rows.into_iter().filter(|row| !existing.contains(&row.id)).collect();
                writing.add_consents(rows).await?;
            }
        }
    }
    session.confirm(&[place]).await?;
    session.commit().await?;
    Ok(StepResult::Done)
}

async fn parties_exist(session: &Session, entry: &Entry, family: Uuid, decided: &Decided) -> Result<bool, StoreError> {
    let people = std::iter::once(decided.person).chain(decided.decided_by).collect();
    let families = session.references(&BTreeSet::from([family])).await?;
    let agencies = session.agencies().await?;
    let by = entry.agency.is_some_and(|agency| agencies.get(agency).is_some());
    let professional = decided.professional.as_ref().map(|by| by.agency);
    let by = by && professional.is_none_or(|agency| agencies.get(agency).is_some());
    Ok(by && !families.is_empty() && session.has_people(&people).await?)
}

fn rows(
    entry: &Entry,
    family: Uuid,
    decided: &Decided,
    at: DateTime<Utc>,
    withdrawal_times: &HashMap<Uuid, DateTime<Utc>>,
) -> Vec<ConsentRow> {
    let decision = if decided.decision == Decision::Given {
        ConsentAnswer::Given
    } else {
        ConsentAnswer::Refused
    };
    let subject = entry.subject.as_ref().map(ToString::to_string).unwrap_or_default();
    let row = |(id, category, agency_kind): (Uuid, &Code, &Code)| ConsentRow {
        authority_id: entry.authority.unwrap_or_default(),
        id,
        family_id: family,
        person_id: decided.person,
        category: category.as_str().to_owned(),
        agency_kind: agency_kind.as_str().to_owned(),
        decision,
        purposes: decided.purposes_in_words(),
        decided_by: decided
            .decided_by
            .or_else(|| decided.professional.is_none().then_some(decided.person)),
        decided_by_agency: decided.professional.as_ref().map(|by| by.agency),
        decided_by_subject: decided.professional.as_ref().map(|by| by.subject.to_string()),
        recorded_at: at,
        expires_on: decided.until,
        withdrawn_at: withdrawal_times.get(&id).copied(),
        recorded_by_agency: entry.agency.unwrap_or_default(),
        recorded_by_subject: subject.clone(),
    };
    decided.rows().map(row).collect()
}
