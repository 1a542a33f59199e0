//! The trail's tables: rows in, rows out.
//!
//! Knows SQL and nothing of what an entry says, how it is hashed or who signs; `crate::audit` does. Rows are only ever
//! inserted; of the heads, the one row of a chain moves forward. The tables are in a database of their own on SQLite and
//! in the common one on PostgreSQL.

use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait, Value,
};
use uuid::Uuid;

mod group;
mod postgres;
mod read;
mod snapshot;
#[cfg(test)]
pub(crate) mod testing;

pub use group::{GroupRow, MOST_SINGLE};
pub use snapshot::{AgencyLine, GroupLine, SubjectLine, TrailSnapshot};

/// No statement inserts more rows than this; both databases allow 32,766 parameters.
const MAX_ROWS: usize = 256;

/// A row of `trail_entry`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRow {
    /// The chain.
    pub chain: Uuid,
    /// The place in it, from 1.
    pub seq: i64,
    /// When it happened.
    pub recorded_at: DateTime<Utc>,
    /// The authority it concerns.
    pub authority: Option<i32>,
    /// The code of what happened.
    pub kind: String,
    /// The entry's canonical JSON.
    pub body: String,
    /// The hash of the entry before, in hexadecimal digits.
    pub prev_hash: String,
    /// The hash of this entry.
    pub hash: String,
}

/// A row of `trail_subject`: an entry speaks of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubjectRow {
    /// The family's authority.
    pub authority: i32,
    /// The family.
    pub family: Uuid,
    /// The entry's instant.
    pub recorded_at: DateTime<Utc>,
    /// The entry's chain.
    pub chain: Uuid,
    /// The entry's place.
    pub seq: i64,
}

/// A row of `trail_agency`: an entry tells what an agency has looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgencyRow {
    /// The authority whose people were looked up.
    pub authority: i32,
    /// The agency.
    pub agency: Uuid,
    /// The entry's instant.
    pub recorded_at: DateTime<Utc>,
    /// The entry's chain.
    pub chain: Uuid,
    /// The entry's place.
    pub seq: i64,
}

/// The rows by which entries are found: by the families that they speak of, and by the agencies whose look-ups they tell of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    /// By family, of entries that speak of few.
    pub subjects: Vec<SubjectRow>,
    /// By parts of the families, of entries that speak of many.
    pub groups: Vec<GroupRow>,
    /// By agency.
    pub agencies: Vec<AgencyRow>,
}

/// A row of `trail_head`: the newest entry of a chain, signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadRow {
    /// The chain.
    pub chain: Uuid,
    /// The place of its newest entry.
    pub seq: i64,
    /// That entry's hash.
    pub hash: String,
    /// The signature, in base64.
    pub signature: String,
    /// The server process that writes the chain.
    pub process: String,
    /// When the head moved last.
    pub updated_at: DateTime<Utc>,
}

/// What went wrong with the trail's tables. Messages hold SQL and identifiers at most: for the log, not for answers.
#[derive(Debug, thiserror::Error)]
pub enum TrailStoreError {
    /// The database failed.
    #[error("the trail's database failed: {0}")]
    Database(#[from] DbErr),
    /// The connection does not wait until what it commits is on disk.
    #[error("the trail's database does not make commits durable")]
    NotDurable,
    /// The chain's head is not where this process left it.
    #[error("the head of the chain is not where it was left")]
    HeadMoved,
    /// A stored value is not of its column's type.
    #[error("a stored value of the trail is not of its column's type: {0}")]
    Garbage(DbErr),
    /// The database is neither SQLite nor PostgreSQL.
    #[error("the trail is kept in SQLite or PostgreSQL only")]
    Unsupported,
}

/// The trail's tables. Clones share the connections.
#[derive(Clone, Debug)]
pub struct TrailStore {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
}

impl TrailStore {
    /// The tables behind connections that are open already; they may be the same. The one that writes is best not shared
    /// with the main database's many readers.
    pub fn over(writer: DatabaseConnection, reader: DatabaseConnection) -> Self {
        Self { writer, reader }
    }

    /// Writes a batch in one transaction: all of it is durable when this returns, or none of it is there; after an error
    /// from the commit itself, either may be. The head must move forward.
    pub async fn append(&self, entries: &[EntryRow], index: &Index, head: &HeadRow) -> Result<(), TrailStoreError> {
        if self.writer.get_database_backend() == DbBackend::Postgres {
            return postgres::append(&self.writer, entries, index, head).await;
        }
        let transaction = self
            .writer
            .begin_with_options(TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            })
            .await?;
        ensure_durable(&transaction).await?;
        let columns = "trail_entry (chain_id, seq, recorded_at, authority_id, kind, body, prev_hash, hash)";
        insert(&transaction, columns, 8, entries, |row| {
            vec![
                row.chain.into(),
                row.seq.into(),
                row.recorded_at.into(),
                row.authority.into(),
                row.kind.as_str().into(),
                row.body.as_str().into(),
                row.prev_hash.as_str().into(),
                row.hash.as_str().into(),
            ]
        })
        .await?;
        let columns = "trail_subject (authority_id, family_id, recorded_at, chain_id, seq)";
        insert(&transaction, columns, 5, &index.subjects, |row| {
            vec![
                row.authority.into(),
                row.family.into(),
                row.recorded_at.into(),
                row.chain.into(),
                row.seq.into(),
            ]
        })
        .await?;
        let columns = "trail_group (authority_id, bucket, recorded_at, chain_id, seq, members)";
        insert(&transaction, columns, 6, &index.groups, |row| {
            vec![
                row.authority.into(),
                row.bucket.into(),
                row.recorded_at.into(),
                row.chain.into(),
                row.seq.into(),
                row.members.clone().into(),
            ]
        })
        .await?;
        let columns = "trail_agency (authority_id, agency_id, recorded_at, chain_id, seq)";
        insert(&transaction, columns, 5, &index.agencies, |row| {
            vec![
                row.authority.into(),
                row.agency.into(),
                row.recorded_at.into(),
                row.chain.into(),
                row.seq.into(),
            ]
        })
        .await?;
        let moved = transaction
            .execute_raw(Statement::from_sql_and_values(
                transaction.get_database_backend(),
                "INSERT INTO trail_head (chain_id, seq, hash, signature, process, updated_at) \
                 VALUES ($1, $2, $3, $4, $5, $6) \
                 ON CONFLICT (chain_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, \
                 signature = excluded.signature, process = excluded.process, updated_at = excluded.updated_at \
                 WHERE trail_head.seq < excluded.seq",
                [
                    head.chain.into(),
                    head.seq.into(),
                    head.hash.as_str().into(),
                    head.signature.as_str().into(),
                    head.process.as_str().into(),
                    head.updated_at.into(),
                ],
            ))
            .await?;
        if moved.rows_affected() != 1 {
            return Err(TrailStoreError::HeadMoved);
        }
        transaction.commit().await?;
        Ok(())
    }
}

/// Makes sure that the commit of this transaction waits for the disk.
async fn ensure_durable(transaction: &DatabaseTransaction) -> Result<(), TrailStoreError> {
    let backend = transaction.get_database_backend();
    if backend != DbBackend::Sqlite {
        return Err(TrailStoreError::Unsupported);
    }
    let row = transaction
        .query_one_raw(Statement::from_string(backend, "PRAGMA synchronous"))
        .await?
        .ok_or(TrailStoreError::NotDurable)?;
    // 2 is FULL, 3 is EXTRA.
    if row.try_get_by_index::<i32>(0)? < 2 {
        return Err(TrailStoreError::NotDurable);
    }
    Ok(())
}

/// Inserts rows in statements of 256, 128, … 1 rows, so that there are only nine texts to prepare.
async fn insert<R>(
    transaction: &DatabaseTransaction,
    columns: &str,
    width: usize,
    rows: &[R],
    values: impl Fn(&R) -> Vec<Value>,
) -> Result<(), TrailStoreError> {
    let mut rest = rows;
    while !rest.is_empty() {
        let size = (1 << rest.len().ilog2()).min(MAX_ROWS);
        let (now, later) = rest.split_at(size);
        rest = later;
        let sql = format!("INSERT INTO {columns} VALUES {}", places(size, width));
        let values: Vec<Value> = now.iter().flat_map(&values).collect();
        transaction
            .execute_raw(Statement::from_sql_and_values(
                transaction.get_database_backend(),
                sql,
                values,
            ))
            .await?;
    }
    Ok(())
}

/// `(?, ?), (?, ?)`: `rows` rows of `width` places. With numbers they would be names, and the driver looks each name up among all.
fn places(rows: usize, width: usize) -> String {
    let row = format!("({})", vec!["?"; width].join(", "));
    vec![row; rows].join(", ")
}
