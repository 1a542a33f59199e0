//! A fresh database for each test, of either kind, and the way to write a test once for both.

use tempfile::TempDir;
use thinkfamily::store::{
    connect::{Databases, Settings, Synchronous},
    database_url::DatabaseUrl,
};

use super::postgres;

/// A database of one test; it goes when the test ends.
pub(crate) struct TestDatabase {
    url: DatabaseUrl,
    text: String,
    place: Place,
}

enum Place {
    Folder { _folder: TempDir },
    Server { name: String },
}

impl TestDatabase {
    /// Two SQLite files, migrated.
    pub(crate) async fn sqlite() -> Self {
        let database = Self::sqlite_empty();
        migrate(&database.url).await;
        database
    }

    /// A place for two SQLite files that do not exist yet.
    pub(crate) fn sqlite_empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let text = format!("sqlite://{}", folder.path().join("data/test.db").display());
        Self::at(text, Place::Folder { _folder: folder })
    }

    /// A PostgreSQL database, migrated; none when PostgreSQL is not installed.
    pub(crate) async fn postgres() -> Option<Self> {
        let server = postgres::server()?;
        let name = server
            .create_migrated(async |text| migrate(&text.parse().unwrap()).await)
            .await;
        Some(Self::at(server.url(&name), Place::Server { name }))
    }

    /// A PostgreSQL database with no tables; none when PostgreSQL is not installed.
    pub(crate) async fn postgres_empty() -> Option<Self> {
        let server = postgres::server()?;
        let name = server.create_empty().await;
        Some(Self::at(server.url(&name), Place::Server { name }))
    }

    /// Where it is.
    pub(crate) fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// Where it is, as `DATABASE_URL` would say.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Opens it with few connections, so that many tests can run at once.
    pub(crate) async fn open(&self) -> Databases {
        open(&self.url, &settings()).await
    }

    /// The same, with so many bytes of memory for families.
    pub(crate) async fn open_keeping(&self, family_cache: usize) -> Databases {
        let settings = Settings {
            family_cache,
            ..settings()
        };
        open(&self.url, &settings).await
    }

    /// The same, with other limits.
    pub(crate) async fn open_within(&self, settings: &Settings) -> Databases {
        open(&self.url, settings).await
    }

    fn at(text: String, place: Place) -> Self {
        let url = text.parse().unwrap();
        Self { url, text, place }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // After a failure it may be looked at, until the server goes with the process.
        if let Place::Server { name } = &self.place
            && !std::thread::panicking()
            && let Some(server) = postgres::server()
        {
            server.drop_database(name);
        }
    }
}

/// The limits the tests open databases with.
pub(crate) fn settings() -> Settings {
    Settings {
        connections: 6,
        trail_connections: 2,
        // Nobody is woken by the clock: what comes, comes because it was told.
        feed_poll: std::time::Duration::from_hours(1),
        synchronous: Synchronous::Normal,
        ..Settings::default()
    }
}

/// Opens a database that is not of this module's making.
pub(crate) async fn open_at(url: &str) -> Databases {
    open(&url.parse().unwrap(), &settings()).await
}

async fn open(url: &DatabaseUrl, settings: &Settings) -> Databases {
    // A file that another connection is just closing for good may be locked for a moment, which SQLite does not wait for.
    for _ in 0..20 {
        match Databases::open(url, settings).await {
            Err(error) if error.to_string().contains("locked") => {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            opened => return opened.unwrap(),
        }
    }
    Databases::open(url, settings).await.unwrap()
}

async fn migrate(url: &DatabaseUrl) {
    let databases = open(url, &settings()).await;
    databases.migrate_up().await.unwrap();
    databases.close().await.unwrap();
}

/// Runs an `async fn name(database: &TestDatabase)` as two tests, `name::sqlite` and `name::postgres`, each with a fresh,
/// migrated database; with `empty` before the name, without tables.
macro_rules! on_both {
    ($name:ident) => {
        $crate::support::database::on_both!(
            $name,
            $crate::support::database::TestDatabase::sqlite().await,
            $crate::support::database::TestDatabase::postgres().await
        );
    };
    (empty $name:ident) => {
        $crate::support::database::on_both!(
            $name,
            $crate::support::database::TestDatabase::sqlite_empty(),
            $crate::support::database::TestDatabase::postgres_empty().await
        );
    };
    ($name:ident, $sqlite:expr, $postgres:expr) => {
        mod $name {
            #[tokio::test]
            async fn sqlite() {
                super::$name(&$sqlite).await;
            }

            #[tokio::test]
            async fn postgres() {
                if let Some(database) = $postgres {
                    super::$name(&database).await;
                }
            }
        }
    };
}
pub(crate) use on_both;
