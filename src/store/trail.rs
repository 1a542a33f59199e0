//! The trail's tables and their SQL.
//!
//! Knows nothing of what an entry says, how it is packed and hashed, or who signs; `crate::audit` does. Rows
//! are only ever inserted; the one row per chain in the table of heads moves forward. The tables are in their
//! own database on SQLite and in the main one on PostgreSQL.

mod announced;
mod archive;
mod chain_state;
mod columns;
mod error;
mod group;
mod made;
mod oldest;
mod part;
mod postgres;
mod read;
mod record;
mod records;
mod rows;
mod snapshot;
mod sqlite;
mod tables;
#[cfg(test)]
pub(crate) mod testing;

use sea_orm::DbBackend;
use uuid::Uuid;

pub use archive::{Month, Taken};
pub use chain_state::ChainState;
pub use error::TrailStoreError;
pub use group::{GroupRow, MAX_SINGLE};
pub use made::MadeRow;
pub use record::{Batch, FamiliesRow, RecordRow, Word, is_of_month};
pub use records::Record;
pub use rows::{AgencyRow, EntryRow, HeadRow, SubjectRow};
pub use snapshot::{AgencyLine, GroupLine, SubjectLine, TrailSnapshot};

pub use tables::TrailStore;

impl TrailStore {
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
