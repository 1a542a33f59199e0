//! What became of the changes that the trail announced before they were made.

use crate::step::{Step, Table};

/// Makes and drops the tables.
pub(crate) const STEP: Step = Step::new(
    "m0019_announced",
    |script| script.create(TABLES),
    |script| script.drop(TABLES),
);

const TABLES: &[Table] = &[
    // By the authority and the place of the entry, and without a foreign key: what was not made may have been the authority itself. What is made stands here by the transaction that made it; what was found not to be made stands here so that it cannot be made
    // any more: the key lets only one of them in. `told` is whether the trail says of the latter that it was not made.
    Table {
        name: "announced_write",
        create: "
        CREATE TABLE announced_write (
            authority_id integer NOT NULL,
            chain_id uuid NOT NULL,
            seq bigint NOT NULL,
            made boolean NOT NULL,
            told boolean NOT NULL,
            PRIMARY KEY (authority_id, chain_id, seq)
        )",
        indexes: &[],
    },
    // Up to which entry a chain was looked through for changes that were announced and not made.
    Table {
        name: "announced_until",
        create: "
        CREATE TABLE announced_until (
            chain_id uuid NOT NULL,
            seq bigint NOT NULL,
            PRIMARY KEY (chain_id)
        )",
        indexes: &[],
    },
];
