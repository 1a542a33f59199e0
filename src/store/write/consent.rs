//! Decisions about consent: recorded, and withdrawn.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use entity::consent;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseBackend, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
    sea_query::ExprTrait as _,
};
use uuid::Uuid;

use crate::store::record::record;
use crate::store::{
    rows::ConsentRow,
    session::{Session, StoreError},
};

#[derive(FromQueryResult)]
struct Before {
    id: Uuid,
    family_id: Uuid,
    recorded_at: DateTime<Utc>,
}

record!(Before: id family_id recorded_at);

/// When a new decision is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dated {
    /// When.
    pub at: DateTime<Utc>,
    /// Earlier decisions that were dated anew for it.
    pub anew: Vec<DatedAnew>,
}

/// A decision that a wrong clock had dated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DatedAnew {
    /// The family in which it was recorded.
    pub family: Uuid,
    /// Its row.
    pub key: Uuid,
    /// When it is now said to have been recorded.
    pub at: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct DatabaseTime {
    seconds: i64,
}

record!(DatabaseTime: seconds);

/// Clocks of servers may differ by so much, and their decisions stay in the order in which they were recorded.
const DIFFER: TimeDelta = TimeDelta::minutes(5);
/// The least time between two decisions.
const APART: TimeDelta = TimeDelta::microseconds(1);

impl Session {
    /// When a new decision about a person's consent is recorded: now, and after all before of whatever family and category, since the newest is the one that counts. A clock that is ahead by little puts
    /// it off by little. What was recorded by one that was far ahead is put where it belongs, before now and in its order: else every decision after it would be dated as wrongly. But where it
    /// is not ahead of the database's clock, it is ours that is behind: then nothing is dated anew by it, and the decision comes just after those before it.
    pub async fn next_consent_at(&self, person: Uuid) -> Result<Dated, StoreError> {
        let of_person = consent::Column::AuthorityId
            .eq(self.authority())
            .and(consent::Column::PersonId.eq(person));
        let select = consent::Entity::find().select_only();
        let select = select.columns([
            consent::Column::Id,
            consent::Column::FamilyId,
            consent::Column::RecordedAt,
        ]);
        let rows: Vec<Before> = self.all(select.filter(of_person.clone())).await?;
        let now = self.now();
        let ahead: BTreeSet<DateTime<Utc>> = rows.iter().map(|row| row.recorded_at).filter(|at| *at >= now).collect();
        let Some(newest) = ahead.last() else {
            return Ok(Dated {
                at: now,
                anew: Vec::new(),
            });
        };
        if *newest <= now + DIFFER || *newest <= self.database_time().await? + DIFFER {
            return Ok(Dated {
                at: *newest + APART,
                anew: Vec::new(),
            });
        }
        let mut anew = Vec::new();
        tracing::warn!(
            seconds = (*newest - now).num_seconds(),
            "consent.clock_was_ahead: decisions were recorded by a clock far ahead of this one; they are dated anew, before this one"
        );
        for (back, at) in (1..).zip(ahead.iter().rev()) {
            for row in rows.iter().filter(|row| row.recorded_at == *at) {
                let at = now - APART * back;
                self.date_consent(row.family_id, person, row.id, at).await?;
                anew.push(DatedAnew {
                    family: row.family_id,
                    key: row.id,
                    at,
                });
            }
        }
        Ok(Dated { at: now, anew })
    }

    /// Says of a decision when it was recorded; says whether there is such a decision.
    pub async fn date_consent(
        &self,
        family: Uuid,
        person: Uuid,
        key: Uuid,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let changed = consent::Entity::update_many()
            .set(consent::ActiveModel {
                recorded_at: Set(at),
                ..Default::default()
            })
            .filter(consent::Column::AuthorityId.eq(self.authority()))
            .filter(consent::Column::PersonId.eq(person))
            .filter(consent::Column::Id.eq(key))
            .exec(self.transaction()?)
            .await?;
        if changed.rows_affected > 0 {
            self.touch_person(family, person);
        }
        Ok(changed.rows_affected > 0)
    }

    /// What the database's clock says, to a second.
    async fn database_time(&self) -> Result<DateTime<Utc>, StoreError> {
        let text = match self.backend() {
            DatabaseBackend::Sqlite => "SELECT CAST(strftime('%s', 'now') AS bigint) AS seconds",
            _ => "SELECT CAST(extract(epoch FROM clock_timestamp()) AS bigint) AS seconds",
        };
        let rows: Vec<DatabaseTime> = self.rows(text, Vec::new()).await?.records()?;
        let seconds = rows.first().map(|row| row.seconds);
        seconds
            .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
            .ok_or_else(|| StoreError::Corrupt("the database does not tell the time".to_owned()))
    }

    /// Adds decisions about consent; at most some hundreds.
    pub async fn add_consents(&self, rows: Vec<ConsentRow>) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        for row in &rows {
            self.touch_person(row.family_id, row.person_id);
        }
        let rows = rows.into_iter().map(|row| consent::ActiveModel {
            authority_id: Set(self.authority()),
            id: Set(row.id),
            family_id: Set(row.family_id),
            person_id: Set(row.person_id),
            category: Set(row.category),
            agency_kind: Set(row.agency_kind),
            decision: Set(row.decision),
            decided_by: Set(row.decided_by),
            recorded_at: Set(row.recorded_at),
            expires_on: Set(row.expires_on),
            withdrawn_at: Set(row.withdrawn_at),
            recorded_by_agency: Set(row.recorded_by_agency),
            recorded_by_subject: Set(row.recorded_by_subject),
        });
        consent::Entity::insert_many(rows)
            .exec_without_returning(self.transaction()?)
            .await?;
        Ok(())
    }

    /// Withdraws a person's consent; says whether there was one that had not been withdrawn.
    pub async fn withdraw_consent(
        &self,
        family: Uuid,
        person: Uuid,
        key: Uuid,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let changed = consent::Entity::update_many()
            .set(consent::ActiveModel {
                withdrawn_at: Set(Some(at)),
                ..Default::default()
            })
            .filter(consent::Column::AuthorityId.eq(self.authority()))
            .filter(consent::Column::Id.eq(key))
            .filter(consent::Column::FamilyId.eq(family))
            .filter(consent::Column::PersonId.eq(person))
            .filter(consent::Column::WithdrawnAt.is_null())
            .exec(self.transaction()?)
            .await?;
        if changed.rows_affected > 0 {
            self.touch_person(family, person);
        }
        Ok(changed.rows_affected > 0)
    }
}
