//! A table that writers lock to take turns; and on PostgreSQL what notes the writes of families does so whoever writes.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::{m0014_written::noted_tables, step};

/// Makes the table, and has what notes writes do so always.
#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        step::create(manager, TABLES).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            for (name, notes) in FUNCTIONS {
                manager
                    .get_connection()
                    .execute_unprepared(&function(name, notes))
                    .await?;
            }
            fire(manager, "ENABLE ALWAYS TRIGGER").await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // What the functions do beside is right for the step before as well, and goes with it.
        if manager.get_database_backend() == DbBackend::Postgres {
            fire(manager, "ENABLE TRIGGER").await?;
        }
        step::drop(manager, TABLES).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

const TABLES: &[step::Table] = &[step::Table {
    name: "write_turn",
    create: "CREATE TABLE write_turn (place integer NOT NULL PRIMARY KEY)",
    indexes: &[],
}];

/// Triggers that fire for an ordinary session alone are silent for one that says that it is a replica, such as the worker of a logical replication.
async fn fire(manager: &SchemaManager<'_>, when: &str) -> Result<(), DbErr> {
    for table in noted_tables() {
        let text = format!("ALTER TABLE {table} {when} {table}_written, {when} {table}_written_truncated");
        manager.get_connection().execute_unprepared(&text).await?;
    }
    Ok(())
}

/// A replica whose triggers fire is given notes of the other server as well. Where one has the number of its own the write must not fail over it: whoever reads sees by the sequence that numbers are
/// not drawn in order there, and keeps nothing.
fn function(name: &str, notes: &str) -> String {
    format!(
        "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
         BEGIN
             PERFORM pg_advisory_xact_lock(1413891395, coalesce(NEW.authority_id, OLD.authority_id));
             INSERT INTO family_written (authority_id, seq, family_id) {notes} ON CONFLICT DO NOTHING;
             RETURN NULL;
         END $$"
    )
}

const FUNCTIONS: [(&str, &str); 5] = [
    (
        "note_written_family_id",
        "SELECT w.a, nextval('family_written_seq'), w.f \
         FROM (VALUES (NEW.authority_id, NEW.family_id), (OLD.authority_id, OLD.family_id)) AS w (a, f) WHERE w.a IS NOT NULL",
    ),
    (
        "note_written_id",
        "VALUES (coalesce(NEW.authority_id, OLD.authority_id), nextval('family_written_seq'), coalesce(NEW.id, OLD.id))",
    ),
    (
        "note_written_authority_id",
        "VALUES (coalesce(NEW.authority_id, OLD.authority_id), nextval('family_written_seq'), '00000000-0000-0000-0000-000000000000')",
    ),
    (
        "note_written_person",
        "SELECT m.authority_id, nextval('family_written_seq'), m.family_id FROM membership m \
         WHERE m.authority_id = coalesce(NEW.authority_id, OLD.authority_id) AND m.person_id IN (NEW.id, OLD.id)",
    ),
    (
        "note_written_person_id",
        "SELECT m.authority_id, nextval('family_written_seq'), m.family_id FROM membership m \
         WHERE m.authority_id = coalesce(NEW.authority_id, OLD.authority_id) AND m.person_id IN (NEW.person_id, OLD.person_id)",
    ),
];
