//! The trail's tables and their SQL.
//!
//! Knows nothing of what an entry says, how it is packed and hashed, or who signs; `crate::audit` does. Rows
//! are only ever inserted; the one row per chain in the table of heads moves forward. The tables are in their
//! own database on SQLite and in the main one on PostgreSQL.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseConnection, DbBackend, DbErr};
use uuid::Uuid;

use super::{
    connect::{ConnectError, Databases},
    files::{Files, Unfit},
};

mod announced;
mod archive;
mod group;
mod made;
mod oldest;
mod postgres;
mod read;
mod record;
mod records;
mod snapshot;
mod sqlite;
#[cfg(test)]
pub(crate) mod testing;

pub use archive::{Month, Taken};
pub use group::{GroupRow, MAX_SINGLE};
pub use made::MadeRow;
pub use record::{Batch, FamiliesRow, RecordRow, Word, is_of_month};
pub use records::Record;
pub use snapshot::{AgencyLine, GroupLine, SubjectLine, TrailSnapshot};

/// A row of `trail_entry`, which holds entries of version 1, from before there were records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRow {
    /// The chain.
    pub chain: Uuid,
    /// The sequence number in the chain, from 1.
    pub seq: i64,
    /// When it happened.
    pub recorded_at: DateTime<Utc>,
    /// The authority it concerns.
    pub authority: Option<i32>,
    /// The code of the kind of entry.
    pub kind: String,
    /// The entry's canonical JSON.
    pub body: String,
    /// The hash of the previous entry, in hexadecimal.
    pub prev_hash: String,
    /// The hash of this entry.
    pub hash: String,
}

/// A row of `trail_subject`, the index of families: an entry concerns a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubjectRow {
    /// The family's authority.
    pub authority: i32,
    /// The family.
    pub family: Uuid,
    /// The entry's timestamp.
    pub recorded_at: DateTime<Utc>,
    /// The entry's chain.
    pub chain: Uuid,
    /// The entry's sequence number.
    pub seq: i64,
}

/// A row of `trail_agency`, the index of agencies: an entry tells of an agency's look-ups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgencyRow {
    /// The authority whose people were looked up.
    pub authority: i32,
    /// The agency.
    pub agency: Uuid,
    /// The entry's timestamp.
    pub recorded_at: DateTime<Utc>,
    /// The entry's chain.
    pub chain: Uuid,
    /// The entry's sequence number.
    pub seq: i64,
}

/// A row of `trail_head`: the newest entry of a chain, signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadRow {
    /// The chain.
    pub chain: Uuid,
    /// The sequence number of its newest entry.
    pub seq: i64,
    /// That entry's hash.
    pub hash: String,
    /// The signature, in base64.
    pub signature: String,
    /// The server process that writes the chain.
    pub process: String,
    /// When the head was last updated.
    pub updated_at: DateTime<Utc>,
}

/// What went wrong with the trail's tables. Messages hold at most SQL and identifiers: they are for the log,
/// not for answers.
#[derive(Debug, thiserror::Error)]
pub enum TrailStoreError {
    /// The database failed.
    #[error("the trail's database failed: {0}")]
    Database(#[from] DbErr),
    /// The connection does not wait until commits are on disk.
    #[error("the trail's database does not make commits durable")]
    NotDurable,
    /// The chain's head has been changed by somebody else.
    #[error("the head of the chain is not where it was left")]
    HeadMoved,
    /// An archive file cannot be opened.
    #[error(transparent)]
    File(Box<ConnectError>),
    /// A second connection does not see what was committed.
    #[error("what was committed is not there for another connection")]
    NotSeen,
    /// The database's files cannot be written to safely.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// A stored value is not of its column's type.
    #[error("a stored value of the trail is not of its column's type: {0}")]
    Garbage(DbErr),
    /// The database is neither SQLite nor PostgreSQL.
    #[error("the trail is kept in SQLite or PostgreSQL only")]
    Unsupported,
}

impl From<ConnectError> for TrailStoreError {
    fn from(error: ConnectError) -> Self {
        Self::File(Box::new(error))
    }
}

/// The state of a chain in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainState {
    /// The sequence number and the hash of its head.
    head: Option<(i64, String)>,
    /// The sequence number of its newest entry.
    last: Option<i64>,
    /// Whether no earlier write can change that any more.
    settled: bool,
}

impl ChainState {
    /// Whether the chain, both its head and its entries, ends with this one.
    pub fn ends_with(&self, seq: i64, hash: &str) -> bool {
        let by_head = self.head.as_ref().is_some_and(|head| head.0 == seq && head.1 == hash);
        by_head && self.last == Some(seq)
    }

    /// Whether no earlier write can change this state any more.
    pub fn is_settled(&self) -> bool {
        self.settled
    }
}

/// A handle on the trail's tables. Clones share the connections.
#[derive(Clone, Debug)]
pub struct TrailStore {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    files: Option<Arc<Files>>,
}

impl TrailStore {
    /// A handle over open connections, which may be the same one. The writing connection is best not shared
    /// with the main database's many readers. Nothing checks that SQLite's files stay in place.
    pub fn over(writer: DatabaseConnection, reader: DatabaseConnection) -> Self {
        Self {
            writer,
            reader,
            files: None,
        }
    }

    /// The trail of open databases. On SQLite, a write only counts once it is in the files that were opened.
    pub fn of(databases: &Databases) -> Self {
        Self {
            writer: databases.trail().clone(),
            reader: databases.trail().clone(),
            files: databases.trail_files().cloned(),
        }
    }

    /// Writes a batch in one transaction. When this returns, all of it is durable, or none of it exists;
    /// after an error from the commit or later, either may be the case. The batch must follow on from what is
    /// there.
    pub async fn append(&self, batch: &Batch) -> Result<(), TrailStoreError> {
        match self.writer.get_database_backend() {
            DbBackend::Postgres => postgres::append(&self.writer, batch).await,
            DbBackend::Sqlite => sqlite::append(&self.writer, self.files.as_deref(), batch).await,
            _ => Err(TrailStoreError::Unsupported),
        }
    }

    /// The state of a chain, read from the primary.
    pub async fn state(&self, chain: Uuid) -> Result<ChainState, TrailStoreError> {
        match self.writer.get_database_backend() {
            DbBackend::Sqlite => sqlite::state(&self.writer, self.files.as_deref(), chain).await,
            _ => self.state_by_statements(chain).await,
        }
    }
}
