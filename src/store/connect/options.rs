//! How a database is opened: the options of its connections, and what is done to a SQLite file before anything is.

use std::{fs::OpenOptions, io, path::Path, sync::Arc, time::Duration};

use sea_orm::{
    ConnectOptions, DbErr, RuntimeErr,
    sqlx::{
        ConnectOptions as _,
        postgres::PgConnectOptions,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
    },
};

use super::{ConnectError, Settings, Synchronous};
use crate::store::{
    alone::NAME,
    database_url::{Address, DatabaseUrl},
    files::Files,
    standby, watch,
};

/// How long to wait before a file that is in use is opened again.
const PAUSE: Duration = Duration::from_millis(50);

/// What connections are for.
#[derive(Clone, Copy)]
pub(super) enum Use {
    /// For data: at most so many, and what a commit survives with SQLite.
    Data(u32, Synchronous),
    /// For the trail: at most so many.
    Trail(u32),
    /// For counting.
    Counters,
}

impl Use {
    /// SQLite has one writer, and those who count are served quickly.
    pub(super) fn connections(self, postgres: bool) -> u32 {
        match self {
            Self::Data(connections, _) | Self::Trail(connections) => connections.max(1),
            Self::Counters if postgres => 2,
            Self::Counters => 1,
        }
    }
}

/// Makes a SQLite file that is not there yet, and takes hold of it and of what stands beside it, before anything else is opened: so that every connection
/// is to the same files.
pub(super) async fn keep(url: &DatabaseUrl, of: Use, settings: &Settings) -> Result<Option<Arc<Files>>, ConnectError> {
    let Address::Sqlite(file) = url.address() else {
        return Ok(None);
    };
    if settings.only_looks {
        return Ok(None);
    }
    make_private(file)?;
    let options = sqlite_options(file, of, settings);
    let opened = patiently(settings, || async {
        let opened = Files::open(file, settings.disk_reserve, &options).await;
        opened.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))
    });
    match opened.await {
        Ok(files) => Ok(Some(Arc::new(files))),
        Err(source) => Err(ConnectError::Open {
            database: url.clone(),
            source,
        }),
    }
}

/// Opens a SQLite file. To make it one with a write-ahead log, or to recover that log, SQLite needs the file for itself for a moment, and does not wait
/// for another connection that needs it too, of this process or another. So it is tried again, for as long as one waits for another writer.
pub(super) async fn patiently<T, F>(settings: &Settings, open: impl Fn() -> F) -> Result<T, DbErr>
where
    F: Future<Output = Result<T, DbErr>>,
{
    let attempts = settings.busy_timeout.as_millis() / PAUSE.as_millis();
    for _ in 0..attempts {
        match open().await {
            Err(error) if error.to_string().contains("(code: 5)") => tokio::time::sleep(PAUSE).await,
            opened => return opened,
        }
    }
    open().await
}

/// What holds for both. The address is a stand-in without secrets, since the library may show it in a trace; the true one
/// is set where the driver's own options are made.
fn pool(stand_in: &str, connections: u32, of: Use, settings: &Settings) -> ConnectOptions {
    let lazy = matches!(of, Use::Counters);
    let mut options = ConnectOptions::new(stand_in);
    options
        .max_connections(connections)
        .min_connections(u32::from(!lazy))
        .connect_lazy(lazy)
        .acquire_timeout(settings.acquire_timeout)
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    options
}

pub(super) fn postgres_options(postgres: &PgConnectOptions, of: Use, settings: &Settings) -> ConnectOptions {
    let mut postgres = postgres
        .clone()
        .options([("statement_timeout", settings.statement_timeout.as_millis().to_string())])
        .disable_statement_logging();
    if postgres.get_application_name().is_none() {
        postgres = postgres.application_name(NAME);
    }
    if matches!(of, Use::Counters) {
        postgres = postgres.options([("synchronous_commit", "off")]);
    }
    let mut options = pool("postgres://localhost", of.connections(true), of, settings);
    options
        .test_before_acquire_if_idle_for(Duration::from_secs(30))
        .map_sqlx_postgres_opts(move |_| postgres.clone());
    if !settings.only_looks {
        options.map_sqlx_postgres_pool_opts(|pool| {
            pool.after_connect(|connection, _| Box::pin(standby::refuse_standby(connection)))
        });
    }
    options
}

fn sqlite_options(file: &Path, of: Use, settings: &Settings) -> SqliteConnectOptions {
    let synchronous = match of {
        Use::Data(_, synchronous) => synchronous,
        Use::Trail(_) => Synchronous::Full,
        Use::Counters => Synchronous::Normal,
    };
    let options = SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(true)
        .busy_timeout(settings.busy_timeout)
        // Sorting and intermediate results hold personal data: keep them out of temporary files.
        .pragma("temp_store", "MEMORY")
        .disable_statement_logging();
    if settings.only_looks {
        return options.read_only(true).immutable(is_sealed(file));
    }
    options
        // It was made before anything was opened. One that is gone is not begun anew beneath us.
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(match synchronous {
            Synchronous::Normal => SqliteSynchronous::Normal,
            Synchronous::Full => SqliteSynchronous::Full,
        })
}

/// Whether nobody can write to the file, since nothing can be made beside it, as where evidence is mounted for reading alone. Then SQLite must not look for a log's index, which it would make.
/// A log that is there must be read, with the index that is beside it.
fn is_sealed(file: &Path) -> bool {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let may_write = rustix::fs::access(folder.unwrap_or(Path::new(".")), rustix::fs::Access::WRITE_OK).is_ok();
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    let logged = std::fs::metadata(Path::new(&log)).is_ok_and(|log| log.len() > 0);
    !may_write && !logged
}

pub(super) fn sqlite_pool(file: &Path, of: Use, files: Option<&Arc<Files>>, settings: &Settings) -> ConnectOptions {
    let sqlite = sqlite_options(file, of, settings);
    let mut options = pool("sqlite:", of.connections(false), of, settings);
    options
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .map_sqlx_sqlite_opts(move |_| sqlite.clone());
    watch::install(&mut options, matches!(of, Use::Data(..)), files.cloned());
    options
}

/// Makes the folders of a SQLite file that is not there yet, for the owner alone.
pub(super) fn make_folder(url: &DatabaseUrl, settings: &Settings) -> Result<(), ConnectError> {
    match url.address() {
        Address::Sqlite(file) if !settings.only_looks => make_private_folder(file),
        _ => Ok(()),
    }
}

fn make_private_folder(file: &Path) -> Result<(), ConnectError> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(|source| ConnectError::File {
            path: folder.to_owned(),
            source,
        })?;
    }
    Ok(())
}

/// Makes the file for the owner alone, where it is not there yet. One that others can read is refused, with what stands beside it.
fn make_private(file: &Path) -> Result<(), ConnectError> {
    match make_new(file) {
        Err(ConnectError::File { source, .. }) if source.kind() == io::ErrorKind::AlreadyExists => refuse_exposed(file),
        made => made,
    }
}

#[cfg(unix)]
fn refuse_exposed(file: &Path) -> Result<(), ConnectError> {
    use std::os::unix::fs::PermissionsExt;
    for ending in ["", "-wal", "-shm"] {
        let mut path = file.as_os_str().to_owned();
        path.push(ending);
        // One that cannot be looked at is told of by whoever opens it.
        if std::fs::metadata(&path).is_ok_and(|there| there.permissions().mode() & 0o077 != 0) {
            return Err(ConnectError::Exposed { path: path.into() });
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_exposed(_: &Path) -> Result<(), ConnectError> {
    Ok(())
}

/// Makes a file for the owner alone that must not be there. The journal files that SQLite adds take its rights.
pub(super) fn make_new(file: &Path) -> Result<(), ConnectError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let made = options.open(file).map(|_| ());
    made.map_err(|source| ConnectError::File {
        path: file.to_owned(),
        source,
    })
}
