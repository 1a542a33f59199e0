//! The audit trail: which of the changes that it announces are known to be made; which trail it is; and what it says of restores is found without reading all the rest.

use crate::step::{Script, Step, Table};

/// Makes and drops the tables and the index.
pub(crate) const STEP: Step = Step::new("t0008_trail_made", up, down);

fn up(script: &mut Script) {
    script.create(TABLES);
    let text = "CREATE INDEX trail_entry_restored ON trail_entry (chain_id, seq) WHERE kind = 'restored'";
    script.run(text);
}

fn down(script: &mut Script) {
    let text = "DROP INDEX trail_entry_restored";
    script.run(text);
    script.drop(TABLES);
}

const TABLES: &[Table] = &[
    // By the place of the entry that announces the change. Rows are only ever added, by the process whose chain it is, once the main database has committed.
    Table {
        name: "trail_made",
        create: "
        CREATE TABLE trail_made (
            chain_id uuid NOT NULL,
            seq bigint NOT NULL,
            authority_id integer NOT NULL,
            PRIMARY KEY (chain_id, seq)
        )",
        indexes: &[],
    },
    // The one row, once a process has opened a chain, says which trail it is, wherever it is restored to.
    Table {
        name: "trail_identity",
        create: "
        CREATE TABLE trail_identity (
            place integer NOT NULL,
            id uuid NOT NULL,
            PRIMARY KEY (place)
        )",
        indexes: &[],
    },
];
