//! Which families were written, in the order of the commits: by whomever, since the database itself notes it. So whoever keeps what was read of a family can tell
//! whether it still holds.

use crate::step::{Script, Step, Table};

/// Makes and drops the table and what fills it.
pub(crate) const STEP: Step = Step::new("m0014_written", up, down);

fn up(script: &mut Script) {
    script.create(TABLES);
    if script.postgres {
        script.run(POSTGRES);
        for (table, of) in NOTED {
            script.run(noted_by_postgres(table, *of));
        }
    } else {
        for (table, of) in NOTED {
            for statement in noted_by_sqlite(table, *of) {
                script.run(statement);
            }
        }
    }
}

fn down(script: &mut Script) {
    let postgres = script.postgres;
    for (table, _) in NOTED {
        let events: &[&str] = if postgres {
            &["", "_truncated"]
        } else {
            &["_insert", "_update", "_delete"]
        };
        for event in events {
            let on = if postgres {
                format!(" ON {table}")
            } else {
                String::new()
            };
            script.run(format!("DROP TRIGGER {table}_written{event}{on}"));
        }
    }
    if postgres {
        script.run(
            "DROP FUNCTION note_written_family_id(); DROP FUNCTION note_written_id(); DROP FUNCTION note_written_authority_id(); \
             DROP FUNCTION note_written_person(); \
             DROP FUNCTION note_written_person_id(); DROP FUNCTION note_all_written(); DROP SEQUENCE family_written_seq",
        );
    }
    script.drop(TABLES);
}

/// Of which family a row of a table is.
#[derive(Clone, Copy)]
pub(crate) enum Of {
    /// It is the family.
    Itself,
    /// It says so.
    Family,
    /// It is about the whole authority.
    Authority,
    /// Of all to which this person ever belonged: `id` or `person_id`.
    Person(&'static str),
}

/// Every table from which something of a family is read, and the register of agencies, which is read with them.
const NOTED: &[(&str, Of)] = &[
    ("agency", Of::Authority),
    ("family", Of::Itself),
    ("person", Of::Person("id")),
    ("membership", Of::Family),
    ("address", Of::Family),
    ("statutory_status", Of::Family),
    ("local_identifier", Of::Family),
    ("involvement", Of::Family),
    ("lead_professional", Of::Family),
    ("criteria_match", Of::Family),
    ("assessment", Of::Family),
    ("distance_score", Of::Family),
    ("plan", Of::Family),
    ("goal", Of::Family),
    ("action", Of::Family),
    ("outcome", Of::Family),
    ("progress_value", Of::Family),
    ("marker", Of::Family),
    ("consent", Of::Person("person_id")),
    ("emergency_access", Of::Family),
    ("contact", Of::Family),
];

/// The names of these tables.
pub fn noted_tables() -> impl Iterator<Item = &'static str> {
    NOTED.iter().map(|(table, _)| *table)
}

const TABLES: &[Table] = &[Table {
    // The family with the key nought stands for all of the authority.
    name: "family_written",
    create: "
        CREATE TABLE family_written (
            authority_id integer NOT NULL,
            seq bigint NOT NULL,
            family_id uuid NOT NULL,
            PRIMARY KEY (authority_id, seq, family_id)
        )",
    indexes: &[],
}];

/// Numbers are drawn at the end of a transaction under the lock of the authority that the feed's changes are numbered under (`TFEC`), so that they rise with the
/// commits. What is put down is never changed, so that two writers do not conflict over it.
const POSTGRES: &str = "
CREATE SEQUENCE family_written_seq AS bigint;

CREATE FUNCTION note_written_family_id() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1413891395, coalesce(NEW.authority_id, OLD.authority_id));
    INSERT INTO family_written (authority_id, seq, family_id)
    SELECT w.a, nextval('family_written_seq'), w.f
    FROM (VALUES (NEW.authority_id, NEW.family_id), (OLD.authority_id, OLD.family_id)) AS w (a, f)
    WHERE w.a IS NOT NULL;
    RETURN NULL;
END $$;

CREATE FUNCTION note_written_id() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1413891395, coalesce(NEW.authority_id, OLD.authority_id));
    INSERT INTO family_written (authority_id, seq, family_id)
    VALUES (coalesce(NEW.authority_id, OLD.authority_id), nextval('family_written_seq'), coalesce(NEW.id, OLD.id));
    RETURN NULL;
END $$;

CREATE FUNCTION note_written_authority_id() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1413891395, coalesce(NEW.authority_id, OLD.authority_id));
    INSERT INTO family_written (authority_id, seq, family_id)
    VALUES (coalesce(NEW.authority_id, OLD.authority_id), nextval('family_written_seq'), '00000000-0000-0000-0000-000000000000');
    RETURN NULL;
END $$;

CREATE FUNCTION note_written_person() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1413891395, coalesce(NEW.authority_id, OLD.authority_id));
    INSERT INTO family_written (authority_id, seq, family_id)
    SELECT m.authority_id, nextval('family_written_seq'), m.family_id FROM membership m
    WHERE m.authority_id = coalesce(NEW.authority_id, OLD.authority_id) AND m.person_id IN (NEW.id, OLD.id);
    RETURN NULL;
END $$;

CREATE FUNCTION note_written_person_id() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1413891395, coalesce(NEW.authority_id, OLD.authority_id));
    INSERT INTO family_written (authority_id, seq, family_id)
    SELECT m.authority_id, nextval('family_written_seq'), m.family_id FROM membership m
    WHERE m.authority_id = coalesce(NEW.authority_id, OLD.authority_id) AND m.person_id IN (NEW.person_id, OLD.person_id);
    RETURN NULL;
END $$;

CREATE FUNCTION note_all_written() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    one integer;
BEGIN
    FOR one IN SELECT id FROM authority ORDER BY id LOOP
        PERFORM pg_advisory_xact_lock(1413891395, one);
        INSERT INTO family_written (authority_id, seq, family_id)
        VALUES (one, nextval('family_written_seq'), '00000000-0000-0000-0000-000000000000');
    END LOOP;
    RETURN NULL;
END $$;
";

/// Has the writes of a new table noted whose rows each say their family, whoever writes.
pub(crate) fn note_writes_of_family(script: &mut Script, table: &str) {
    if script.postgres {
        script.run(noted_by_postgres(table, Of::Family));
        script.run(format!(
            "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_written, ENABLE ALWAYS TRIGGER {table}_written_truncated"
        ));
    } else {
        script.run_all(noted_by_sqlite(table, Of::Family));
    }
}

/// Whoever loads many rows sets `thinkfamily.loading` for the time of the transaction, and notes at its end which authorities were written.
fn noted_by_postgres(table: &str, of: Of) -> String {
    let function = match of {
        Of::Authority => "note_written_authority_id",
        Of::Itself => "note_written_id",
        Of::Family => "note_written_family_id",
        Of::Person("id") => "note_written_person",
        Of::Person(_) => "note_written_person_id",
    };
    format!(
        "CREATE CONSTRAINT TRIGGER {table}_written AFTER INSERT OR UPDATE OR DELETE ON {table} DEFERRABLE INITIALLY DEFERRED \
         FOR EACH ROW WHEN (current_setting('thinkfamily.loading', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION {function}(); \
         CREATE TRIGGER {table}_written_truncated AFTER TRUNCATE ON {table} EXECUTE FUNCTION note_all_written()"
    )
}

/// There is one writer at a time, so numbers may be drawn at once. Whoever loads many rows puts down a row of the authority nought for the time of the transaction, and
/// notes at its end which authorities were written.
pub(crate) fn noted_by_sqlite(table: &str, of: Of) -> Vec<String> {
    let note = |row: &str| {
        let next =
            format!("(SELECT coalesce(max(seq), 0) + 1 FROM family_written WHERE authority_id = {row}.authority_id)");
        match of {
            Of::Authority => format!(
                "INSERT INTO family_written (authority_id, seq, family_id) VALUES ({row}.authority_id, {next}, zeroblob(16));"
            ),
            Of::Itself => {
                format!(
                    "INSERT INTO family_written (authority_id, seq, family_id) VALUES ({row}.authority_id, {next}, {row}.id);"
                )
            }
            Of::Family => format!(
                "INSERT INTO family_written (authority_id, seq, family_id) VALUES ({row}.authority_id, {next}, {row}.family_id);"
            ),
            Of::Person(column) => format!(
                "INSERT INTO family_written (authority_id, seq, family_id) SELECT DISTINCT m.authority_id, {next}, m.family_id \
                 FROM membership m WHERE m.authority_id = {row}.authority_id AND m.person_id = {row}.{column};"
            ),
        }
    };
    let events = [
        ("insert", "INSERT", note("NEW")),
        ("update", "UPDATE", format!("{} {}", note("OLD"), note("NEW"))),
        ("delete", "DELETE", note("OLD")),
    ];
    events
        .map(|(name, event, body)| {
            format!(
                "CREATE TRIGGER {table}_written_{name} AFTER {event} ON {table} \
                 WHEN NOT EXISTS (SELECT 1 FROM family_written WHERE authority_id = 0) BEGIN {body} END"
            )
        })
        .into()
}
