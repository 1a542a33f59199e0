//! The audit trail: which families the entries speak of that speak of many.

use crate::step::{Step, Table};

/// Makes and drops these tables.
pub(crate) const STEP: Step = Step::new(
    "t0003_trail_group",
    |script| script.create(TABLES),
    |script| script.drop(TABLES),
);

const TABLES: &[Table] = &[Table {
    name: "trail_group",
    create: "
        CREATE TABLE trail_group (
            authority_id integer NOT NULL,
            bucket integer NOT NULL,
            recorded_at timestamp with time zone NOT NULL,
            chain_id uuid NOT NULL,
            seq bigint NOT NULL,
            members bytea NOT NULL,
            PRIMARY KEY (authority_id, bucket, recorded_at, chain_id, seq)
        )",
    indexes: &[],
}];
