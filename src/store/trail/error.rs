//! What went wrong with the trail's tables.

use sea_orm::DbErr;

use crate::store::{connect::ConnectError, files::Unfit};

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
