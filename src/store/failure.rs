//! What the store could not do, and how that is told from what a database says.

use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx::Error as SqlxError};

use super::{away::Away, files::Unfit};

/// What the store could not do. It carries the database's codes and never its words, which may hold what was asked for or stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another change came first; the same request may succeed if it is sent again.
    #[error("another change came first")]
    Conflict,
    /// The database does not answer.
    #[error("the database does not answer: {0}")]
    Unavailable(&'static str),
    /// The authority is not served by this database, or not now.
    #[error(transparent)]
    Away(#[from] Away),
    /// The database did not do what it was asked.
    #[error("the database failed: {0}")]
    Database(String),
    /// A change was to write rows that its permit does not cover, which is a fault of ours.
    #[error("a change was to write rows that its permit does not cover")]
    NotCovered,
    /// What is stored cannot be understood.
    #[error("what is stored cannot be understood: {0}")]
    Corrupt(String),
}

impl StoreError {
    /// A statement was stopped, at its time or because nobody waited for it any more.
    pub const TOO_LONG: Self = Self::Unavailable("a statement took too long");
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        let code = code(&error);
        // Serialisation failures, deadlocks and locks that were not to be had in time of PostgreSQL, busy of SQLite: to a caller all the same.
        let came_between = matches!(code.as_deref(), Some("40001" | "40P01" | "55P03" | "5" | "261" | "517"));
        // Whatever is written was looked for before: a row that is there all the same came in between.
        if came_between || matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) {
            Self::Conflict
        } else if matches!(code.as_deref(), Some("57014" | "9")) {
            Self::TOO_LONG
        } else if matches!(error, DbErr::ConnectionAcquire(_) | DbErr::Conn(_))
            || was_cut(&error)
            || code
                .as_deref()
                .is_some_and(|code| is_away(code) || cannot_be_stored(code))
        {
            Self::Unavailable(kind(&error))
        } else {
            Self::Database(format!("{} {}", kind(&error), code.unwrap_or_default()))
        }
    }
}

/// The database's own code of what went wrong. Its words are told to nobody: they may hold what was asked for or stored.
pub(super) fn code(error: &DbErr) -> Option<String> {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = error else {
        return None;
    };
    Some(cause.as_database_error()?.code()?.into_owned())
}

/// Whether a code of PostgreSQL says that the server cannot do what it was asked now, whatever it was: it goes down, comes up, has no room, has taken too
/// long, or somebody has ended the connection.
pub(super) fn is_away(code: &str) -> bool {
    const CLASSES: [&str; 3] = ["08", "53", "57"];
    const IDLE_IN_TRANSACTION: [&str; 2] = ["25P03", "25P04"];
    code.len() == 5
        && (CLASSES.iter().any(|class| code.starts_with(class))
            || IDLE_IN_TRANSACTION.contains(&code)
            || code == "58030")
}

/// Whether a code of SQLite says that its files cannot be read or written now, whatever it was asked: no memory, read-only, an error of input or output, a full
/// disk, a file that cannot be opened. Its codes are numbers, of which the last eight bits are the kind; those of PostgreSQL have five characters.
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

/// Whether the connection was lost before the database could say anything.
fn was_cut(error: &DbErr) -> bool {
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
    fn what_passes_is_told_from_what_does_not() {
        for code in ["08006", "53300", "57014", "57P01", "57P03", "25P03", "58030"] {
            assert!(is_away(code), "{code}");
        }
        // Among them codes of SQLite, which are numbers of any length.
        for code in ["42601", "23505", "25006", "XX000", "5", "8", "57", "5386"] {
            assert!(!is_away(code), "{code}");
        }
        // 4618 is an error of input or output while the log's index was made larger, 1032 a file that has moved.
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
