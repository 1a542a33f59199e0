//! The audit trail: entries that announce a change, or say that one was not made, are found in a chain without reading all the others.

use crate::step::{Script, Step};

/// Makes and drops the index.
pub(crate) const STEP: Step = Step::new("t0005_trail_announced", up, down);

fn up(script: &mut Script) {
    script.run(
        "CREATE INDEX trail_entry_announced ON trail_entry (chain_id, seq) \
         WHERE kind IN ('write', 'consent', 'emergency', 'agreement', 'write_failed')",
    );
}

fn down(script: &mut Script) {
    script.run("DROP INDEX trail_entry_announced");
}
