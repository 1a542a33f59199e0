//! Counts changes over a window that slides: in all, and of each family.

use crate::step::{Step, Table};

/// Makes and drops the table.
pub(crate) const STEP: Step = Step::new(
    "m0017_write_budget",
    |script| script.create(TABLES),
    |script| script.drop(TABLES),
);

const TABLES: &[Table] = &[
    // How many changes were counted in each part of the window (`{"part":count}`), and in all of it, of whatever the digest stands for: nobody can read
    // back from it which family it was, or whose. The check makes a statement that would go beyond fail whole.
    Table {
        name: "write_budget",
        create: "
        CREATE TABLE write_budget (
            authority_id integer NOT NULL,
            holder bigint NOT NULL,
            part bigint NOT NULL,
            parts text NOT NULL,
            counted integer NOT NULL,
            allowed integer NOT NULL,
            PRIMARY KEY (authority_id, holder),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            CONSTRAINT write_budget_spent CHECK (counted <= allowed)
        )",
        indexes: &["CREATE INDEX write_budget_part ON write_budget (authority_id, part)"],
    },
];
