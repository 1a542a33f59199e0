//! The audit trail: what an entry says is stored as it is. It is mostly keys, which PostgreSQL tries to compress each time, and cannot.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

/// Changes how it is stored from now on. In SQLite there is nothing to do.
#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        store_as(manager, "EXTERNAL").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        store_as(manager, "EXTENDED").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

async fn store_as(manager: &SchemaManager<'_>, storage: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        let statement = format!("ALTER TABLE trail_entry ALTER COLUMN body SET STORAGE {storage}");
        manager.get_connection().execute_unprepared(&statement).await?;
    }
    Ok(())
}
