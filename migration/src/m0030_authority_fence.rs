//! Where each authority is served, for those that are moved from one database to another.

use crate::step::{Step, Table};

/// Makes and drops the table.
pub(crate) const STEP: Step = Step::new(
    "m0030_authority_fence",
    |script| script.create(TABLES),
    |script| script.drop(TABLES),
);

const TABLES: &[Table] = &[
    // No row: it was never moved, and is served here. No foreign key: the row comes before the authority does.
    Table {
        name: "authority_fence",
        create: "
        CREATE TABLE authority_fence (
            authority_id integer NOT NULL,
            state text NOT NULL CHECK (state IN ('arriving', 'here', 'leaving', 'moved', 'elsewhere')),
            move_id uuid NOT NULL,
            since timestamp with time zone NOT NULL,
            PRIMARY KEY (authority_id)
        )",
        indexes: &[],
    },
];
