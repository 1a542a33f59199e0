//! The trail's tables: rows in, rows out.
//!
//! Knows SQL and nothing of what an entry says, how it is packed and hashed or who signs; `crate::audit` does. Rows are only ever
//! inserted; of the heads, the one row of a chain moves forward. The tables are in a database of their own on SQLite and
//! in the common one on PostgreSQL.

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
pub use group::{GroupRow, MOST_SINGLE};
pub use made::MadeRow;
pub use record::{Batch, FamiliesRow, RecordRow, Word, is_of_month};
pub use records::Record;
pub use snapshot::{AgencyLine, GroupLine, SubjectLine, TrailSnapshot};

/// A row of `trail_entry`, in which entries were kept before there were records.
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
    /// A file that a month is taken to, or was, cannot be opened.
    #[error(transparent)]
    File(Box<ConnectError>),
    /// What was committed is not there for another connection.
    #[error("what was committed is not there for another connection")]
    NotSeen,
    /// Its files are not fit to be written to.
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

/// How a chain stands in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The place and the hash of its head.
    head: Option<(i64, String)>,
    /// The place of its newest entry.
    last: Option<i64>,
    /// Whether nothing that was begun before can change that any more.
    settled: bool,
}

impl Standing {
    /// Whether the chain ends, by its head and by its entries, with this one.
    pub fn ends_with(&self, seq: i64, hash: &str) -> bool {
        let by_head = self.head.as_ref().is_some_and(|head| head.0 == seq && head.1 == hash);
        by_head && self.last == Some(seq)
    }

    /// Whether nothing that was begun before can change that any more.
    pub fn is_settled(&self) -> bool {
        self.settled
    }
}

/// The trail's tables. Clones share the connections.
#[derive(Clone, Debug)]
pub struct TrailStore {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    files: Option<Arc<Files>>,
}

impl TrailStore {
    /// The tables behind connections that are open already; they may be the same. The one that writes is best not shared
    /// with the main database's many readers. Nothing looks whether the files of SQLite stay in their place.
    pub fn over(writer: DatabaseConnection, reader: DatabaseConnection) -> Self {
        Self {
            writer,
            reader,
            files: None,
        }
    }

    /// The trail of open databases. On SQLite nothing counts as written unless it stands in the files that were opened.
    pub fn of(databases: &Databases) -> Self {
        Self {
            writer: databases.trail().clone(),
            reader: databases.trail().clone(),
            files: databases.trail_files().cloned(),
        }
    }

    /// Writes a batch in one transaction: all of it is durable when this returns, or none of it is there; after an error
    /// from the commit itself or later, either may be. The batch must follow what is there.
    pub async fn append(&self, batch: &Batch) -> Result<(), TrailStoreError> {
        match self.writer.get_database_backend() {
            DbBackend::Postgres => postgres::append(&self.writer, batch).await,
            DbBackend::Sqlite => sqlite::append(&self.writer, self.files.as_deref(), batch).await,
            _ => Err(TrailStoreError::Unsupported),
        }
    }

    /// How a chain stands, read where it is written.
    pub async fn standing(&self, chain: Uuid) -> Result<Standing, TrailStoreError> {
        match self.writer.get_database_backend() {
            DbBackend::Sqlite => sqlite::standing(&self.writer, self.files.as_deref(), chain).await,
            _ => self.standing_by_statements(chain).await,
        }
    }
}
