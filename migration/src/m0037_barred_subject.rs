//! Who may see nothing of a family, whatever an agreement says.

use crate::{
    m0014_written::note_writes_of_family,
    step::{Script, Step, Table},
};

/// Makes and drops the table.
pub(crate) const STEP: Step = Step::new("m0037_barred_subject", up, down);

/// Its name.
pub(crate) fn noted_tables() -> impl Iterator<Item = &'static str> {
    TABLES.iter().map(|table| table.name)
}

fn up(script: &mut Script) {
    script.create(TABLES);
    noted_tables().for_each(|table| note_writes_of_family(script, table));
}

fn down(script: &mut Script) {
    script.drop(TABLES);
}

const TABLES: &[Table] = &[Table {
    name: "barred_subject",
    create: "
        CREATE TABLE barred_subject (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            family_id uuid NOT NULL,
            agency_id uuid,
            subject text NOT NULL,
            valid_from date NOT NULL,
            valid_until date,
            PRIMARY KEY (authority_id, id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id),
            FOREIGN KEY (authority_id, agency_id) REFERENCES agency (authority_id, id),
            CHECK (valid_until >= valid_from)
        )",
    indexes: &[
        "CREATE INDEX barred_subject_family ON barred_subject (authority_id, family_id)",
        "CREATE INDEX barred_subject_subject ON barred_subject (authority_id, subject)",
    ],
}];
