//! Opens the two databases, with limits and time-outs. Decides nothing about who may read them.

use std::{sync::Arc, time::Duration};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, SqlxPostgresConnector, SqlxSqliteConnector};

use tokio::time::timeout;

use super::{
    alone::{self, InUse},
    database_url::{Address, DatabaseUrl},
    feed::Wake,
    files::{Files, Unfit},
    pipeline::Pool,
    recovery,
};

mod error;
mod opening;
mod settings;

pub use self::{
    error::ConnectError,
    settings::{Connections, Reading, Settings, Synchronous},
};
use opening::{Use, keep, make_folder, patiently, postgres_options, sqlite_pool};

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
    in_use: Arc<InUse>,
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
        // Where most reading goes over connections of its own, half as many are enough to write.
        let apart = Pool::new(
            url,
            1,
            settings.acquire_timeout,
            settings.statement_timeout,
            settings.only_looks,
        )
        .is_some();
        let mut writing = if apart {
            settings.connections.div_ceil(2)
        } else {
            settings.connections
        };
        for url in [url, trail_url] {
            make_folder(url, settings)?;
        }
        let in_use = alone::take([url, trail_url], settings).await?;
        let of = Use::Data(writing, settings.synchronous);
        let main_files = keep(url, of, settings).await?;
        let mut main = connect(url, of, main_files.as_ref(), settings).await?;
        let trail = Use::Trail(settings.trail_connections);
        let trail_files = keep(trail_url, trail, settings).await?;
        let trail = connect(trail_url, trail, trail_files.as_ref(), settings).await?;
        let counters = connect(url, Use::Counters, main_files.as_ref(), settings).await?;
        let pipeline = pipeline(url, settings).await;
        if apart && pipeline.is_none() {
            main.close().await.map_err(|source| ConnectError::Open {
                database: url.clone(),
                source,
            })?;
            writing = settings.connections;
            main = connect(
                url,
                Use::Data(writing, settings.synchronous),
                main_files.as_ref(),
                settings,
            )
            .await?;
        }
        // One is left for what else writes: feeds, webhooks, alerts. SQLite has one writer.
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
    pub(super) fn family_cache(&self) -> usize {
        self.family_cache
    }

    /// How many operations may write at the same time.
    pub(super) fn writers(&self) -> usize {
        self.writers
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
        self.in_use.let_go();
        closed
    }
}

/// Opens a trail alone, in a SQLite file that is made, for its owner alone, or only looked at.
pub(super) async fn trail_file(
    file: &std::path::Path,
    only_looks: bool,
) -> Result<(DatabaseUrl, DatabaseConnection), ConnectError> {
    let url = DatabaseUrl::sqlite(file);
    let settings = Settings {
        only_looks,
        ..Settings::default()
    };
    if !only_looks {
        opening::make_new(file)?;
    }
    // Nobody takes the file away while it is made.
    let connection = connect(&url, Use::Trail(2), None, &settings).await?;
    Ok((url, connection))
}

/// The connections that only read, if the server can be reached and lets us in that way.
async fn pipeline(url: &DatabaseUrl, settings: &Settings) -> Option<Pool> {
    let most = settings.connections.max(1) as usize;
    let pool = Pool::new(
        url,
        most,
        settings.acquire_timeout,
        settings.statement_timeout,
        settings.only_looks,
    )?;
    if pool.answers().await {
        return Some(pool);
    }
    tracing::warn!("store.not_pipelined: reading over the connections that write, which costs more");
    None
}

async fn connect(
    url: &DatabaseUrl,
    of: Use,
    files: Option<&Arc<Files>>,
    settings: &Settings,
) -> Result<DatabaseConnection, ConnectError> {
    // Those who count come after the others, to the same address.
    if let Address::Postgres(postgres, _) = url.address()
        && !settings.only_looks
        && !matches!(of, Use::Counters)
        // What cannot be reached is told below.
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
            patiently(settings, open).await
        }
    };
    opened.map_err(|source| ConnectError::Open {
        database: url.clone(),
        source,
    })
}
