//! Opens the two databases, with limits and timeouts. Decides nothing about who may read them.

use std::{sync::Arc, time::Duration};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, SqlxPostgresConnector, SqlxSqliteConnector};

use tokio::time::timeout;

use super::{
    database_url::{Address, DatabaseUrl},
    exclusive::{self, FileLocks},
    feed::Wake,
    files::{Files, Unfit},
    pipeline::Pool,
    recovery,
};

mod error;
mod options;
mod settings;

pub use self::{
    error::ConnectError,
    settings::{Connections, ReadStats, Settings, Synchronous},
};
use options::{Purpose, hold_files, make_folder, postgres_options, sqlite_pool, with_retries};

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
    family_cache: usize,
    writers: usize,
    wake: Arc<Wake>,
    in_use: Arc<FileLocks>,
}

impl Databases {
    /// Opens both databases, creating missing SQLite files (readable by their owner only). Runs no
    /// migrations.
    pub async fn open(url: &DatabaseUrl, settings: &Settings) -> Result<Self, ConnectError> {
        Self::open_at(url, &url.trail(), settings).await
    }

    /// As [`open`](Self::open), with the trail at a separate address.
    pub async fn open_at(
        url: &DatabaseUrl,
        trail_url: &DatabaseUrl,
        settings: &Settings,
    ) -> Result<Self, ConnectError> {
        // If most reads use their own connections, half as many are enough to write.
        let reading_pool = Pool::new(
            url,
            1,
            settings.acquire_timeout,
            settings.statement_timeout,
            settings.read_only,
        )
        .is_some();
        let mut writing = if reading_pool {
            settings.connections.div_ceil(2)
        } else {
            settings.connections
        };
        for url in [url, trail_url] {
            make_folder(url, settings)?;
        }
        let in_use = exclusive::take([url, trail_url], settings).await?;
        let of = Purpose::Data(writing, settings.synchronous);
        let main_files = hold_files(url, of, settings).await?;
        let mut main = connect(url, of, main_files.as_ref(), settings).await?;
        let trail = Purpose::Trail(settings.trail_connections);
        let trail_files = hold_files(trail_url, trail, settings).await?;
        let trail = connect(trail_url, trail, trail_files.as_ref(), settings).await?;
        let counters = connect(url, Purpose::Counters, main_files.as_ref(), settings).await?;
        let pipeline = pipeline(url, settings).await;
        if reading_pool && pipeline.is_none() {
            main.close().await.map_err(|source| ConnectError::Open {
                database: url.clone(),
                source,
            })?;
            writing = settings.connections;
            main = connect(
                url,
                Purpose::Data(writing, settings.synchronous),
                main_files.as_ref(),
                settings,
            )
            .await?;
        }
        // One connection is left for other writers: feeds, webhooks, alerts. SQLite has one writer.
        let writers = match url.address() {
            Address::Postgres(..) => writing.saturating_sub(1).max(1),
            Address::Sqlite(_) => 1,
        };
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
            family_cache: settings.family_cache,
            writers: writers as usize,
            wake: Arc::new(Wake::new(url, settings.feed_poll)),
            in_use: Arc::new(in_use),
        })
    }

    /// The address of the main database.
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// The address of the trail.
    pub fn trail_url(&self) -> &DatabaseUrl {
        &self.trail_url
    }

    /// Pings both databases, and returns the first failure.
    pub async fn ping(&self) -> Result<(), DbErr> {
        for database in [&self.main, &self.trail] {
            database.execute_unprepared("SELECT 1").await?;
        }
        Ok(())
    }

    /// The files of the main database, if it is SQLite.
    pub(super) fn main_files(&self) -> Option<&Arc<Files>> {
        self.main_files.as_ref()
    }

    /// The files of the trail, if it is SQLite.
    pub(super) fn trail_files(&self) -> Option<&Arc<Files>> {
        self.trail_files.as_ref()
    }

    /// What is currently wrong with the files of either database.
    pub fn unfit(&self) -> Vec<Unfit> {
        let all = [&self.main_files, &self.trail_files].into_iter().flatten();
        all.filter_map(|files| files.are_usable().err()).collect()
    }

    /// The number of connections: to the main database, to the trail, and for reads of the main database;
    /// none of the last kind if it is read over the first.
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

    /// Statistics of the reading connections.
    pub fn reading(&self) -> ReadStats {
        self.pipeline.as_ref().map(Pool::reading).unwrap_or_default()
    }

    /// The main database.
    pub fn main(&self) -> &DatabaseConnection {
        &self.main
    }

    /// The trail's database, over its own connections.
    pub fn trail(&self) -> &DatabaseConnection {
        &self.trail
    }

    /// The main database over the few connections used for counting, which are opened on demand and do not
    /// wait for the disk.
    pub(super) fn counters(&self) -> &DatabaseConnection {
        &self.counters
    }

    /// The main database over the connections for pipelined reads; `None` if it has to be read over those
    /// that write.
    pub(super) fn pipeline(&self) -> Option<&Pool> {
        self.pipeline.as_ref()
    }

    /// The statement timeout of operations.
    pub(super) fn statement_timeout(&self) -> Duration {
        self.statement_timeout
    }

    /// The approximate size of the cache of families, in bytes.
    pub(super) fn family_cache(&self) -> usize {
        self.family_cache
    }

    /// How many operations may write at the same time.
    pub(super) fn writers(&self) -> usize {
        self.writers
    }

    /// Wakes readers that wait for changes.
    pub(super) fn wake(&self) -> &Arc<Wake> {
        &self.wake
    }

    /// Closes all connections after their current statements. Clones are closed as well.
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
        self.in_use.release();
        closed
    }
}

/// Opens a trail without a main database: in a new SQLite file readable by its owner only, or read-only.
pub(super) async fn trail_file(
    file: &std::path::Path,
    read_only: bool,
) -> Result<(DatabaseUrl, DatabaseConnection), ConnectError> {
    let url = DatabaseUrl::sqlite(file);
    let settings = Settings {
        read_only,
        ..Settings::default()
    };
    if !read_only {
        options::make_new(file)?;
    }
    // The file is kept open while it is created, so nobody can take it away.
    let connection = connect(&url, Purpose::Trail(2), None, &settings).await?;
    Ok((url, connection))
}

/// The reading connections, if the server can be reached in that way and accepts them.
async fn pipeline(url: &DatabaseUrl, settings: &Settings) -> Option<Pool> {
    let most = settings.connections.max(1) as usize;
    let pool = Pool::new(
        url,
        most,
        settings.acquire_timeout,
        settings.statement_timeout,
        settings.read_only,
    )?;
    if pool.answers().await {
        return Some(pool);
    }
    tracing::warn!("store.not_pipelined: reading over the connections that write, which costs more");
    None
}

async fn connect(
    url: &DatabaseUrl,
    of: Purpose,
    files: Option<&Arc<Files>>,
    settings: &Settings,
) -> Result<DatabaseConnection, ConnectError> {
    // Counting connections come after the others, to the same address.
    if let Address::Postgres(postgres, _) = url.address()
        && !settings.read_only
        && !matches!(of, Purpose::Counters)
        // A server that cannot be reached is reported below.
        && let Ok(Ok(true)) = timeout(settings.acquire_timeout, recovery::is_standby(postgres)).await
    {
        return Err(ConnectError::Standby { database: url.clone() });
    }
    let opened = match url.address() {
        Address::Postgres(postgres, _) => {
            SqlxPostgresConnector::connect(postgres_options(postgres, of, settings)).await
        }
        Address::Sqlite(file) => {
            let open = || SqlxSqliteConnector::connect(sqlite_pool(file, of, files, settings));
            with_retries(settings, open).await
        }
    };
    opened.map_err(|source| ConnectError::Open {
        database: url.clone(),
        source,
    })
}
