//! Triggers that note, of a write that may change whom shielding covers, every family in which somebody is who lives with whom it is about.
//!
//! Whoever belongs to a family with somebody shielded is covered in every other family of theirs. So what was read of those is of another day, too.

use crate::step::Script;

/// Puts these triggers in the place of those that note the person's own families, and the family's own.
pub(crate) fn note_households(script: &mut Script) {
    if script.postgres {
        script.run(POSTGRES);
        return;
    }
    for table in ["person", "membership"] {
        let note = |row: &str| sqlite(table, row);
        sqlite_triggers(script, table, &note);
    }
}

/// Puts those before in their place again.
pub(crate) fn note_own(script: &mut Script) {
    if script.postgres {
        script.run(POSTGRES_BEFORE);
        return;
    }
    sqlite_triggers(script, "person", &|row| {
        format!(
            "INSERT INTO family_written (authority_id, seq, family_id) SELECT DISTINCT m.authority_id, {next}, m.family_id \
             FROM membership m WHERE m.authority_id = {row}.authority_id AND m.person_id = {row}.id;",
            next = next(row)
        )
    });
    sqlite_triggers(script, "membership", &|row| {
        format!(
            "INSERT INTO family_written (authority_id, seq, family_id) VALUES ({row}.authority_id, {next}, {row}.family_id);",
            next = next(row)
        )
    });
}

fn next(row: &str) -> String {
    format!("(SELECT coalesce(max(seq), 0) + 1 FROM family_written WHERE authority_id = {row}.authority_id)")
}

fn sqlite(table: &str, row: &str) -> String {
    let of = |person: &str| {
        format!(
            "SELECT family_id AS f FROM membership WHERE authority_id = {row}.authority_id AND person_id = {row}.{person}"
        )
    };
    let (own, theirs) = match table {
        "person" => (of("id"), of("id")),
        _ => (format!("SELECT {row}.family_id AS f"), of("person_id")),
    };
    format!(
        "INSERT INTO family_written (authority_id, seq, family_id) SELECT {row}.authority_id, {next}, f FROM ( \
         {own} UNION {theirs} UNION \
         SELECT t.family_id FROM membership h JOIN membership t ON t.authority_id = h.authority_id AND t.person_id = h.person_id \
         WHERE h.authority_id = {row}.authority_id AND h.family_id IN ({own}));",
        next = next(row)
    )
}

fn sqlite_triggers(script: &mut Script, table: &str, note: &dyn Fn(&str) -> String) {
    let events = [
        ("insert", "INSERT", note("NEW")),
        ("update", "UPDATE", format!("{} {}", note("OLD"), note("NEW"))),
        ("delete", "DELETE", note("OLD")),
    ];
    for (name, event, body) in events {
        script.run(format!("DROP TRIGGER {table}_written_{name}"));
        script.run(format!(
            "CREATE TRIGGER {table}_written_{name} AFTER {event} ON {table} \
             WHEN NOT EXISTS (SELECT 1 FROM family_written WHERE authority_id = 0) BEGIN {body} END"
        ));
    }
}

const POSTGRES: &str = "
CREATE FUNCTION note_written_household() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    authority integer := coalesce(NEW.authority_id, OLD.authority_id);
BEGIN
    PERFORM pg_advisory_xact_lock(1413891395, authority);
    INSERT INTO family_written (authority_id, seq, family_id)
    SELECT authority, nextval('family_written_seq'), w.f FROM (
        SELECT f FROM (VALUES (NEW.family_id), (OLD.family_id)) AS own (f) WHERE f IS NOT NULL
        UNION SELECT m.family_id FROM membership m WHERE m.authority_id = authority AND m.person_id IN (NEW.person_id, OLD.person_id)
        UNION SELECT t.family_id FROM membership h JOIN membership t ON t.authority_id = h.authority_id AND t.person_id = h.person_id
        WHERE h.authority_id = authority AND h.family_id IN (NEW.family_id, OLD.family_id)
    ) AS w (f);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION note_written_person() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    authority integer := coalesce(NEW.authority_id, OLD.authority_id);
BEGIN
    PERFORM pg_advisory_xact_lock(1413891395, authority);
    INSERT INTO family_written (authority_id, seq, family_id)
    SELECT authority, nextval('family_written_seq'), w.f FROM (
        SELECT t.family_id FROM membership own
        JOIN membership h ON h.authority_id = own.authority_id AND h.family_id = own.family_id
        JOIN membership t ON t.authority_id = h.authority_id AND t.person_id = h.person_id
        WHERE own.authority_id = authority AND own.person_id IN (NEW.id, OLD.id) GROUP BY t.family_id
    ) AS w (f);
    RETURN NULL;
END $$;

DROP TRIGGER membership_written ON membership;
CREATE CONSTRAINT TRIGGER membership_written AFTER INSERT OR UPDATE OR DELETE ON membership DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (current_setting('thinkfamily.loading', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION note_written_household();
";

const POSTGRES_BEFORE: &str = "
DROP TRIGGER membership_written ON membership;
CREATE CONSTRAINT TRIGGER membership_written AFTER INSERT OR UPDATE OR DELETE ON membership DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (current_setting('thinkfamily.loading', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION note_written_family_id();
DROP FUNCTION note_written_household();

CREATE OR REPLACE FUNCTION note_written_person() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1413891395, coalesce(NEW.authority_id, OLD.authority_id));
    INSERT INTO family_written (authority_id, seq, family_id)
    SELECT m.authority_id, nextval('family_written_seq'), m.family_id FROM membership m
    WHERE m.authority_id = coalesce(NEW.authority_id, OLD.authority_id) AND m.person_id IN (NEW.id, OLD.id);
    RETURN NULL;
END $$;
";
