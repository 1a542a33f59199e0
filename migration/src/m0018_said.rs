//! A number of another system is unique in one form, however it is written, and the number of a tenancy may be that of all who live there. A family is found by its reference
//! however that is said.

use crate::{
    m0014_written::{Of, noted_by_sqlite},
    step::{Script, Step},
};

/// Makes the indexes, and the old rule again.
pub(crate) const STEP: Step = Step::new("m0018_said", up, down);

fn up(script: &mut Script) {
    if script.postgres {
        script.run(
            "ALTER TABLE local_identifier DROP CONSTRAINT local_identifier_authority_id_system_value_key; \
             ALTER TABLE local_identifier ADD COLUMN doubled boolean NOT NULL DEFAULT false",
        );
    } else {
        again(script, "doubled boolean NOT NULL DEFAULT false,", "", "value, false");
    }
    // What was accepted before stays; the first that was there is the one that has the number.
    let form = form(script);
    script.run(format!(
        "UPDATE local_identifier SET doubled = true WHERE system <> 'tenancy' AND (authority_id, id) IN ( \
         SELECT authority_id, id FROM (SELECT authority_id, id, row_number() OVER (PARTITION BY authority_id, system, {form} ORDER BY id) AS place \
         FROM local_identifier WHERE system <> 'tenancy') AS numbered WHERE place > 1)"
    ));
    script.run(format!(
        "CREATE UNIQUE INDEX local_identifier_number ON local_identifier (authority_id, system, ({form})) \
         WHERE system <> 'tenancy' AND NOT doubled"
    ));
    script.run("CREATE UNIQUE INDEX local_identifier_tenancy ON local_identifier (authority_id, value, person_id) WHERE system = 'tenancy'");
    script.run(format!(
        "CREATE INDEX family_said ON family (authority_id, ({}))",
        bare("reference")
    ));
}

fn down(script: &mut Script) {
    script.run("DROP INDEX family_said");
    if script.postgres {
        script.run(
            "DROP INDEX local_identifier_tenancy; DROP INDEX local_identifier_number; ALTER TABLE local_identifier DROP COLUMN doubled; \
             ALTER TABLE local_identifier ADD UNIQUE (authority_id, system, value)",
        );
    } else {
        again(script, "", "UNIQUE (authority_id, system, value),", "value");
    }
}

/// SQLite cannot take a rule from a table: the table is made again, with what belongs to it.
fn again(script: &mut Script, column: &str, rule: &str, values: &str) {
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
        script.run(statement);
    }
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
fn form(script: &Script) -> String {
    let bare = bare("value");
    let digits = if script.postgres {
        format!("{bare} !~ '[^0-9]'")
    } else {
        format!("{bare} NOT GLOB '*[^0-9]*'")
    };
    format!("CASE WHEN system = 'nino' THEN substr({bare}, 1, 8) WHEN {digits} THEN ltrim({bare}, '0') ELSE {bare} END")
}
