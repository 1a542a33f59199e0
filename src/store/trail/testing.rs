//! The trail's tables for tests, and a hand that does to them what no program of ours does.

use std::path::Path;

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait, Value,
};

use super::TrailStore;

const TABLES: &str = "
CREATE TABLE trail_entry (chain_id uuid NOT NULL, seq bigint NOT NULL, recorded_at timestamp_with_timezone_text NOT NULL,
  authority_id integer, kind text NOT NULL, body text NOT NULL, prev_hash text NOT NULL, hash text NOT NULL,
  PRIMARY KEY (chain_id, seq));
CREATE TABLE trail_subject (authority_id integer NOT NULL, family_id uuid NOT NULL,
  recorded_at timestamp_with_timezone_text NOT NULL, chain_id uuid NOT NULL, seq bigint NOT NULL,
  PRIMARY KEY (authority_id, family_id, chain_id, seq));
CREATE TABLE trail_head (chain_id uuid NOT NULL PRIMARY KEY, seq bigint NOT NULL, hash text NOT NULL,
  signature text NOT NULL, process text NOT NULL, updated_at timestamp_with_timezone_text NOT NULL);
";

/// A SQLite trail in a new file, with its tables.
pub(crate) async fn new_trail(file: &Path) -> TrailStore {
    let store = reopen(file).await;
    store.writer.execute_unprepared(TABLES).await.unwrap();
    store
}

/// A SQLite trail in a file that may be there already.
pub(crate) async fn reopen(file: &Path) -> TrailStore {
    TrailStore::connect(&format!("sqlite://{}?mode=rwc", file.display()))
        .await
        .unwrap()
}

/// Runs one statement and says how many rows it touched.
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

/// Holds the database so that nobody else can write.
pub(crate) async fn lock(store: &TrailStore) -> DatabaseTransaction {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    store.writer.begin_with_options(options).await.unwrap()
}

/// Lets the database go.
pub(crate) async fn unlock(lock: DatabaseTransaction) {
    lock.rollback().await.unwrap();
}
