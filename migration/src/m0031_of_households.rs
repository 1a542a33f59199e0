//! What is recorded of a person in one household belongs to their membership there: telephone, e-mail, school, employment and the agency it came from.

use crate::step::{Script, Step};

/// Moves the columns, and moves them back.
pub(crate) const STEP: Step = Step::new("m0031_of_households", up, down);

/// The columns with their types.
const MOVED: [(&str, &str); 5] = [
    ("employment_status", "text"),
    ("education_setting", "text"),
    ("phone", "text"),
    ("email", "text"),
    ("source_agency_id", "uuid"),
];
const OF_AGENCY: &str = "FOREIGN KEY (authority_id, source_agency_id) REFERENCES agency (authority_id, id)";

/// Each value goes to every household of which the person is a member today, where all who saw it before saw it already; of who is in none, to the membership that began last. Nobody sees more.
fn up(script: &mut Script) {
    let today = today(script);
    add(script, "membership");
    let columns = MOVED.map(|(column, _)| column).join(", ");
    script.run_quietly([format!(
            "UPDATE membership SET ({columns}) = (SELECT {columns} FROM person p \
             WHERE p.authority_id = membership.authority_id AND p.id = membership.person_id) \
             WHERE (authority_id, id) IN (SELECT authority_id, id FROM ( \
             SELECT authority_id, id, holds, row_number() OVER (PARTITION BY authority_id, person_id ORDER BY valid_from DESC, id DESC) AS place, \
             max(holds) OVER (PARTITION BY authority_id, person_id) AS any_holds FROM ( \
             SELECT authority_id, id, person_id, valid_from, \
             CASE WHEN valid_from <= {today} AND (valid_until IS NULL OR valid_until > {today}) THEN 1 ELSE 0 END AS holds FROM membership) AS of_days) AS placed \
             WHERE holds = 1 OR (any_holds = 0 AND place = 1))"
        )]);
    bind(script, "membership", "person");
    drop(script, "person");
}

/// A person gets back what the household has that they joined last, of those that they belong to today if there is one.
fn down(script: &mut Script) {
    let today = today(script);
    add(script, "person");
    let columns = MOVED.map(|(column, _)| column).join(", ");
    script.run_quietly([format!(
            "UPDATE person SET ({columns}) = (SELECT {columns} FROM membership m \
             WHERE m.authority_id = person.authority_id AND m.person_id = person.id \
             ORDER BY CASE WHEN m.valid_from <= {today} AND (m.valid_until IS NULL OR m.valid_until > {today}) THEN 0 ELSE 1 END, \
             m.valid_from DESC, m.id DESC LIMIT 1)"
        )]);
    bind(script, "person", "membership");
    drop(script, "membership");
}

fn today(script: &Script) -> &'static str {
    if script.postgres { "CURRENT_DATE" } else { "date('now')" }
}

fn add(script: &mut Script, table: &str) {
    for (column, kind) in MOVED {
        script.run(format!("ALTER TABLE {table} ADD COLUMN {column} {kind}"));
    }
}

fn drop(script: &mut Script, table: &str) {
    for (column, _) in MOVED {
        script.run(format!("ALTER TABLE {table} DROP COLUMN {column}"));
    }
}

/// Binds the agencies of one table to those that there are, and those of the other no longer. SQLite takes such a rule only in the text of a table, of which the rows do not change: so the text
/// is what is written (<https://www.sqlite.org/lang_altertable.html>, section 8).
fn bind(script: &mut Script, table: &str, other: &str) {
    if script.postgres {
        script.run(format!(
            "ALTER TABLE {table} ADD CONSTRAINT {table}_authority_id_source_agency_id_fkey {OF_AGENCY}; \
             ALTER TABLE {other} DROP CONSTRAINT {other}_authority_id_source_agency_id_fkey"
        ));
        return;
    }
    const FIRST: &str = "FOREIGN KEY (authority_id) REFERENCES authority (id)";
    for statement in [
        "PRAGMA writable_schema = ON".to_owned(),
        format!(
            "UPDATE sqlite_schema SET sql = replace(sql, '{FIRST}', '{FIRST}, {OF_AGENCY}') WHERE type = 'table' AND name = '{table}'"
        ),
        // With the comma before it and the blanks between, whichever they are.
        format!(
            "UPDATE sqlite_schema SET sql = rtrim(substr(sql, 1, instr(sql, '{OF_AGENCY}') - 1), ', ' || char(10)) || substr(sql, instr(sql, '{OF_AGENCY}') + {}) \
             WHERE type = 'table' AND name = '{other}'",
            OF_AGENCY.len()
        ),
        "PRAGMA writable_schema = RESET".to_owned(),
    ] {
        script.run(statement);
    }
}
