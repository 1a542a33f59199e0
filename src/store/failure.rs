//! Store errors, and how they are classified from database errors.

use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx::Error as SqlxError};

use super::{files::Unfit, not_served::NotServed};

/// A store error. It carries the database's codes but never its messages, which may contain data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Conflict: another change came first; the same request may succeed if it is retried.
    #[error("another change came first")]
    Conflict,
    /// The database does not answer.
    #[error("the database does not answer: {0}")]
    Unavailable(&'static str),
    /// The authority is not served by this database, or not at the moment.
    #[error(transparent)]
    NotServed(#[from] NotServed),
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(String),
    /// A change tried to write rows that its permit does not cover: a fault in this program.
    #[error("a change was to write rows that its permit does not cover")]
    NotCovered,
    /// Stored data is malformed.
    #[error("what is stored cannot be understood: {0}")]
    Corrupt(String),
}

impl StoreError {
    /// A statement was cancelled, at its timeout or because nobody waited for it any more.
    pub const TOO_LONG: Self = Self::Unavailable("a statement took too long");
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        let code = code(&error);
        // Serialisation failures, deadlocks and lock timeouts of PostgreSQL, and busy of SQLite, are all the
        // same to a caller.
        let came_between = matches!(code.as_deref(), Some("40001" | "40P01" | "55P03" | "5" | "261" | "517"));
        // A write is always preceded by a look-up: a row that exists all the same was inserted in between.
        if came_between || matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) {
            Self::Conflict
        } else if matches!(code.as_deref(), Some("57014" | "9")) {
            Self::TOO_LONG
        } else if matches!(error, DbErr::ConnectionAcquire(_) | DbErr::Conn(_))
            || connection_was_lost(&error)
            || code
                .as_deref()
                .is_some_and(|code| is_unavailable(code) || cannot_be_stored(code))
        {
            Self::Unavailable(kind(&error))
        } else {
            Self::Database(format!("{} {}", kind(&error), code.unwrap_or_default()))
        }
    }
}

/// The database's error code. Its message is never passed on: it may contain data.
pub(super) fn code(error: &DbErr) -> Option<String> {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = error else {
        return None;
    };
    Some(cause.as_database_error()?.code()?.into_owned())
}

/// Whether a PostgreSQL code says that the server is unavailable, whatever it was asked: it is stopping or
/// starting, out of resources, too slow, or somebody has ended the connection.
pub(super) fn is_unavailable(code: &str) -> bool {
    const CLASSES: [&str; 3] = ["08", "53", "57"];
    const IDLE_IN_TRANSACTION: [&str; 2] = ["25P03", "25P04"];
    code.len() == 5
        && (CLASSES.iter().any(|class| code.starts_with(class))
            || IDLE_IN_TRANSACTION.contains(&code)
            || code == "58030")
}

/// Whether a SQLite code says that its files cannot be read or written, whatever it was asked: out of memory,
/// read-only, I/O error, disk full, or cannot open. Its codes are numbers whose last eight bits are the kind;
/// those of PostgreSQL have five characters.
fn cannot_be_stored(code: &str) -> bool {
    const NOMEM: u32 = 7;
    const READONLY: u32 = 8;
    const IOERR: u32 = 10;
    const FULL: u32 = 13;
    const CANTOPEN: u32 = 14;
    let kind = code
        .parse::<u32>()
        .ok()
        .filter(|_| code.len() < 5)
        .map(|code| code & 0xff);
    kind.is_some_and(|kind| [NOMEM, READONLY, IOERR, FULL, CANTOPEN].contains(&kind))
}

impl From<Unfit> for StoreError {
    fn from(unfit: Unfit) -> Self {
        Self::Unavailable(match unfit {
            Unfit::Moved => "a file of the database is not the one that was opened",
            Unfit::DiskLow => "the disk has less room than is to stay free",
        })
    }
}

/// Whether the connection was lost before the database could respond.
fn connection_was_lost(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = error else {
        return false;
    };
    matches!(
        **cause,
        SqlxError::Io(_)
            | SqlxError::Tls(_)
            | SqlxError::PoolTimedOut
            | SqlxError::PoolClosed
            | SqlxError::WorkerCrashed
    )
}

fn kind(error: &DbErr) -> &'static str {
    match error {
        DbErr::ConnectionAcquire(_) => "no connection was free in time",
        DbErr::Conn(_) => "the connection failed",
        DbErr::Exec(_) | DbErr::Query(_) => "a statement failed",
        DbErr::Type(_) | DbErr::TryIntoErr { .. } => "a value has another type than expected",
        _ => "it did not do what it was asked",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temporary_failures_are_distinguished_from_permanent_ones() {
        for code in ["08006", "53300", "57014", "57P01", "57P03", "25P03", "58030"] {
            assert!(is_unavailable(code), "{code}");
        }
        // Among them codes of SQLite, which are numbers of any length.
        for code in ["42601", "23505", "25006", "XX000", "5", "8", "57", "5386"] {
            assert!(!is_unavailable(code), "{code}");
        }
        // 4618 is an I/O error while enlarging the log's index, 1032 a file that was moved.
        for code in ["7", "8", "10", "13", "14", "778", "1032", "4618"] {
            assert!(cannot_be_stored(code), "{code}");
        }
        for code in ["1", "5", "9", "19", "261", "517", "2067", "53100", "XX000", "25006"] {
            assert!(!cannot_be_stored(code), "{code}");
        }
        let cut = DbErr::Query(RuntimeErr::SqlxError(SqlxError::WorkerCrashed.into()));
        assert_eq!(StoreError::from(cut), StoreError::Unavailable("a statement failed"));
        let wrong = DbErr::Query(RuntimeErr::SqlxError(SqlxError::RowNotFound.into()));
        assert!(matches!(StoreError::from(wrong), StoreError::Database(_)));
    }
}
