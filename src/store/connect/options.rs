//! How a database is opened: connection options, and the preparation of a SQLite file.

use std::{fs::OpenOptions, io, path::Path, sync::Arc, time::Duration};

use sea_orm::{
    ConnectOptions, DbErr, RuntimeErr,
    sqlx::{
        ConnectOptions as _,
        postgres::PgConnectOptions,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
    },
};

use super::{
    error::ConnectError,
    settings::{Settings, Synchronous},
};
use crate::store::{
    database_url::{Address, DatabaseUrl},
    exclusive::APPLICATION_NAME,
    files::Files,
    recovery, watch,
};

/// The pause before a busy file is opened again.
const PAUSE: Duration = Duration::from_millis(50);

/// The purpose of connections.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    /// For data: the most connections, and what a commit survives on SQLite.
    Data(u32, Synchronous),
    /// For the trail: the most connections.
    Trail(u32),
    /// For counting.
    Counters,
}

impl Purpose {
    /// SQLite has one writer, and counting is quick.
    pub(super) fn connections(self, postgres: bool) -> u32 {
        match self {
            Self::Data(connections, _) | Self::Trail(connections) => connections.max(1),
            Self::Counters if postgres => 2,
            Self::Counters => 1,
        }
    }
}

/// Creates a missing SQLite file, and holds it and the files next to it open before anything else is opened,
/// so that every connection is to the same files.
pub(super) async fn hold_files(
    url: &DatabaseUrl,
    of: Purpose,
    settings: &Settings,
) -> Result<Option<Arc<Files>>, ConnectError> {
    let Address::Sqlite(file) = url.address() else {
        return Ok(None);
    };
    if settings.read_only {
        return Ok(None);
    }
    make_private(file)?;
    let options = sqlite_options(file, of, settings);
    let opened = with_retries(settings, || async {
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

/// Opens a SQLite file, with retries. To switch it to a write-ahead log, or to recover that log, SQLite
/// briefly needs exclusive use, and does not wait for another connection, of this process or another, that
/// needs it too. So it is retried for as long as the busy timeout.
pub(super) async fn with_retries<T, F>(settings: &Settings, open: impl Fn() -> F) -> Result<T, DbErr>
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

/// Options for both databases. The address is a stand-in without secrets, since the library may show it in a
/// trace; the real one is set in the driver's own options.
fn pool(stand_in: &str, connections: u32, of: Purpose, settings: &Settings) -> ConnectOptions {
    let lazy = matches!(of, Purpose::Counters);
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

pub(super) fn postgres_options(postgres: &PgConnectOptions, of: Purpose, settings: &Settings) -> ConnectOptions {
    let mut postgres = postgres
        .clone()
        .options([("statement_timeout", settings.statement_timeout.as_millis().to_string())])
        .disable_statement_logging();
    if postgres.get_application_name().is_none() {
        postgres = postgres.application_name(APPLICATION_NAME);
    }
    if matches!(of, Purpose::Counters) {
        postgres = postgres.options([("synchronous_commit", "off")]);
    }
    let mut options = pool("postgres://localhost", of.connections(true), of, settings);
    options
        .test_before_acquire_if_idle_for(Duration::from_secs(30))
        .map_sqlx_postgres_opts(move |_| postgres.clone());
    if !settings.read_only {
        options.map_sqlx_postgres_pool_opts(|pool| {
            pool.after_connect(|connection, _| Box::pin(recovery::refuse_standby(connection)))
        });
    }
    options
}

fn sqlite_options(file: &Path, of: Purpose, settings: &Settings) -> SqliteConnectOptions {
    let synchronous = match of {
        Purpose::Data(_, synchronous) => synchronous,
        Purpose::Trail(_) => Synchronous::Full,
        Purpose::Counters => Synchronous::Normal,
    };
    let options = SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(true)
        .busy_timeout(settings.busy_timeout)
        // Sorting and intermediate results hold personal data, so they are kept out of temporary files.
        .pragma("temp_store", "MEMORY")
        .disable_statement_logging();
    if settings.read_only {
        return options.read_only(true).immutable(is_sealed(file));
    }
    options
        // The file was created before anything was opened. One that has disappeared is not silently
        // recreated.
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(match synchronous {
            Synchronous::Normal => SqliteSynchronous::Normal,
            Synchronous::Full => SqliteSynchronous::Full,
        })
}

/// Whether the file is immutable because nothing can be created next to it, as on a read-only mount of
/// evidence. Then SQLite must not look for an index of the log, which it would create. An existing log must
/// be read, with the index next to it.
fn is_sealed(file: &Path) -> bool {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let may_write = rustix::fs::access(folder.unwrap_or(Path::new(".")), rustix::fs::Access::WRITE_OK).is_ok();
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    let logged = std::fs::metadata(Path::new(&log)).is_ok_and(|log| log.len() > 0);
    !may_write && !logged
}

pub(super) fn sqlite_pool(file: &Path, of: Purpose, files: Option<&Arc<Files>>, settings: &Settings) -> ConnectOptions {
    let sqlite = sqlite_options(file, of, settings);
    let mut options = pool("sqlite:", of.connections(false), of, settings);
    options
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .map_sqlx_sqlite_opts(move |_| sqlite.clone());
    watch::install(&mut options, matches!(of, Purpose::Data(..)), files.cloned());
    options
}

/// Creates the folders of a missing SQLite file, accessible by the owner only.
pub(super) fn make_folder(url: &DatabaseUrl, settings: &Settings) -> Result<(), ConnectError> {
    match url.address() {
        Address::Sqlite(file) if !settings.read_only => make_private_folder(file),
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

/// Creates the file if it is missing, readable by the owner only. A file that others can read is refused, and
/// so are those next to it.
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
        // One that cannot be examined is reported when it is opened.
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

/// Creates a file, readable by the owner only, that must not exist. The journal files that SQLite adds
/// inherit its mode.
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
