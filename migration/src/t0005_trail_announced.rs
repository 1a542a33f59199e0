//! The audit trail: entries that announce a change, or say that one was not made, are found in a chain without reading all the others.

use sea_orm_migration::prelude::*;

/// Makes and drops the index.
#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "CREATE INDEX trail_entry_announced ON trail_entry (chain_id, seq) \
             WHERE kind IN ('write', 'consent', 'emergency', 'agreement', 'write_failed')",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP INDEX trail_entry_announced").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

async fn run(manager: &SchemaManager<'_>, statement: &str) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared(statement).await?;
    Ok(())
}
