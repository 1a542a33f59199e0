//! Finding people by what a partner knows of them: the keys they are looked up by, how many a partner may ask about, and what whoever meets
//! a family with a marker is asked to do.

use crate::step::{Script, Step, Table};

/// Makes and drops these tables and the column.
pub(crate) const STEP: Step = Step::new("m0008_matching", up, down);

fn up(script: &mut Script) {
    script.run(ADVICE);
    script.create(TABLES);
    script.create(COUNTS);
}

fn down(script: &mut Script) {
    script.drop(COUNTS);
    script.drop(TABLES);
    script.run("ALTER TABLE authority DROP COLUMN marker_advice");
}

const ADVICE: &str = "ALTER TABLE authority ADD COLUMN marker_advice text NOT NULL DEFAULT \
    'Tell the Lead Professional of your contact with the family, and ask them before you begin anything new with it.'";

const TABLES: &[Table] = &[
    // Worked out from what is stored of the person, and gone with them.
    Table {
        name: "person_key",
        create: "
        CREATE TABLE person_key (
            authority_id integer NOT NULL,
            key bigint NOT NULL,
            person_id uuid NOT NULL,
            by_place boolean NOT NULL,
            PRIMARY KEY (authority_id, key, person_id),
            FOREIGN KEY (authority_id, person_id) REFERENCES person (authority_id, id) ON DELETE CASCADE
        )",
        indexes: &["CREATE INDEX person_key_person ON person_key (authority_id, person_id)"],
    },
    // Which authorities' people have their keys, by which rules they were worked out.
    Table {
        name: "person_key_state",
        create: "
        CREATE TABLE person_key_state (
            authority_id integer NOT NULL,
            rules integer NOT NULL,
            PRIMARY KEY (authority_id),
            FOREIGN KEY (authority_id) REFERENCES authority (id)
        )",
        indexes: &[],
    },
];

/// The tables that count look-ups.
pub(crate) const COUNTS: &[Table] = &[
    // How many a client has asked about in the period that it last asked in. The check makes a statement that would go beyond fail whole.
    Table {
        name: "lookup_budget",
        create: "
        CREATE TABLE lookup_budget (
            authority_id integer NOT NULL,
            agency_id uuid NOT NULL,
            client text NOT NULL,
            purpose text NOT NULL,
            period bigint NOT NULL,
            asked integer NOT NULL,
            allowed integer NOT NULL,
            PRIMARY KEY (authority_id, agency_id, client, purpose),
            FOREIGN KEY (authority_id, agency_id) REFERENCES agency (authority_id, id),
            CONSTRAINT lookup_budget_spent CHECK (asked <= allowed)
        )",
        indexes: &[],
    },
    // About whom, as digests that nobody can read back and that are of one client, purpose and period.
    Table {
        name: "lookup_asked",
        create: "
        CREATE TABLE lookup_asked (
            authority_id integer NOT NULL,
            digest bigint NOT NULL,
            period bigint NOT NULL,
            PRIMARY KEY (authority_id, digest)
        )",
        indexes: &["CREATE INDEX lookup_asked_period ON lookup_asked (authority_id, period)"],
    },
];
