//! How the databases are opened.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use thinkfamily::store::{
    connect::{Databases, Settings, Synchronous},
    database_url::DatabaseUrl,
};

use crate::support::database::{TestDatabase, settings};

async fn pragma(db: &DatabaseConnection, name: &str) -> String {
    let sql = format!("SELECT CAST({name} AS text) FROM pragma_{name}");
    let row = db
        .query_one_raw(Statement::from_string(DbBackend::Sqlite, sql))
        .await
        .unwrap()
        .unwrap();
    row.try_get_by_index(0).unwrap()
}

#[tokio::test]
async fn sqlite_is_opened_as_asked() {
    let database = TestDatabase::sqlite_empty();
    for (synchronous, expected) in [(Synchronous::Normal, "1"), (Synchronous::Full, "2")] {
        let settings = Settings {
            synchronous,
            ..settings()
        };
        let databases = Databases::open(database.url(), &settings).await.unwrap();
        assert_eq!(pragma(databases.main(), "synchronous").await, expected);
        assert_eq!(
            pragma(databases.trail(), "synchronous").await,
            "2",
            "the trail's commits are never lost"
        );
        for db in [databases.main(), databases.trail()] {
            assert_eq!(pragma(db, "journal_mode").await, "wal");
            assert_eq!(pragma(db, "foreign_keys").await, "1");
            assert_eq!(pragma(db, "temp_store").await, "2");
        }
        databases.close().await.unwrap();
    }
}

#[cfg(unix)]
#[tokio::test]
async fn sqlite_files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let database = TestDatabase::sqlite().await;
    let databases = database.open().await;
    let folder = database.url().file().unwrap().parent().unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(folder), 0o700);
    let files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert!(files.iter().any(|file| file.ends_with("test.trail.db")), "{files:?}");
    for file in &files {
        assert_eq!(mode(file), 0o600, "{}", file.display());
    }
    databases.close().await.unwrap();
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_told() {
    let database = TestDatabase::sqlite().await;
    let below_a_file = DatabaseUrl::sqlite(database.url().file().unwrap().join("test.db"));
    let error = Databases::open(&below_a_file, &settings()).await.unwrap_err();
    assert!(error.to_string().starts_with("cannot make "), "{error}");
}

#[tokio::test]
async fn an_error_never_holds_the_password() {
    // A port that nobody listens at: bound, then given back.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url: DatabaseUrl = format!("postgres://tf:s3cr3t@127.0.0.1:{port}/tf").parse().unwrap();
    let settings = Settings {
        acquire_timeout: Duration::from_secs(1),
        ..settings()
    };
    let error = Databases::open(&url, &settings).await.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(text.contains(&format!("postgres://tf@127.0.0.1:{port}/tf")), "{text}");
    assert!(!text.contains("s3cr3t"), "{text}");
}

#[tokio::test]
async fn postgres_stops_a_statement_that_runs_too_long() {
    let Some(database) = TestDatabase::postgres().await else {
        return;
    };
    let settings = Settings {
        statement_timeout: Duration::from_millis(200),
        ..settings()
    };
    let databases = Databases::open(database.url(), &settings).await.unwrap();
    let error = databases
        .main()
        .execute_unprepared("SELECT pg_sleep(60)")
        .await
        .unwrap_err();
    assert!(error.to_string().contains("statement timeout"), "{error}");
}
