//! Opens the two databases, with limits and time-outs. Decides nothing about who may read them.

use std::{
    fs::OpenOptions,
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, RuntimeErr, SqlxPostgresConnector,
    SqlxSqliteConnector,
    sqlx::{
        ConnectOptions as _,
        postgres::PgConnectOptions,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
    },
};

use super::{
    database_url::{Address, DatabaseUrl},
    feed::Wake,
    files::{Files, Unfit},
    pipeline::Pool,
    watch,
};

/// How long to wait before a file that is in use is opened again.
const PAUSE: Duration = Duration::from_millis(50);

/// Limits of the connections to the databases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Connections to the main database, at most.
    pub connections: u32,
    /// Connections to the trail, at most; one writes, the others read.
    pub trail_connections: u32,
    /// How long to wait for a free connection, and for a new one to be made.
    pub acquire_timeout: Duration,
    /// How long a statement of an operation may run. PostgreSQL holds every other statement to it as well.
    pub statement_timeout: Duration,
    /// How long SQLite waits for another writer.
    pub busy_timeout: Duration,
    /// What a commit to the main database survives with SQLite. The trail's is always [`Synchronous::Full`].
    pub synchronous: Synchronous,
    /// How often those who wait for changes look by themselves.
    pub feed_poll: Duration,
    /// Memory for what was read of families, in bytes, about.
    pub known_families: usize,
    /// Bytes that are to stay free on the disk of a SQLite database; with fewer nothing is disclosed and nothing written.
    pub disk_reserve: u64,
}

/// What a commit survives with SQLite; PostgreSQL is configured at its own server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Synchronous {
    /// The end of the process. After a loss of power the last commits may be gone; the file stays whole.
    Normal,
    /// A loss of power as well.
    Full,
}

impl Default for Settings {
    /// Ten connections and four for the trail, five seconds to get one, fifteen for a statement, nothing lost; a look every five seconds; 128 MB for families; the disk may fill.
    fn default() -> Self {
        Self {
            connections: 10,
            trail_connections: 4,
            acquire_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(15),
            busy_timeout: Duration::from_secs(5),
            synchronous: Synchronous::Full,
            feed_poll: Duration::from_secs(5),
            known_families: 128_000_000,
            disk_reserve: 0,
        }
    }
}

/// Why the databases could not be opened or migrated. It shows addresses without their passwords.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The folder or the file could not be made.
    #[error("cannot make {}: {source}", path.display())]
    File {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The database does not answer, or refuses us.
    #[error("cannot open the database {database}: {source}")]
    Open {
        /// Its address.
        database: DatabaseUrl,
        /// What the driver said.
        source: DbErr,
    },
    /// A step failed; nothing of the run was kept.
    #[error("cannot migrate the database {database}: {source}")]
    Migrate {
        /// Its address.
        database: DatabaseUrl,
        /// What the database said.
        source: DbErr,
    },
}

/// How many connections a database has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Connections {
    /// Open ones.
    pub open: u64,
    /// Those of them that nobody uses now.
    pub idle: u64,
}

/// What has become of the connections that only read, since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Connections made.
    pub made: u64,
    /// Those of them that were lost, or given up because the server said nothing.
    pub lost: u64,
    /// Operations that got none in time, or for which none could be made.
    pub refused: u64,
}

/// The main database and the trail, open. Cheap to clone: clones share the connections.
#[derive(Clone, Debug)]
pub struct Databases {
    url: DatabaseUrl,
    trail_url: DatabaseUrl,
    main: DatabaseConnection,
    trail: DatabaseConnection,
    counters: DatabaseConnection,
    pipeline: Option<Pool>,
    main_files: Option<Arc<Files>>,
    trail_files: Option<Arc<Files>>,
    statement_timeout: Duration,
    known_families: usize,
    wake: Arc<Wake>,
}

impl Databases {
    /// Opens both databases, making SQLite files that are not there yet (readable for their owner only). Migrates nothing.
    pub async fn open(url: &DatabaseUrl, settings: &Settings) -> Result<Self, ConnectError> {
        Self::open_at(url, &url.trail(), settings).await
    }

    /// The same, with the trail at an address of its own.
    pub async fn open_at(
        url: &DatabaseUrl,
        trail_url: &DatabaseUrl,
        settings: &Settings,
    ) -> Result<Self, ConnectError> {
        let main = Use::Data(settings.connections, settings.synchronous);
        let main_files = keep(url, main, settings).await?;
        let main = connect(url, main, main_files.as_ref(), settings).await?;
        let trail = Use::Trail(settings.trail_connections);
        let trail_files = keep(trail_url, trail, settings).await?;
        let trail = connect(trail_url, trail, trail_files.as_ref(), settings).await?;
        let counters = connect(url, Use::Counters, main_files.as_ref(), settings).await?;
        let pipeline = pipeline(url, settings).await;
        Ok(Self {
            url: url.clone(),
            trail_url: trail_url.clone(),
            main,
            trail,
            counters,
            pipeline,
            main_files,
            trail_files,
            statement_timeout: settings.statement_timeout,
            known_families: settings.known_families,
            wake: Arc::new(Wake::new(url, settings.feed_poll)),
        })
    }

    /// Where the main database is.
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// Where the trail is.
    pub fn trail_url(&self) -> &DatabaseUrl {
        &self.trail_url
    }

    /// Asks both databases for an answer, and gives the first failure.
    pub async fn answer(&self) -> Result<(), DbErr> {
        for database in [&self.main, &self.trail] {
            database.execute_unprepared("SELECT 1").await?;
        }
        Ok(())
    }

    /// The files of the main database, where it is one of SQLite.
    pub(super) fn main_files(&self) -> Option<&Arc<Files>> {
        self.main_files.as_ref()
    }

    /// The files of the trail, where it is one of SQLite.
    pub(super) fn trail_files(&self) -> Option<&Arc<Files>> {
        self.trail_files.as_ref()
    }

    /// What makes the files of either database unfit to be relied on now.
    pub fn unfit(&self) -> Vec<Unfit> {
        let all = [&self.main_files, &self.trail_files].into_iter().flatten();
        all.filter_map(|files| files.are_fit().err()).collect()
    }

    /// How many connections there are: to the main database, to the trail, and to the main database for reading alone; none of the last where it is
    /// read over the first.
    pub fn connections(&self) -> [Connections; 3] {
        let [main, trail] = [&self.main, &self.trail].map(|database| {
            if database.get_database_backend() == DbBackend::Postgres {
                let pool = database.get_postgres_connection_pool();
                Connections {
                    open: pool.size().into(),
                    idle: pool.num_idle() as u64,
                }
            } else {
                let pool = database.get_sqlite_connection_pool();
                Connections {
                    open: pool.size().into(),
                    idle: pool.num_idle() as u64,
                }
            }
        });
        let reading = self.pipeline.as_ref().map(Pool::connections).unwrap_or_default();
        [main, trail, reading]
    }

    /// What has become of the connections that only read.
    pub fn reading(&self) -> Reading {
        self.pipeline.as_ref().map(Pool::reading).unwrap_or_default()
    }

    /// The main database.
    pub fn main(&self) -> &DatabaseConnection {
        &self.main
    }

    /// The trail's database, over connections of its own.
    pub fn trail(&self) -> &DatabaseConnection {
        &self.trail
    }

    /// The main database, over the few connections that only count, are made when there is something to count, and do not wait for the disk.
    pub(super) fn counters(&self) -> &DatabaseConnection {
        &self.counters
    }

    /// The main database over the connections that only read, several statements at once; none where it has to be read over those that write.
    pub(super) fn pipeline(&self) -> Option<&Pool> {
        self.pipeline.as_ref()
    }

    /// How long a statement of an operation may run.
    pub(super) fn statement_timeout(&self) -> Duration {
        self.statement_timeout
    }

    /// How many bytes of memory a store over them has for families, about.
    pub(super) fn known_families(&self) -> usize {
        self.known_families
    }

    /// Wakes those who wait for changes.
    pub(super) fn wake(&self) -> &Arc<Wake> {
        &self.wake
    }

    /// Closes all connections, after the statements that run. Clones are closed as well.
    pub async fn close(&self) -> Result<(), DbErr> {
        self.wake.close();
        if let Some(pipeline) = &self.pipeline {
            pipeline.close();
        }
        let main = self.main.close_by_ref().await.and(self.counters.close_by_ref().await);
        let closed = self.trail.close_by_ref().await.and(main);
        for files in [&self.main_files, &self.trail_files].into_iter().flatten() {
            files.close().await;
        }
        closed
    }
}

/// The connections that only read, if the server can be reached and lets us in that way.
async fn pipeline(url: &DatabaseUrl, settings: &Settings) -> Option<Pool> {
    let most = settings.connections.max(1) as usize;
    let pool = Pool::new(url, most, settings.acquire_timeout, settings.statement_timeout)?;
    if pool.answers().await {
        return Some(pool);
    }
    tracing::warn!("store.not_pipelined: reading over the connections that write, which costs more");
    None
}

/// What connections are for.
#[derive(Clone, Copy)]
enum Use {
    /// For data: at most so many, and what a commit survives with SQLite.
    Data(u32, Synchronous),
    /// For the trail: at most so many.
    Trail(u32),
    /// For counting.
    Counters,
}

impl Use {
    /// SQLite has one writer, and those who count are served quickly.
    fn connections(self, postgres: bool) -> u32 {
        match self {
            Self::Data(connections, _) | Self::Trail(connections) => connections.max(1),
            Self::Counters if postgres => 4,
            Self::Counters => 1,
        }
    }
}

async fn connect(
    url: &DatabaseUrl,
    of: Use,
    files: Option<&Arc<Files>>,
    settings: &Settings,
) -> Result<DatabaseConnection, ConnectError> {
    let opened = match url.address() {
        Address::Postgres(postgres, _) => {
            SqlxPostgresConnector::connect(postgres_options(postgres, of, settings)).await
        }
        Address::Sqlite(file) => {
            let open = || SqlxSqliteConnector::connect(sqlite_pool(file, of, files, settings));
            patiently(settings, open).await
        }
    };
    opened.map_err(|source| ConnectError::Open {
        database: url.clone(),
        source,
    })
}

/// Makes a SQLite file that is not there yet, and takes hold of it and of what stands beside it, before anything else is opened: so that every connection
/// is to the same files.
async fn keep(url: &DatabaseUrl, of: Use, settings: &Settings) -> Result<Option<Arc<Files>>, ConnectError> {
    let Address::Sqlite(file) = url.address() else {
        return Ok(None);
    };
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
async fn patiently<T, F>(settings: &Settings, open: impl Fn() -> F) -> Result<T, DbErr>
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

fn postgres_options(postgres: &PgConnectOptions, of: Use, settings: &Settings) -> ConnectOptions {
    let mut postgres = postgres
        .clone()
        .options([("statement_timeout", settings.statement_timeout.as_millis().to_string())])
        .disable_statement_logging();
    if postgres.get_application_name().is_none() {
        postgres = postgres.application_name("thinkfamily");
    }
    if matches!(of, Use::Counters) {
        postgres = postgres.options([("synchronous_commit", "off")]);
    }
    let mut options = pool("postgres://localhost", of.connections(true), of, settings);
    options
        .test_before_acquire_if_idle_for(Duration::from_secs(30))
        .map_sqlx_postgres_opts(move |_| postgres.clone());
    options
}

fn sqlite_options(file: &Path, of: Use, settings: &Settings) -> SqliteConnectOptions {
    let synchronous = match of {
        Use::Data(_, synchronous) => synchronous,
        Use::Trail(_) => Synchronous::Full,
        Use::Counters => Synchronous::Normal,
    };
    SqliteConnectOptions::new()
        .filename(file)
        // It was made before anything was opened. One that is gone is not begun anew beneath us.
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(match synchronous {
            Synchronous::Normal => SqliteSynchronous::Normal,
            Synchronous::Full => SqliteSynchronous::Full,
        })
        .foreign_keys(true)
        .busy_timeout(settings.busy_timeout)
        // Sorting and intermediate results hold personal data: keep them out of temporary files.
        .pragma("temp_store", "MEMORY")
        .disable_statement_logging()
}

fn sqlite_pool(file: &Path, of: Use, files: Option<&Arc<Files>>, settings: &Settings) -> ConnectOptions {
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

/// Makes the file, and the folders above it, for the owner alone. The journal files that SQLite adds take its rights.
fn make_private(file: &Path) -> Result<(), ConnectError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| ConnectError::File { path, source }
    };
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(failed(folder))?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(failed(file)(error)),
        _ => Ok(()),
    }
}
