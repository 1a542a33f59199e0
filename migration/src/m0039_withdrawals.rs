//! A withdrawal dated ahead is a no of this moment: else it would stand against every later word until its day.

use crate::step::{Script, Step};

/// Dates them, and takes nothing back.
pub(crate) const STEP: Step = Step::new("m0039_withdrawals", up, down);

fn up(script: &mut Script) {
    // With the yes that is withdrawn, where that is dated ahead as well.
    let earlier = |column: &str| {
        if script.postgres {
            format!("least({column}, now())")
        } else {
            format!("CASE WHEN {} THEN {NOW} ELSE {column} END", ahead(false, column))
        }
    };
    let (recorded, withdrawn) = (earlier("recorded_at"), earlier("withdrawn_at"));
    let [first, second] = ["recorded_at", "withdrawn_at"].map(|column| ahead(script.postgres, column));
    script.run_quietly([format!(
        "UPDATE consent SET recorded_at = {recorded}, withdrawn_at = {withdrawn} \
         WHERE decision = 'given' AND withdrawn_at IS NOT NULL AND ({first} OR {second})"
    )]);
}

fn down(_: &mut Script) {}

/// As SQLite keeps instants.
const NOW: &str = "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')";

fn ahead(postgres: bool, column: &str) -> String {
    if postgres {
        format!("{column} > now()")
    } else {
        format!("julianday({column}) > julianday('now')")
    }
}
