//! How many changes were made lately: counted before anything is looked for, exactly, whichever processes write at the same time, and whatever becomes of
//! the change.
//!
//! On PostgreSQL over connections of its own, so that what comes after cannot roll it back and changes of one client do not wait for each other's
//! commits. SQLite has one writer, which is the operation itself: there it is counted in the operation's own transaction, and once more where that came to nothing.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};

pub use super::count::Count;
use crate::store::{
    Store,
    budget::{Admission, PARTS, goes_beyond, sql::Texts, window::Parts},
    session::{On, Session, StoreError},
};

/// How long what came of a request is kept under its key.
pub const KEPT_FOR: TimeDelta = TimeDelta::days(7);

/// The most rows of a kind that are thrown away at once.
const AT_ONCE: i64 = 1000;

/// What a session counted in its own transaction.
#[derive(Debug, Default)]
pub struct Uncounted {
    authority: i32,
    changes: Vec<(i64, Vec<Count>)>,
}

impl Store {
    /// Counts again what went with its transaction: else whoever has a change fail would have its count back. Whatever has no room any more was taken by others meanwhile.
    pub async fn count_again(&self, uncounted: Uncounted) -> Result<(), StoreError> {
        let on = self.databases().counters();
        for (part, counts) in uncounted.changes {
            self.count_statement();
            let statement = counted(on.get_database_backend(), uncounted.authority, part, &counts);
            match on.execute_raw(statement).await {
                Err(error) if !goes_beyond(&error) => return Err(error.into()),
                Ok(_) | Err(_) => {}
            }
        }
        Ok(())
    }
}

impl Session {
    /// What is counted only if this session is committed, for [`Store::count_again`] where it is not.
    pub fn uncounted(&self) -> Uncounted {
        Uncounted {
            authority: self.authority(),
            changes: self.counted().clone(),
        }
    }

    /// Counts a change in a part of the window, for all of these or for none. The first is the client, or a person; whoever counts first in a part for it has
    /// thrown away what nobody needs any more.
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
            Err(error) if goes_beyond(&error) => {
                let room_from = self.room_for_change(on, part, counts).await?;
                return Ok(Admission::Spent { room_from });
            }
            Err(error) => return Err(error.into()),
        };
        let client = counts.first().map(|count| count.holder);
        for row in rows {
            let (holder, parts) = read(&row)?;
            if Some(holder) == client && parts.of(part) == 1 {
                self.forget_old(on, part).await?;
            }
        }
        Ok(Admission::Granted(Vec::new()))
    }

    /// From which part on there is room for one more of all of these.
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

    /// Throws away what was counted before the window, and what came of requests that were sent under keys long ago.
    async fn forget_old<C: ConnectionTrait>(&self, on: &C, part: i64) -> Result<(), StoreError> {
        let backend = on.get_database_backend();
        let free = Texts::of(backend).free();
        let authority = Value::from(self.authority());
        let counts = format!(
            "DELETE FROM write_budget WHERE authority_id = $1 AND holder IN (SELECT holder FROM write_budget \
             WHERE authority_id = $1 AND (part < $2 OR part > $3) LIMIT {AT_ONCE} {free})"
        );
        let outside = [authority.clone(), (part - PARTS).into(), (part + PARTS).into()];
        let kept = format!(
            "DELETE FROM idempotency WHERE authority_id = $1 AND (agency_id, subject, key) IN \
             (SELECT agency_id, subject, key FROM idempotency WHERE authority_id = $1 AND created_at <= $2 \
             ORDER BY created_at LIMIT {AT_ONCE} {free})"
        );
        let before: [Value; 2] = [authority, kept_since(self.now()).into()];
        for (text, values) in [(counts, outside.to_vec()), (kept, before.to_vec())] {
            self.count(1);
            on.execute_raw(Statement::from_sql_and_values(backend, text, values))
                .await?;
        }
        Ok(())
    }
}

/// Keys that were used at this moment or before are new again.
pub(super) fn kept_since(now: DateTime<Utc>) -> DateTime<Utc> {
    now - KEPT_FOR
}

/// Counts one for all of these or for none.
fn counted(backend: DbBackend, authority: i32, part: i64, counts: &[Count]) -> Statement {
    let mut values: Vec<Value> = vec![authority.into(), part.into()];
    values.extend(
        counts
            .iter()
            .flat_map(|count| [count.holder.into(), count.allowed.into()]),
    );
    Statement::from_sql_and_values(backend, text(&Texts::of(backend), counts.len()), values)
}

/// `$1` the authority, `$2` the part, then each holder and how many it may have. They are taken in their order, so that two statements never wait for each
/// other.
fn text(texts: &Texts, counts: usize) -> String {
    let given: Vec<String> = (0..counts)
        .map(|count| {
            let place = 2 * count + 3;
            format!("(CAST(${place} AS bigint), CAST(${} AS integer))", place + 1)
        })
        .collect();
    let given = given.join(", ");
    let part = "CAST($2 AS bigint)";
    let (before, parts) = texts.slid("write_budget", part);
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
