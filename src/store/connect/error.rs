//! Why the databases could not be opened or migrated.

use std::{io, path::PathBuf};

use sea_orm::DbErr;

use crate::store::{database_url::DatabaseUrl, recovery::STANDBY};

/// Why the databases could not be opened or migrated. Addresses are shown without passwords.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The folder or the file could not be created.
    #[error("cannot make {}: {source}", path.display())]
    File {
        /// The folder or file.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// Users other than the owner can read the file, which holds personal data.
    #[error("{} can be read by others: its mode must be 0600", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
    },
    /// The database does not answer, or refuses the connection.
    #[error("cannot open the database {database}: {source}")]
    Open {
        /// Its address.
        database: DatabaseUrl,
        /// The driver's error.
        source: DbErr,
    },
    /// The server is a standby (replica).
    #[error("the database {database} is not used: {STANDBY}")]
    Standby {
        /// Its address.
        database: DatabaseUrl,
    },
    /// Another process has it open, and one of the two needs it exclusively.
    #[error("the database {database} is in use: stop every server and command that uses it first")]
    FileLocks {
        /// Its address.
        database: DatabaseUrl,
    },
    /// Its schema cannot be migrated to this program's.
    #[error("the schema of the database {database} is not one that this program can use: {why}")]
    Schema {
        /// Its address.
        database: DatabaseUrl,
        /// What is wrong with it.
        why: String,
    },
    /// A migration failed; the whole run was rolled back.
    #[error("cannot migrate the database {database}: {source}")]
    Migrate {
        /// Its address.
        database: DatabaseUrl,
        /// The database's error.
        source: DbErr,
    },
}
