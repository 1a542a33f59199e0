//! The audit trail: which families the entries speak of that speak of many.

use sea_orm_migration::prelude::*;

use crate::step;

/// Makes and drops these tables.
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

const TABLES: &[step::Table] = &[step::Table {
    name: "trail_group",
    create: "
        CREATE TABLE trail_group (
            authority_id integer NOT NULL,
            bucket integer NOT NULL,
            recorded_at timestamp with time zone NOT NULL,
            chain_id uuid NOT NULL,
            seq bigint NOT NULL,
            members bytea NOT NULL,
            PRIMARY KEY (authority_id, bucket, recorded_at, chain_id, seq)
        )",
    indexes: &[],
}];
