//! Whether this process has a database for itself, as a restore must.
//!
//! Whoever opens a SQLite database holds a lock of a file beside it, which they share; a restore holds it alone. On PostgreSQL a restore asks whether others are connected under the program's name: servers that connect through
//! a pooler under another name it does not see.

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

/// The name under which the program connects to PostgreSQL, unless its address says another.
pub(super) const NAME: &str = "thinkfamily";

const OTHERS: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
     AND application_name LIKE 'thinkfamily%'";

/// How often others are looked for, and how long to wait between.
const LOOKS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(100);

/// Locks of the files beside SQLite databases, held until they are let go of.
#[derive(Debug, Default)]
pub(super) struct InUse(Mutex<Vec<File>>);

impl InUse {
    /// Lets others have them.
    pub(super) fn let_go(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Takes the databases in use; alone, if the settings say so.
pub(super) async fn take(urls: [&DatabaseUrl; 2], settings: &Settings) -> Result<InUse, ConnectError> {
    let mut held = Vec::new();
    if settings.only_looks {
        return Ok(InUse::default());
    }
    for url in urls {
        match url.address() {
            Address::Sqlite(file) => held.extend(hold(url, file, settings.alone)?),
            Address::Postgres(options, _) if settings.alone => {
                // What cannot be reached is told when it is opened.
                if others_stay(options).await.unwrap_or(false) {
                    return Err(ConnectError::InUse { database: url.clone() });
                }
            }
            Address::Postgres(..) => {}
        }
    }
    Ok(InUse(Mutex::new(held)))
}

fn hold(url: &DatabaseUrl, file: &Path, alone: bool) -> Result<Option<File>, ConnectError> {
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
    let locked = if alone {
        beside.try_lock()
    } else {
        beside.try_lock_shared()
    };
    match locked {
        Ok(()) => Ok(Some(beside)),
        Err(TryLockError::WouldBlock) => Err(ConnectError::InUse { database: url.clone() }),
        // A file system that knows no locks: then nobody is kept out.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(None),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// Whether others are connected, and still are after a moment: the server takes one to note that somebody has gone.
async fn others_stay(options: &PgConnectOptions) -> Result<bool, sqlx::Error> {
    for _ in 0..LOOKS {
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
