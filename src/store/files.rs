//! The files of a SQLite database as they were when it was opened, and the free space on their disk.
//!
//! SQLite goes on writing to deleted or moved files without an error. So everything that answers or writes
//! checks here first, and every write is checked again before it counts.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use sea_orm::sqlx::{
    self, ConnectOptions as _, Connection as _, Sqlite,
    query::Query,
    sqlite::{SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteRow},
};
use tokio::sync::{Mutex as Turn, MutexGuard};

/// Why a database's files cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// One of its files was deleted, moved or replaced.
    #[error("a file of the database is not the one that was opened")]
    Moved,
    /// The disk has less free space than the reserve.
    #[error("the disk has less room than is to stay free")]
    DiskLow,
}

/// A disk with less free space than this is full, although something small may still fit, in bytes.
const FULL: u64 = 1 << 20;

/// The identity of a file (device and inode), whatever its name.
type Identity = (u64, u64);

/// A connection held for as long as the database is open. While it exists, SQLite leaves the log and its
/// index in place, so that they can be identified; and it sees what others have committed.
#[derive(Debug)]
struct HeldConnection {
    connection: Option<SqliteConnection>,
    closed: bool,
}

/// The files of one database.
#[derive(Debug)]
pub struct Files {
    folder: PathBuf,
    /// The database, its write-ahead log and the log's index.
    paths: [PathBuf; 3],
    /// The bytes to keep free.
    reserve: u64,
    known: Mutex<[Option<Identity>; 3]>,
    options: SqliteConnectOptions,
    keeper: Turn<HeldConnection>,
}

impl Files {
    /// Opens the connection to be held, and records the identity of the files.
    pub(super) async fn open(file: &Path, reserve: u64, options: &SqliteConnectOptions) -> Result<Self, sqlx::Error> {
        let beside = |ending: &str| {
            let mut name = file.as_os_str().to_owned();
            name.push(ending);
            PathBuf::from(name)
        };
        let folder = match file.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let files = Self {
            folder,
            paths: [file.to_owned(), beside("-wal"), beside("-shm")],
            reserve,
            known: Mutex::default(),
            options: options.clone(),
            keeper: Turn::new(HeldConnection {
                connection: None,
                closed: false,
            }),
        };
        drop(files.keeper().await?);
        files.record_identities()?;
        Ok(files)
    }

    /// The held connection; reopened if it was lost.
    pub(super) async fn keeper(&self) -> Result<HeldGuard<'_>, sqlx::Error> {
        let mut keeper = self.keeper.lock().await;
        if keeper.closed {
            return Err(sqlx::Error::PoolClosed);
        }
        if keeper.connection.is_none() {
            let mut connection = self.options.connect().await?;
            // The first read is what opens the log and its index.
            sqlx::query("SELECT name FROM sqlite_schema LIMIT 1")
                .fetch_optional(&mut connection)
                .await?;
            keeper.connection = Some(connection);
        }
        Ok(HeldGuard(keeper))
    }

    /// Closes the held connection. The last thing that is closed.
    pub(super) async fn close(&self) {
        let mut keeper = self.keeper.lock().await;
        keeper.closed = true;
        if let Some(connection) = keeper.connection.take()
            && let Err(error) = connection.close().await
        {
            tracing::debug!(%error, "the connection that is held was not closed in order");
        }
    }

    fn record_identities(&self) -> io::Result<()> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        for (path, known) in self.paths.iter().zip(known.iter_mut()) {
            *known = Some(identity(path)?);
        }
        Ok(())
    }

    /// Whether every file is still the one that was opened, at the same path.
    pub fn in_place(&self) -> Result<(), Unfit> {
        let known = *self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let is_there = |(path, known): (&PathBuf, &Option<Identity>)| {
            known.is_none_or(|known| identity(path).is_ok_and(|now| now == known))
        };
        if self.paths.iter().zip(&known).all(is_there) {
            Ok(())
        } else {
            Err(Unfit::Moved)
        }
    }

    /// Whether the disk has the reserve free.
    pub fn has_room(&self) -> Result<(), Unfit> {
        if self.reserve == 0 || free(&self.folder).is_some_and(|free| free >= self.reserve) {
            Ok(())
        } else {
            Err(Unfit::DiskLow)
        }
    }

    /// Whether the database may be written to: the files are in place, and there is space.
    pub fn are_writable(&self) -> Result<(), Unfit> {
        self.in_place()?;
        self.has_room()
    }

    /// Whether the database can be relied on: the files are in place and, whatever the reserve, the disk is
    /// not full. Small writes to a full disk may still succeed now and then, in space that the log already
    /// has.
    pub fn are_usable(&self) -> Result<(), Unfit> {
        self.are_writable()?;
        if free(&self.folder).is_some_and(|free| free >= FULL) {
            Ok(())
        } else {
            Err(Unfit::DiskLow)
        }
    }
}

/// The held connection, in use. After a failed statement it is not reused.
pub(super) struct HeldGuard<'a>(MutexGuard<'a, HeldConnection>);

impl HeldGuard<'_> {
    /// The only row of a query, if there is one.
    pub(super) async fn row(
        mut self,
        query: Query<'_, Sqlite, SqliteArguments>,
    ) -> Result<Option<SqliteRow>, sqlx::Error> {
        // The connection is lost if the caller stops waiting, or if the query fails.
        let Some(mut connection) = self.0.connection.take() else {
            return Err(sqlx::Error::PoolClosed);
        };
        let row = query.fetch_optional(&mut connection).await?;
        self.0.connection = Some(connection);
        Ok(row)
    }
}

#[cfg(unix)]
fn identity(path: &Path) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    let of = std::fs::metadata(path)?;
    Ok((of.dev(), of.ino()))
}

/// On other systems a file in use can be neither deleted nor replaced.
#[cfg(not(unix))]
fn identity(path: &Path) -> io::Result<Identity> {
    std::fs::metadata(path).map(|_| (0, 0))
}

/// The free bytes available to this process; `None` if unknown.
#[cfg(unix)]
fn free(folder: &Path) -> Option<u64> {
    let of = rustix::fs::statvfs(folder).ok()?;
    Some(of.f_bavail.saturating_mul(of.f_frsize))
}

#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    Some(u64::MAX)
}
