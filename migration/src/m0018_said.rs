//! A number of another system is unique in one form, however it is written, and the number of a tenancy may be that of all who live there. A family is found by its reference
//! however that is said.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::m0014_written::{Of, noted_by_sqlite};

/// Makes the indexes, and the old rule again.
#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        if manager.get_database_backend() == DbBackend::Postgres {
            db.execute_unprepared(
                "ALTER TABLE local_identifier DROP CONSTRAINT local_identifier_authority_id_system_value_key; \
                 ALTER TABLE local_identifier ADD COLUMN doubled boolean NOT NULL DEFAULT false",
            )
            .await?;
        } else {
            again(manager, "doubled boolean NOT NULL DEFAULT false,", "", "value, false").await?;
        }
        // What was accepted before stays; the first that was there is the one that has the number.
        let form = form(manager);
        db.execute_unprepared(&format!(
            "UPDATE local_identifier SET doubled = true WHERE system <> 'tenancy' AND (authority_id, id) IN ( \
             SELECT authority_id, id FROM (SELECT authority_id, id, row_number() OVER (PARTITION BY authority_id, system, {form} ORDER BY id) AS place \
             FROM local_identifier WHERE system <> 'tenancy') AS numbered WHERE place > 1)"
        ))
        .await?;
        db.execute_unprepared(&format!(
            "CREATE UNIQUE INDEX local_identifier_number ON local_identifier (authority_id, system, ({form})) \
             WHERE system <> 'tenancy' AND NOT doubled"
        ))
        .await?;
        db.execute_unprepared("CREATE UNIQUE INDEX local_identifier_tenancy ON local_identifier (authority_id, value, person_id) WHERE system = 'tenancy'")
            .await?;
        db.execute_unprepared(&format!(
            "CREATE INDEX family_said ON family (authority_id, ({}))",
            bare("reference")
        ))
        .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared("DROP INDEX family_said").await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            db.execute_unprepared(
                "DROP INDEX local_identifier_tenancy; DROP INDEX local_identifier_number; ALTER TABLE local_identifier DROP COLUMN doubled; \
                 ALTER TABLE local_identifier ADD UNIQUE (authority_id, system, value)",
            )
            .await?;
            Ok(())
        } else {
            again(manager, "", "UNIQUE (authority_id, system, value),", "value").await
        }
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// SQLite cannot take a rule from a table: the table is made again, with what belongs to it.
async fn again(manager: &SchemaManager<'_>, column: &str, rule: &str, values: &str) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let statements = [
        format!(
            "CREATE TABLE local_identifier_again (
                authority_id integer NOT NULL,
                id uuid NOT NULL,
                family_id uuid NOT NULL,
                person_id uuid NOT NULL,
                system text NOT NULL CHECK (system IN ('police_reference', 'nino', 'upn', 'nhs_number', 'tenancy')),
                value text NOT NULL,
                {column}
                PRIMARY KEY (authority_id, id),
                {rule}
                FOREIGN KEY (authority_id) REFERENCES authority (id),
                FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id),
                FOREIGN KEY (authority_id, person_id) REFERENCES person (authority_id, id)
            )"
        ),
        format!(
            "INSERT INTO local_identifier_again SELECT authority_id, id, family_id, person_id, system, {values} FROM local_identifier"
        ),
        "DROP TABLE local_identifier".to_owned(),
        "ALTER TABLE local_identifier_again RENAME TO local_identifier".to_owned(),
        "CREATE INDEX local_identifier_family ON local_identifier (authority_id, family_id)".to_owned(),
        "CREATE INDEX local_identifier_person ON local_identifier (authority_id, person_id)".to_owned(),
    ];
    for statement in statements
        .iter()
        .chain(&noted_by_sqlite("local_identifier", Of::Family))
    {
        db.execute_unprepared(statement).await?;
    }
    Ok(())
}

/// A text in capitals and without blanks and marks.
fn bare(column: &str) -> String {
    let mut text = column.to_owned();
    for mark in [' ', '-', '/', '.', '_'] {
        text = format!("replace({text}, '{mark}', '')");
    }
    format!("upper({text})")
}

/// The form in which a number is unique, as near as SQL comes to that in which it is compared: a National Insurance number without its last letter, a number of nothing but digits without
/// noughts at its beginning.
fn form(manager: &SchemaManager<'_>) -> String {
    let bare = bare("value");
    let digits = if manager.get_database_backend() == DbBackend::Postgres {
        format!("{bare} !~ '[^0-9]'")
    } else {
        format!("{bare} NOT GLOB '*[^0-9]*'")
    };
    format!("CASE WHEN system = 'nino' THEN substr({bare}, 1, 8) WHEN {digits} THEN ltrim({bare}, '0') ELSE {bare} END")
}
