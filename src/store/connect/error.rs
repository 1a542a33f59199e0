//! Why the databases could not be opened or migrated.

use std::{io, path::PathBuf};

use sea_orm::DbErr;

use crate::store::{database_url::DatabaseUrl, recovery::STANDBY};

/// Why the databases could not be opened or migrated. It shows addresses without their passwords.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The folder or the file could not be made.
    #[error("cannot make {}: {source}", path.display())]
    File {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Others than the owner can read the file, which holds personal data.
    #[error("{} can be read by others: its mode must be 0600", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
    },
    /// The database does not answer, or refuses us.
    #[error("cannot open the database {database}: {source}")]
    Open {
        /// Its address.
        database: DatabaseUrl,
        /// What the driver said.
        source: DbErr,
    },
    /// The server repeats what another one commits.
    #[error("the database {database} is not used: {STANDBY}")]
    Standby {
        /// Its address.
        database: DatabaseUrl,
    },
    /// Another process has it open, and one of the two must have it alone.
    #[error("the database {database} is in use: stop every server and command that uses it first")]
    InUse {
        /// Its address.
        database: DatabaseUrl,
    },
    /// No step of ours leads from its schema to this program's.
    #[error("the schema of the database {database} is not one that this program can use: {why}")]
    Schema {
        /// Its address.
        database: DatabaseUrl,
        /// What is wrong with it.
        why: String,
    },
    /// A step failed; nothing of the run was kept.
    #[error("cannot migrate the database {database}: {source}")]
    Migrate {
        /// Its address.
        database: DatabaseUrl,
        /// What the database said.
        source: DbErr,
    },
}
