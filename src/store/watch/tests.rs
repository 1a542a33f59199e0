//! Statements that never end by themselves: a test that gets past one shows that it was stopped.

use sea_orm::{ConnectionTrait as _, DatabaseBackend, Statement};
use tempfile::TempDir;

use crate::{
    clock::{Clock, Ids},
    store::{
        Store,
        connect::{Databases, Settings},
        session::{Mode, Session, StoreError},
    },
};

use super::*;

const ENDLESS: &str =
    "WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count) SELECT max(n) AS n FROM count";
const SHORT: &str = "SELECT 1 AS n";
/// Longer than any test.
const LONG: Duration = Duration::from_hours(1);

/// A database with a single connection.
async fn store(statement_timeout: Duration) -> (Store, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let address = format!("sqlite://{}", folder.path().join("a.db").display());
    let settings = Settings {
        connections: 1,
        trail_connections: 1,
        statement_timeout,
        ..Settings::default()
    };
    let databases = Databases::open(&address.parse().expect("an address"), &settings)
        .await
        .expect("it opens");
    databases.migrate_up().await.expect("the tables of a session");
    (Store::new(databases, Clock::system(), Ids::random()), folder)
}

async fn session(store: &Store, mode: Mode) -> Session {
    Session::begin(store, 1, mode).await.expect("the connection is free")
}

#[tokio::test]
async fn a_statement_ends_at_its_timeout() {
    let (store, _folder) = store(Duration::from_millis(200)).await;
    let session = session(&store, Mode::Read).await;
    for _ in 0..2 {
        let failed = session.rows(ENDLESS, Vec::new()).await.err();
        assert_eq!(failed, Some(StoreError::TOO_LONG));
        assert!(
            session.rows(SHORT, Vec::new()).await.is_ok(),
            "others have their own time"
        );
    }
}

#[tokio::test]
async fn a_session_that_writes_is_stopped_as_a_whole() {
    let (store, _folder) = store(Duration::from_millis(1)).await;
    let table = store.main().execute_unprepared("CREATE TABLE kept (n INTEGER)").await;
    table.expect("a table");
    let insert = "INSERT INTO kept VALUES (1)";
    for _ in 0..2 {
        let session = session(&store, Mode::Write).await;
        assert!(session.rows(insert, Vec::new()).await.is_ok());
        let endless = format!("INSERT INTO kept {ENDLESS}");
        let waited = tokio::time::timeout(Duration::from_millis(20), session.rows(&endless, Vec::new())).await;
        assert!(waited.is_err(), "it has no end, and its own time does not stop it");
        drop(session);
    }
    let session = session(&store, Mode::Write).await;
    assert!(session.rows(insert, Vec::new()).await.is_ok());
    session.commit().await.expect("a transaction of its own");
    let row = store.main().query_one_raw(Statement::from_string(
        DatabaseBackend::Sqlite,
        "SELECT count(*) AS n FROM kept",
    ));
    let row = row.await.expect("an answer").expect("a row");
    assert_eq!(
        row.try_get::<i64>("", "n"),
        Ok(1),
        "of what was stopped nothing is left"
    );
}

#[tokio::test]
async fn an_abandoned_statement_is_cancelled() {
    let (store, _folder) = store(LONG).await;
    for _ in 0..2 {
        let session = session(&store, Mode::Read).await;
        let waited = tokio::time::timeout(Duration::from_millis(20), session.rows(ENDLESS, Vec::new())).await;
        assert!(waited.is_err(), "it has no end");
        drop(session);
    }
    // The only connection is free again, and its next user is not stopped.
    assert!(session(&store, Mode::Write).await.rows(SHORT, Vec::new()).await.is_ok());
    assert!(store.databases().ping().await.is_ok());
}

#[tokio::test]
async fn only_sessions_are_watched() {
    let (store, _folder) = store(Duration::from_millis(1)).await;
    let counting = ENDLESS.replace("FROM count)", "FROM count WHERE n < 200000)");
    let mut session = session(&store, Mode::Read).await;
    assert!(
        session.rows(&counting, Vec::new()).await.is_err(),
        "long enough to be stopped"
    );
    session = {
        drop(session);
        assert!(store.main().execute_unprepared(&counting).await.is_ok());
        Session::begin(&store, 1, Mode::Read)
            .await
            .expect("the connection is free")
    };
    assert!(session.rows(&counting, Vec::new()).await.is_err());
}
