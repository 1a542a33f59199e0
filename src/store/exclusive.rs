//! Exclusive use of a database, as a restore needs it.
//!
//! Every process that opens a SQLite database holds a shared lock of a file next to it; a restore holds the
//! lock exclusively. On PostgreSQL a restore checks whether others are connected under the program's
//! application name: it does not see servers that connect through a pooler under another name.

use std::{
    ffi::OsString,
    fs::{File, OpenOptions, TryLockError},
    io,
    path::Path,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use sea_orm::sqlx::{self, ConnectOptions as _, Connection as _, Row as _, postgres::PgConnectOptions};

use super::{
    connect::{ConnectError, Settings},
    database_url::{Address, DatabaseUrl},
};

/// The application name on PostgreSQL, unless the address has another.
pub(super) const APPLICATION_NAME: &str = "thinkfamily";

const OTHERS: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
     AND application_name LIKE 'thinkfamily%'";

/// How often to look for other connections, and the pause in between.
const ATTEMPTS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(100);

/// Locks of the files next to SQLite databases, held until they are released.
#[derive(Debug, Default)]
pub(super) struct FileLocks(Mutex<Vec<File>>);

impl FileLocks {
    /// Releases the locks.
    pub(super) fn release(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Takes the locks of the databases, exclusively if the settings say so.
pub(super) async fn take(urls: [&DatabaseUrl; 2], settings: &Settings) -> Result<FileLocks, ConnectError> {
    let mut held = Vec::new();
    if settings.read_only {
        return Ok(FileLocks::default());
    }
    for url in urls {
        match url.address() {
            Address::Sqlite(file) => held.extend(lock_file(url, file, settings.exclusive)?),
            Address::Postgres(options, _) if settings.exclusive => {
                // A database that cannot be reached is reported when it is opened.
                if others_remain(options).await.unwrap_or(false) {
                    return Err(ConnectError::FileLocks { database: url.clone() });
                }
            }
            Address::Postgres(..) => {}
        }
    }
    Ok(FileLocks(Mutex::new(held)))
}

fn lock_file(url: &DatabaseUrl, file: &Path, exclusive: bool) -> Result<Option<File>, ConnectError> {
    let mut path = OsString::from(file);
    path.push("-in-use");
    let failed = |source: io::Error| ConnectError::File {
        path: (&path).into(),
        source,
    };
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let beside = options.open(&path).map_err(failed)?;
    let locked = if exclusive {
        beside.try_lock()
    } else {
        beside.try_lock_shared()
    };
    match locked {
        Ok(()) => Ok(Some(beside)),
        Err(TryLockError::WouldBlock) => Err(ConnectError::FileLocks { database: url.clone() }),
        // A file system without locks: then nobody is kept out.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(None),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// Whether others are connected, and still are after a moment: the server takes a moment to notice that a
/// client has gone.
async fn others_remain(options: &PgConnectOptions) -> Result<bool, sqlx::Error> {
    for _ in 0..ATTEMPTS {
        if others(options).await? == 0 {
            return Ok(false);
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(true)
}

async fn others(options: &PgConnectOptions) -> Result<i64, sqlx::Error> {
    let mut connection = options.clone().application_name("restore").connect().await?;
    let others = sqlx::query(OTHERS).fetch_one(&mut connection).await?.try_get(0)?;
    connection.close().await?;
    Ok(others)
}
