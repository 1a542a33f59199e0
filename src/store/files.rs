//! The files of a SQLite database, as they were when it was opened, and the room on their disk.
//!
//! SQLite goes on writing to files that have lost their names, and says that all is well. So whoever answers or writes asks here first, and whoever has
//! written asks again before it counts.

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

/// What makes a database's files unfit to answer from and to write to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// A file of it was deleted, moved or replaced.
    #[error("a file of the database is not the one that was opened")]
    Moved,
    /// The disk has less room than is to stay free.
    #[error("the disk has less room than is to stay free")]
    DiskLow,
}

/// A disk with less room is full, although something small may still find some.
const FULL: u64 = 1 << 20;

/// What one file is, whatever it is called.
type Identity = (u64, u64);

/// A connection that is held for as long as the database is open. While there is one, SQLite keeps the log and its index where they are, so that they can be
/// known by what they are; and it sees what others have committed.
#[derive(Debug)]
struct Keeper {
    connection: Option<SqliteConnection>,
    closed: bool,
}

/// The files of one database.
#[derive(Debug)]
pub struct Files {
    folder: PathBuf,
    /// The database, its log and the log's index.
    paths: [PathBuf; 3],
    /// Bytes that are to stay free.
    reserve: u64,
    known: Mutex<[Option<Identity>; 3]>,
    options: SqliteConnectOptions,
    keeper: Turn<Keeper>,
}

impl Files {
    /// Opens a connection to keep, and learns which files it has.
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
            keeper: Turn::new(Keeper {
                connection: None,
                closed: false,
            }),
        };
        drop(files.keeper().await?);
        files.learn()?;
        Ok(files)
    }

    /// The connection that is held; made anew where it was lost.
    pub(super) async fn keeper(&self) -> Result<Kept<'_>, sqlx::Error> {
        let mut keeper = self.keeper.lock().await;
        if keeper.closed {
            return Err(sqlx::Error::PoolClosed);
        }
        if keeper.connection.is_none() {
            let mut connection = self.options.connect().await?;
            // The first look is what takes hold of the log and its index.
            sqlx::query("SELECT name FROM sqlite_schema LIMIT 1")
                .fetch_optional(&mut connection)
                .await?;
            keeper.connection = Some(connection);
        }
        Ok(Kept(keeper))
    }

    /// Lets go of the connection that is held. The last thing that is closed.
    pub(super) async fn close(&self) {
        let mut keeper = self.keeper.lock().await;
        keeper.closed = true;
        if let Some(connection) = keeper.connection.take()
            && let Err(error) = connection.close().await
        {
            tracing::debug!(%error, "the connection that is held was not closed in order");
        }
    }

    fn learn(&self) -> io::Result<()> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        for (path, known) in self.paths.iter().zip(known.iter_mut()) {
            *known = Some(identity(path)?);
        }
        Ok(())
    }

    /// Whether every file is still the one that was opened, where it was.
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

    /// Whether the disk has the room that is to stay free.
    pub fn has_room(&self) -> Result<(), Unfit> {
        if self.reserve == 0 || free(&self.folder).is_some_and(|free| free >= self.reserve) {
            Ok(())
        } else {
            Err(Unfit::DiskLow)
        }
    }

    /// Whether it may be written to: the files are in their place, and there is room.
    pub fn take_writes(&self) -> Result<(), Unfit> {
        self.in_place()?;
        self.has_room()
    }

    /// Whether it can be relied on: the same, and however much it may fill, the disk is not full. What is small may be written to a full disk now and then, into
    /// room that the log has already.
    pub fn are_fit(&self) -> Result<(), Unfit> {
        self.take_writes()?;
        if free(&self.folder).is_some_and(|free| free >= FULL) {
            Ok(())
        } else {
            Err(Unfit::DiskLow)
        }
    }
}

/// The connection that is held, in use. One whose statement failed is not used again.
pub(super) struct Kept<'a>(MutexGuard<'a, Keeper>);

impl Kept<'_> {
    /// The one row of a query, if it has one.
    pub(super) async fn row(
        mut self,
        query: Query<'_, Sqlite, SqliteArguments>,
    ) -> Result<Option<SqliteRow>, sqlx::Error> {
        // Whoever stops waiting in the middle, and a look that fails, leave the connection to nobody.
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

/// Elsewhere a file in use can be neither deleted nor replaced.
#[cfg(not(unix))]
fn identity(path: &Path) -> io::Result<Identity> {
    std::fs::metadata(path).map(|_| (0, 0))
}

/// Bytes that are free for us; none where that cannot be told.
#[cfg(unix)]
fn free(folder: &Path) -> Option<u64> {
    let of = rustix::fs::statvfs(folder).ok()?;
    Some(of.f_bavail.saturating_mul(of.f_frsize))
}

#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    Some(u64::MAX)
}
