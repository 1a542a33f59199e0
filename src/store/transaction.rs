//! Transactions that mean the same on both databases. They are rolled back when they are dropped without a commit.

use sea_orm::{
    AccessMode, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};

/// Begins a transaction that only reads and whose statements all see the database as it was at the first of them: a
/// decision and the rows it is about belong together. On PostgreSQL a write in it is refused; on SQLite it is not, so do
/// not write in it: it may fail at once when another process wrote in the meantime.
pub async fn begin_read(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options = match db.get_database_backend() {
        DbBackend::Postgres => TransactionOptions {
            isolation_level: Some(IsolationLevel::RepeatableRead),
            access_mode: Some(AccessMode::ReadOnly),
            sqlite_transaction_mode: None,
        },
        _ => TransactionOptions::default(),
    };
    db.begin_with_options(options).await
}

/// Begins a transaction that writes. SQLite has one writer: it waits here for its turn, up to its busy time-out, rather
/// than fail at its first write. On PostgreSQL each statement sees what was committed before it, so a row whose state a
/// write depends on has to be locked (`SELECT … FOR UPDATE`) or named in the write's own condition.
pub async fn begin_write(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options = match db.get_database_backend() {
        DbBackend::Sqlite => TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        },
        _ => TransactionOptions::default(),
    };
    db.begin_with_options(options).await
}
