//! The trail's tables for tests, with helpers that tamper with them.

use std::path::Path;

use migration::TRAIL;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseTransaction, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
    sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

pub(crate) use sea_orm::Value;

use super::TrailStore;
use crate::store::migrate;

/// A SQLite trail in a new file.
pub(crate) async fn new_trail(file: &Path) -> TrailStore {
    let store = reopen(file).await;
    migrate::up(&store.writer, &TRAIL).await.unwrap();
    store
}

/// A SQLite trail in a file that may exist already. It has one writing connection, so that a test's changes
/// to that connection last.
pub(crate) async fn reopen(file: &Path) -> TrailStore {
    with_readers(file, 4).await
}

/// As [`reopen`], with this many reading connections.
pub(crate) async fn with_readers(file: &Path, readers: u32) -> TrailStore {
    let connect = |connections: u32| async move {
        let file = file.to_owned();
        let mut options = ConnectOptions::new("sqlite:");
        options
            .max_connections(connections)
            .idle_timeout(None)
            .max_lifetime(None)
            .sqlx_logging(false)
            .map_sqlx_sqlite_opts(move |_| {
                SqliteConnectOptions::new()
                    .filename(&file)
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
            });
        Database::connect(options).await.unwrap()
    };
    TrailStore::over(connect(1).await, connect(readers).await)
}

/// Runs one statement and returns the number of rows affected.
pub(crate) async fn tamper(store: &TrailStore, sql: &str, values: impl IntoIterator<Item = Value>) -> u64 {
    store
        .writer
        .execute_raw(Statement::from_sql_and_values(
            store.writer.get_database_backend(),
            sql,
            values,
        ))
        .await
        .unwrap()
        .rows_affected()
}

/// Locks the database so that nobody else can write.
pub(crate) async fn lock(store: &TrailStore) -> DatabaseTransaction {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    store.writer.begin_with_options(options).await.unwrap()
}

/// Releases the lock.
pub(crate) async fn unlock(lock: DatabaseTransaction) {
    lock.rollback().await.unwrap();
}
