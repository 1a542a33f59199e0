//! Why a membership ended, where that is recorded.

use crate::step::Step;

/// Adds and drops the column.
pub(crate) const STEP: Step = Step::new(
    "m0036_membership_end",
    |script| {
        script.run(
            "ALTER TABLE membership ADD COLUMN end_reason text \
             CHECK (end_reason IN ('moved', 'died', 'adopted', 'fled', 'other'))",
        );
    },
    |script| script.run("ALTER TABLE membership DROP COLUMN end_reason"),
);
