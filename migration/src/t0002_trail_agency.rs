//! The audit trail: which look-ups of whose agency its entries tell of.

use crate::step::{Step, Table};

/// Makes and drops these tables.
pub(crate) const STEP: Step = Step::new(
    "t0002_trail_agency",
    |script| script.create(TABLES),
    |script| script.drop(TABLES),
);

const TABLES: &[Table] = &[Table {
    name: "trail_agency",
    create: "
        CREATE TABLE trail_agency (
            authority_id integer NOT NULL,
            agency_id uuid NOT NULL,
            recorded_at timestamp with time zone NOT NULL,
            chain_id uuid NOT NULL,
            seq bigint NOT NULL,
            PRIMARY KEY (authority_id, agency_id, recorded_at, chain_id, seq)
        )",
    indexes: &[],
}];
