//! The budget of changes (a rate limit): counted before anything is looked up, exactly, across concurrent
//! processes, and whatever the outcome of the change.
//!
//! On PostgreSQL this uses separate connections, so that a rollback cannot undo the count and changes of one
//! client do not wait for each other's commits. SQLite has one writer, which is the operation itself: there
//! the count is in the operation's own transaction, and repeated if that is rolled back.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};

pub use super::count::Count;
use crate::store::{
    Store,
    budget::{Admission, PARTS, exceeds_budget, sql::Dialect, window::Parts},
    session::{On, Session, StoreError},
};

/// How long the outcome of a request is kept under its idempotency key.
pub const IDEMPOTENCY_KEY_LIFETIME: TimeDelta = TimeDelta::days(7);

/// The most rows of a kind deleted at once.
const DELETE_BATCH: i64 = 1000;

/// What a session counted in its own transaction.
#[derive(Debug, Default)]
pub struct UnkeptCounts {
    authority: i32,
    changes: Vec<(i64, Vec<Count>)>,
}

impl Store {
    /// Repeats counts that were rolled back with their transaction: otherwise a client could reset its count
    /// by making changes fail. Counts that exceed the limit by now are dropped, since others took the room.
    pub async fn repeat_counts(&self, unkept_counts: UnkeptCounts) -> Result<(), StoreError> {
        let on = self.databases().counters();
        for (part, counts) in unkept_counts.changes {
            self.count_statement();
            let statement = counted(on.get_database_backend(), unkept_counts.authority, part, &counts);
            match on.execute_raw(statement).await {
                Err(error) if !exceeds_budget(&error) => return Err(error.into()),
                Ok(_) | Err(_) => {}
            }
        }
        Ok(())
    }
}

impl Session {
    /// The counts that last only if this session commits, for [`Store::repeat_counts`] if it does not.
    pub fn unkept_counts(&self) -> UnkeptCounts {
        UnkeptCounts {
            authority: self.authority(),
            changes: self.counted().clone(),
        }
    }

    /// Counts a change in a part of the window for all of these holders, or for none. The first is the
    /// client, or a person; the first count for it in a part deletes what is out of date.
    pub async fn admit_change(&self, store: &Store, part: i64, counts: &[Count]) -> Result<Admission, StoreError> {
        match (self.on(), self.backend()) {
            (On::Library(transaction), DbBackend::Sqlite) => {
                let admission = self.count_change(transaction, part, counts).await?;
                if matches!(admission, Admission::Granted(_)) {
                    self.counted().push((part, counts.to_vec()));
                }
                Ok(admission)
            }
            _ => self.count_change(store.databases().counters(), part, counts).await,
        }
    }

    async fn count_change<C: ConnectionTrait>(
        &self,
        on: &C,
        part: i64,
        counts: &[Count],
    ) -> Result<Admission, StoreError> {
        self.count(1);
        let statement = counted(on.get_database_backend(), self.authority(), part, counts);
        let rows = match on.query_all_raw(statement).await {
            Ok(rows) => rows,
            Err(error) if exceeds_budget(&error) => {
                let room_from = self.room_for_change(on, part, counts).await?;
                return Ok(Admission::Spent { room_from });
            }
            Err(error) => return Err(error.into()),
        };
        let client = counts.first().map(|count| count.holder);
        for row in rows {
            let (holder, parts) = read(&row)?;
            if Some(holder) == client && parts.of(part) == 1 {
                self.delete_expired(on, part).await?;
            }
        }
        Ok(Admission::Granted(Vec::new()))
    }

    /// The first part with room for one more change for all of these.
    async fn room_for_change<C: ConnectionTrait>(
        &self,
        on: &C,
        part: i64,
        counts: &[Count],
    ) -> Result<i64, StoreError> {
        self.count(1);
        let places: Vec<String> = (2..counts.len() + 2).map(|place| format!("${place}")).collect();
        let text = format!(
            "SELECT holder, parts FROM write_budget WHERE authority_id = $1 AND holder IN ({})",
            places.join(", ")
        );
        let mut values: Vec<Value> = vec![self.authority().into()];
        values.extend(counts.iter().map(|count| Value::from(count.holder)));
        let statement = Statement::from_sql_and_values(on.get_database_backend(), text, values);
        let mut found = Vec::new();
        for row in on.query_all_raw(statement).await? {
            found.push(read(&row)?);
        }
        let room = counts.iter().filter_map(|count| {
            let known = found.iter().find(|(holder, _)| *holder == count.holder);
            let nothing = Parts::default();
            let parts = known.map_or(&nothing, |(_, parts)| parts);
            let allowed = i64::from(count.allowed);
            (parts.in_window(part) + 1 > allowed).then(|| parts.room_from(part, 1, allowed))
        });
        Ok(room.max().unwrap_or(part + 1))
    }

    /// Deletes counts before the window, and outcomes of requests whose idempotency keys have expired.
    async fn delete_expired<C: ConnectionTrait>(&self, on: &C, part: i64) -> Result<(), StoreError> {
        let backend = on.get_database_backend();
        let free = Dialect::of(backend).free();
        let authority = Value::from(self.authority());
        let counts = format!(
            "DELETE FROM write_budget WHERE authority_id = $1 AND holder IN (SELECT holder FROM write_budget \
             WHERE authority_id = $1 AND (part < $2 OR part > $3) LIMIT {DELETE_BATCH} {free})"
        );
        let outside = [authority.clone(), (part - PARTS).into(), (part + PARTS).into()];
        let kept = format!(
            "DELETE FROM idempotency WHERE authority_id = $1 AND (agency_id, subject, key) IN \
             (SELECT agency_id, subject, key FROM idempotency WHERE authority_id = $1 AND created_at <= $2 \
             ORDER BY created_at LIMIT {DELETE_BATCH} {free})"
        );
        let before: [Value; 2] = [authority, expired_before(self.now()).into()];
        for (text, values) in [(counts, outside.to_vec()), (kept, before.to_vec())] {
            self.count(1);
            on.execute_raw(Statement::from_sql_and_values(backend, text, values))
                .await?;
        }
        Ok(())
    }
}

/// The time up to which idempotency keys have expired.
pub(super) fn expired_before(now: DateTime<Utc>) -> DateTime<Utc> {
    now - IDEMPOTENCY_KEY_LIFETIME
}

/// Counts one change for all of these, or for none.
fn counted(backend: DbBackend, authority: i32, part: i64, counts: &[Count]) -> Statement {
    let mut values: Vec<Value> = vec![authority.into(), part.into()];
    values.extend(
        counts
            .iter()
            .flat_map(|count| [count.holder.into(), count.allowed.into()]),
    );
    Statement::from_sql_and_values(backend, text(&Dialect::of(backend), counts.len()), values)
}

/// `$1` is the authority, `$2` the part, then each holder and its limit. Holders are taken in order, so that
/// two statements never deadlock.
fn text(texts: &Dialect, counts: usize) -> String {
    let given: Vec<String> = (0..counts)
        .map(|count| {
            let place = 2 * count + 3;
            format!("(CAST(${place} AS bigint), CAST(${} AS integer))", place + 1)
        })
        .collect();
    let given = given.join(", ");
    let part = "CAST($2 AS bigint)";
    let (before, parts) = texts.slide("write_budget", part);
    format!(
        "WITH given (holder, allowed) AS (VALUES {given}) \
         INSERT INTO write_budget (authority_id, holder, part, parts, counted, allowed) \
         SELECT $1, holder, {part}, '{{\"' || CAST({part} AS text) || '\":1}}', 1, allowed FROM given WHERE true \
         ORDER BY holder \
         ON CONFLICT (authority_id, holder) DO UPDATE SET part = excluded.part, \
             counted = excluded.counted + {before}, parts = {parts}, allowed = excluded.allowed \
         RETURNING holder, parts"
    )
}

fn read(row: &sea_orm::QueryResult) -> Result<(i64, Parts), DbErr> {
    Ok((
        row.try_get("", "holder")?,
        Parts::read(&row.try_get::<String>("", "parts")?)?,
    ))
}
