//! Where each authority is served, for those that are moved from one database to another.

use sea_orm_migration::prelude::*;

use crate::step;

/// Makes and drops the table.
#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        step::create(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        step::drop(manager, TABLES).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

const TABLES: &[step::Table] = &[
    // No row: it was never moved, and is served here. No foreign key: the row comes before the authority does.
    step::Table {
        name: "authority_fence",
        create: "
        CREATE TABLE authority_fence (
            authority_id integer NOT NULL,
            state text NOT NULL CHECK (state IN ('arriving', 'here', 'leaving', 'moved', 'elsewhere')),
            move_id uuid NOT NULL,
            since timestamp with time zone NOT NULL,
            PRIMARY KEY (authority_id)
        )",
        indexes: &[],
    },
];
