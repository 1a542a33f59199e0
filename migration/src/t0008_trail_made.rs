//! The audit trail: which of the changes that it announces are known to be made; which trail it is; and what it says of restores is found without reading all the rest.

use sea_orm_migration::prelude::*;

use crate::step;

/// Makes and drops the tables and the index.
#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        step::create(manager, TABLES).await?;
        let text = "CREATE INDEX trail_entry_restored ON trail_entry (chain_id, seq) WHERE kind = 'restored'";
        manager.get_connection().execute_unprepared(text).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let text = "DROP INDEX trail_entry_restored";
        manager.get_connection().execute_unprepared(text).await?;
        step::drop(manager, TABLES).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

const TABLES: &[step::Table] = &[
    // By the place of the entry that announces the change. Rows are only ever added, by the process whose chain it is, once the main database has committed.
    step::Table {
        name: "trail_made",
        create: "
        CREATE TABLE trail_made (
            chain_id uuid NOT NULL,
            seq bigint NOT NULL,
            authority_id integer NOT NULL,
            PRIMARY KEY (chain_id, seq)
        )",
        indexes: &[],
    },
    // The one row, once a process has opened a chain, says which trail it is, wherever it is restored to.
    step::Table {
        name: "trail_identity",
        create: "
        CREATE TABLE trail_identity (
            place integer NOT NULL,
            id uuid NOT NULL,
            PRIMARY KEY (place)
        )",
        indexes: &[],
    },
];
