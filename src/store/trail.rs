//! The trail's tables: rows in, rows out.
//!
//! Knows SQL and nothing of what an entry says, how it is packed and hashed or who signs; `crate::audit` does. Rows are only ever
//! inserted; of the heads, the one row of a chain moves forward. The tables are in a database of their own on SQLite and
//! in the common one on PostgreSQL.

mod announced;
mod archive;
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
mod standing;
mod tables;
#[cfg(test)]
pub(crate) mod testing;

use sea_orm::DbBackend;
use uuid::Uuid;

pub use archive::{Month, Taken};
pub use error::TrailStoreError;
pub use group::{GroupRow, MOST_SINGLE};
pub use made::MadeRow;
pub use record::{Batch, FamiliesRow, RecordRow, Word, is_of_month};
pub use records::Record;
pub use rows::{AgencyRow, EntryRow, HeadRow, SubjectRow};
pub use snapshot::{AgencyLine, GroupLine, SubjectLine, TrailSnapshot};
pub use standing::Standing;
pub use tables::TrailStore;

impl TrailStore {
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
