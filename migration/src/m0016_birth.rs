//! People of whom not everything is known: a date of birth that is unknown or known in part, children not yet born, and who is known to be an adult.

use crate::step::{Script, Step};

/// Makes the columns and drops them.
pub(crate) const STEP: Step = Step::new("m0016_birth", up, down);

fn up(script: &mut Script) {
    put_anew(script, "date", "date_of_birth", &[]);
    for statement in PARTS {
        script.run(statement);
    }
}

/// The tables as they were know days only. Who was born on none that is known gets the expected one, or the first of 1900.
fn down(script: &mut Script) {
    const NONE: &str = "date NOT NULL DEFAULT '1900-01-01'";
    const DAY: &str = "coalesce(date_of_birth, expected_on, '1900-01-01')";
    // Each is named by the checks of those before it.
    let parts = ["adult", "expected_on", "birth_month", "birth_year"];
    put_anew(script, NONE, DAY, &parts);
}

/// Puts another column in the place of `date_of_birth`, since SQLite does not let one be null that could not be before, and drops columns that name it. No family counts as written.
fn put_anew(script: &mut Script, column: &str, day: &str, parts: &[&str]) {
    let (quiet, loud) = if script.postgres {
        (
            "SELECT set_config('thinkfamily.loading', 'on', true)",
            "SELECT set_config('thinkfamily.loading', '', true)",
        )
    } else {
        (
            "INSERT INTO family_written (authority_id, seq, family_id) VALUES (0, 0, zeroblob(16))",
            "DELETE FROM family_written WHERE authority_id = 0",
        )
    };
    let mut statements = vec![
        format!("ALTER TABLE person ADD COLUMN born {column}"),
        quiet.to_owned(),
        format!("UPDATE person SET born = {day}"),
        loud.to_owned(),
        "DROP INDEX person_date_of_birth".to_owned(),
    ];
    let dropped = parts.iter().chain(&["date_of_birth"]);
    statements.extend(dropped.map(|column| format!("ALTER TABLE person DROP COLUMN {column}")));
    statements.extend([
        "ALTER TABLE person RENAME COLUMN born TO date_of_birth".to_owned(),
        "CREATE INDEX person_date_of_birth ON person (authority_id, date_of_birth)".to_owned(),
    ]);
    for statement in statements {
        script.run(statement);
    }
}

/// A name that somebody does not have is empty; only a child who is not born yet may have none. A day that is known leaves no parts of it to be known, and who is expected was not born
/// when that was recorded.
const PARTS: [&str; 4] = [
    "ALTER TABLE person ADD COLUMN birth_year integer
         CHECK (birth_year IS NULL OR (date_of_birth IS NULL AND birth_year BETWEEN 1800 AND 2199))",
    "ALTER TABLE person ADD COLUMN birth_month integer
         CHECK (birth_month IS NULL OR (birth_year IS NOT NULL AND birth_month BETWEEN 1 AND 12))",
    "ALTER TABLE person ADD COLUMN expected_on date
         CHECK ((expected_on IS NULL AND (given_name <> '' OR family_name <> ''))
             OR (expected_on IS NOT NULL AND date_of_birth IS NULL AND birth_year IS NULL))",
    "ALTER TABLE person ADD COLUMN adult boolean NOT NULL DEFAULT false CHECK (NOT adult OR expected_on IS NULL)",
];
