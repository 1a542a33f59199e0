//! The audit trail: its chained entries, which families they speak of, and the signed heads of the chains.

use crate::step::{Step, Table};

/// Makes and drops these tables.
pub(crate) const STEP: Step = Step::new(
    "t0001_trail",
    |script| script.create(TABLES),
    |script| script.drop(TABLES),
);

const TABLES: &[Table] = &[
    Table {
        name: "trail_entry",
        create: "
        CREATE TABLE trail_entry (
            chain_id uuid NOT NULL,
            seq bigint NOT NULL CHECK (seq >= 0),
            recorded_at timestamp with time zone NOT NULL,
            authority_id integer,
            kind text NOT NULL,
            body text NOT NULL,
            prev_hash text NOT NULL,
            hash text NOT NULL,
            PRIMARY KEY (chain_id, seq)
        )",
        indexes: &["CREATE INDEX trail_entry_recorded_at ON trail_entry (authority_id, recorded_at)"],
    },
    Table {
        name: "trail_subject",
        create: "
        CREATE TABLE trail_subject (
            authority_id integer NOT NULL,
            family_id uuid NOT NULL,
            recorded_at timestamp with time zone NOT NULL,
            chain_id uuid NOT NULL,
            seq bigint NOT NULL,
            PRIMARY KEY (authority_id, family_id, chain_id, seq)
        )",
        indexes: &["CREATE INDEX trail_subject_recorded_at ON trail_subject (authority_id, family_id, recorded_at)"],
    },
    Table {
        name: "trail_head",
        create: "
        CREATE TABLE trail_head (
            chain_id uuid NOT NULL,
            seq bigint NOT NULL CHECK (seq >= 0),
            hash text NOT NULL,
            signature text NOT NULL,
            process text NOT NULL,
            updated_at timestamp with time zone NOT NULL,
            PRIMARY KEY (chain_id)
        )",
        indexes: &[],
    },
];
