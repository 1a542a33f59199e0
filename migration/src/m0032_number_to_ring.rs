//! Whom to ring in an emergency about whoever is at risk, whose whereabouts no emergency opens.

use crate::step::Step;

/// Adds and drops the column.
pub(crate) const STEP: Step = Step::new(
    "m0032_number_to_ring",
    |script| script.run("ALTER TABLE authority ADD COLUMN number_to_ring text"),
    |script| script.run("ALTER TABLE authority DROP COLUMN number_to_ring"),
);
