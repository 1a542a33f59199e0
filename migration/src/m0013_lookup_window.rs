//! Counts look-ups over a window that slides, and repeats of a question among them. What was counted until now is forgotten: it was counted in periods.

use crate::{
    m0008_matching,
    step::{Script, Step, Table},
};

/// Makes these tables in the place of those of the same names, and the other way round.
pub(crate) const STEP: Step = Step::new("m0013_lookup_window", up, down);

fn up(script: &mut Script) {
    script.drop(m0008_matching::COUNTS);
    script.create(COUNTS);
}

fn down(script: &mut Script) {
    script.drop(COUNTS);
    script.create(m0008_matching::COUNTS);
}

const COUNTS: &[Table] = &[
    // How many a client has asked about in each part of the window (`{"part":count}`), and in all of it. The check makes a statement that would go
    // beyond fail whole.
    Table {
        name: "lookup_budget",
        create: "
        CREATE TABLE lookup_budget (
            authority_id integer NOT NULL,
            agency_id uuid NOT NULL,
            client text NOT NULL,
            purpose text NOT NULL,
            parts text NOT NULL,
            asked integer NOT NULL,
            allowed integer NOT NULL,
            PRIMARY KEY (authority_id, agency_id, client, purpose),
            FOREIGN KEY (authority_id, agency_id) REFERENCES agency (authority_id, id),
            CONSTRAINT lookup_budget_spent CHECK (asked <= allowed)
        )",
        indexes: &[],
    },
    // About whom, as digests that nobody can read back and that are of one client and purpose: since which part, how often, and for how many
    // questions the last time counted.
    Table {
        name: "lookup_asked",
        create: "
        CREATE TABLE lookup_asked (
            authority_id integer NOT NULL,
            digest bigint NOT NULL,
            part bigint NOT NULL,
            times integer NOT NULL,
            cost integer NOT NULL,
            PRIMARY KEY (authority_id, digest)
        )",
        indexes: &["CREATE INDEX lookup_asked_part ON lookup_asked (authority_id, part)"],
    },
];
