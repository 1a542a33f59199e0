//! Which documents a client may send by their identifiers, and which clients may send no others.

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

const TABLES: &[step::Table] = &[
    // A client that is here sends registered documents only.
    step::Table {
        name: "trusted_client",
        create: "
        CREATE TABLE trusted_client (
            authority_id integer NOT NULL,
            agency_id uuid NOT NULL,
            client text NOT NULL,
            since timestamp with time zone NOT NULL,
            PRIMARY KEY (authority_id, agency_id, client),
            FOREIGN KEY (authority_id, agency_id) REFERENCES agency (authority_id, id)
        )",
        indexes: &[],
    },
    step::Table {
        name: "trusted_document",
        create: "
        CREATE TABLE trusted_document (
            authority_id integer NOT NULL,
            agency_id uuid NOT NULL,
            client text NOT NULL,
            sha256 text NOT NULL,
            text text NOT NULL,
            registered_at timestamp with time zone NOT NULL,
            PRIMARY KEY (authority_id, agency_id, client, sha256),
            FOREIGN KEY (authority_id, agency_id) REFERENCES agency (authority_id, id)
        )",
        indexes: &[],
    },
];
