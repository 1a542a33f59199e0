//! A table that writers lock to take turns; and on PostgreSQL what notes the writes of families does so whoever writes.

use crate::{
    m0014_written::noted_tables,
    step::{Script, Step, Table},
};

/// Makes the table, and has what notes writes do so always.
pub(crate) const STEP: Step = Step::new("m0020_taking_turns", up, down);

fn up(script: &mut Script) {
    script.create(TABLES);
    if script.postgres {
        for (name, notes) in FUNCTIONS {
            script.run(function(name, notes));
        }
        fire(script, "ENABLE ALWAYS TRIGGER");
    }
}

fn down(script: &mut Script) {
    // What the functions do beside is right for the step before as well, and goes with it.
    if script.postgres {
        fire(script, "ENABLE TRIGGER");
    }
    script.drop(TABLES);
}

const TABLES: &[Table] = &[Table {
    name: "write_turn",
    create: "CREATE TABLE write_turn (place integer NOT NULL PRIMARY KEY)",
    indexes: &[],
}];

/// Triggers that fire for an ordinary session alone are silent for one that says that it is a replica, such as the worker of a logical replication.
fn fire(script: &mut Script, when: &str) {
    for table in noted_tables() {
        let text = format!("ALTER TABLE {table} {when} {table}_written, {when} {table}_written_truncated");
        script.run(text);
    }
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
