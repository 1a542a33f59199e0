//! Counts changes over a window that slides: in all, and of each family.

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
    // How many changes were counted in each part of the window (`{"part":count}`), and in all of it, of whatever the digest stands for: nobody can read
    // back from it which family it was, or whose. The check makes a statement that would go beyond fail whole.
    step::Table {
        name: "write_budget",
        create: "
        CREATE TABLE write_budget (
            authority_id integer NOT NULL,
            holder bigint NOT NULL,
            part bigint NOT NULL,
            parts text NOT NULL,
            counted integer NOT NULL,
            allowed integer NOT NULL,
            PRIMARY KEY (authority_id, holder),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            CONSTRAINT write_budget_spent CHECK (counted <= allowed)
        )",
        indexes: &["CREATE INDEX write_budget_part ON write_budget (authority_id, part)"],
    },
];
