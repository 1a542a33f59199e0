//! What has changed, in the order in which it was committed, and what each partner was told of it.

use crate::step::{Script, Step, Table};

/// Makes and drops these tables.
pub(crate) const STEP: Step = Step::new("m0009_feed", up, down);

fn up(script: &mut Script) {
    script.create(TABLES);
    if script.postgres {
        // Not part of a transaction, so that numbers drawn at the same time never conflict; see the store's feed.
        let sequence = "CREATE SEQUENCE family_change_seq AS bigint";
        script.run(sequence);
    }
}

fn down(script: &mut Script) {
    script.drop(TABLES);
    if script.postgres {
        let sequence = "DROP SEQUENCE family_change_seq";
        script.run(sequence);
    }
}

const TABLES: &[Table] = &[
    Table {
        name: "family_change",
        create: "
        CREATE TABLE family_change (
            authority_id integer NOT NULL,
            seq bigint NOT NULL,
            family_id uuid NOT NULL,
            person_id uuid,
            contact_id uuid,
            recorded_at timestamp with time zone,
            PRIMARY KEY (authority_id, seq),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id),
            FOREIGN KEY (authority_id, person_id) REFERENCES person (authority_id, id)
        )",
        indexes: &[
            "CREATE INDEX family_change_contact ON family_change (authority_id, seq) WHERE contact_id IS NOT NULL",
        ],
    },
    Table {
        name: "marker_consumer",
        create: "
        CREATE TABLE marker_consumer (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            agency_id uuid NOT NULL,
            role text NOT NULL,
            purpose text NOT NULL,
            portal_agency_id uuid,
            seq bigint NOT NULL,
            policy_version bigint NOT NULL,
            looked_on date NOT NULL,
            position bigint NOT NULL,
            PRIMARY KEY (authority_id, id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, agency_id) REFERENCES agency (authority_id, id),
            FOREIGN KEY (authority_id, portal_agency_id) REFERENCES agency (authority_id, id)
        )",
        indexes: &[],
    },
    Table {
        name: "marker_told",
        create: "
        CREATE TABLE marker_told (
            authority_id integer NOT NULL,
            consumer_id uuid NOT NULL,
            family_id uuid NOT NULL,
            fingerprint text NOT NULL,
            since bigint NOT NULL,
            PRIMARY KEY (authority_id, consumer_id, family_id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, consumer_id) REFERENCES marker_consumer (authority_id, id),
            FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id)
        )",
        indexes: &[],
    },
    Table {
        name: "marker_change",
        create: "
        CREATE TABLE marker_change (
            authority_id integer NOT NULL,
            consumer_id uuid NOT NULL,
            position bigint NOT NULL,
            family_id uuid NOT NULL,
            kind text NOT NULL CHECK (kind IN ('set', 'updated', 'removed')),
            since bigint NOT NULL,
            PRIMARY KEY (authority_id, consumer_id, position),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, consumer_id) REFERENCES marker_consumer (authority_id, id),
            FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id)
        )",
        indexes: &["CREATE UNIQUE INDEX marker_change_family ON marker_change (authority_id, consumer_id, family_id)"],
    },
];
