//! How a step makes and drops its tables. The SQL is the same for SQLite and PostgreSQL: both take these type names, and
//! both have composite keys, checks and partial unique indexes.

use sea_orm_migration::prelude::*;

/// A table and its indexes.
pub(crate) struct Table {
    /// Its name, for dropping it.
    pub(crate) name: &'static str,
    /// The statement that makes it.
    pub(crate) create: &'static str,
    /// The statements that make its indexes, which go with the table when it is dropped.
    pub(crate) indexes: &'static [&'static str],
}

/// Makes the tables, in order.
pub(crate) async fn create(manager: &SchemaManager<'_>, tables: &[Table]) -> Result<(), DbErr> {
    let db = manager.get_connection();
    for table in tables {
        db.execute_unprepared(table.create).await?;
        for index in table.indexes {
            db.execute_unprepared(index).await?;
        }
    }
    Ok(())
}

/// Drops the tables, last made first.
pub(crate) async fn drop(manager: &SchemaManager<'_>, tables: &[Table]) -> Result<(), DbErr> {
    let db = manager.get_connection();
    for table in tables.iter().rev() {
        db.execute_unprepared(&format!("DROP TABLE {}", table.name)).await?;
    }
    Ok(())
}
