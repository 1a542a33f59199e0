//! Alerts of tries to open emergency access, with the family that was opened.

use crate::step::{Script, Step};

/// Lets alerts be of them. SQLite cannot take a constraint away, but a column with its own.
pub(crate) const STEP: Step = Step::new("m0045_emergency_alerts", up, down);

fn up(script: &mut Script) {
    kinds(
        script,
        "'dates', 'postcodes', 'addresses', 'numbers', 'names', 'emergency_opened', 'emergency_in_vain'",
    );
    script.run("ALTER TABLE alert ADD COLUMN family_id uuid");
}

fn down(script: &mut Script) {
    script.run("ALTER TABLE alert DROP COLUMN family_id");
    for table in [
        "webhook_delivery WHERE alert_id IN (SELECT id FROM alert WHERE kind LIKE 'emergency_%')",
        "alert WHERE kind LIKE 'emergency_%'",
    ] {
        script.run(format!("DELETE FROM {table}"));
    }
    kinds(script, "'dates', 'postcodes', 'addresses', 'numbers', 'names'");
}

/// Makes the column anew with these kinds.
fn kinds(script: &mut Script, kinds: &str) {
    for statement in [
        &format!("ALTER TABLE alert ADD COLUMN of_kind text NOT NULL DEFAULT 'dates' CHECK (of_kind IN ({kinds}))"),
        "UPDATE alert SET of_kind = kind",
        "ALTER TABLE alert DROP COLUMN kind",
        "ALTER TABLE alert RENAME COLUMN of_kind TO kind",
    ] {
        script.run(statement);
    }
}
