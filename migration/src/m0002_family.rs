//! The family: its reference and areas, who belongs to it, where it lives and what others know it by.

use crate::step::{Step, Table};

/// Makes and drops these tables.
pub(crate) const STEP: Step = Step::new(
    "m0002_family",
    |script| script.create(TABLES),
    |script| script.drop(TABLES),
);

const TABLES: &[Table] = &[
    Table {
        name: "family",
        create: "
        CREATE TABLE family (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            reference text NOT NULL,
            district text,
            ward text,
            locality text,
            reach_area text,
            need_level text CHECK (need_level IN ('high_or_complex', 'expert_help', 'monitoring')),
            route text NOT NULL CHECK (route IN ('nomination', 'data')),
            attached_on date,
            closed_on date,
            PRIMARY KEY (authority_id, id),
            UNIQUE (authority_id, reference),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            CHECK (closed_on >= attached_on)
        )",
        indexes: &[
            "CREATE INDEX family_attached_on ON family (authority_id, attached_on)",
        ],
    },
    Table {
        name: "membership",
        create: "
        CREATE TABLE membership (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            family_id uuid NOT NULL,
            person_id uuid NOT NULL,
            relationship text NOT NULL CHECK (relationship IN (
                'mother', 'father', 'step_parent', 'partner', 'child', 'step_child', 'grandparent', 'sibling',
                'other_relative', 'other'
            )),
            parental_responsibility boolean NOT NULL,
            valid_from date NOT NULL,
            valid_until date,
            PRIMARY KEY (authority_id, id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id),
            FOREIGN KEY (authority_id, person_id) REFERENCES person (authority_id, id),
            CHECK (valid_until >= valid_from)
        )",
        indexes: &[
            "CREATE UNIQUE INDEX membership_open \
             ON membership (authority_id, family_id, person_id) WHERE valid_until IS NULL",
            "CREATE INDEX membership_family ON membership (authority_id, family_id)",
            "CREATE INDEX membership_person ON membership (authority_id, person_id)",
        ],
    },
    Table {
        name: "address",
        create: "
        CREATE TABLE address (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            family_id uuid NOT NULL,
            line1 text NOT NULL,
            line2 text,
            town text,
            postcode text NOT NULL,
            valid_from date NOT NULL,
            valid_until date,
            PRIMARY KEY (authority_id, id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id),
            CHECK (valid_until >= valid_from)
        )",
        indexes: &[
            "CREATE INDEX address_family ON address (authority_id, family_id)",
            "CREATE INDEX address_postcode ON address (authority_id, postcode)",
        ],
    },
    Table {
        name: "statutory_status",
        create: "
        CREATE TABLE statutory_status (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            family_id uuid NOT NULL,
            person_id uuid NOT NULL,
            status text NOT NULL CHECK (status IN ('child_in_need', 'child_protection_plan', 'looked_after', 'sen', 'ehcp')),
            valid_from date NOT NULL,
            valid_until date,
            PRIMARY KEY (authority_id, id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id),
            FOREIGN KEY (authority_id, person_id) REFERENCES person (authority_id, id),
            CHECK (valid_until >= valid_from)
        )",
        indexes: &[
            "CREATE INDEX statutory_status_family ON statutory_status (authority_id, family_id)",
            "CREATE INDEX statutory_status_person ON statutory_status (authority_id, person_id)",
        ],
    },
    Table {
        name: "local_identifier",
        create: "
        CREATE TABLE local_identifier (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            family_id uuid NOT NULL,
            person_id uuid NOT NULL,
            system text NOT NULL CHECK (system IN ('police_reference', 'nino', 'upn', 'nhs_number', 'tenancy')),
            value text NOT NULL,
            PRIMARY KEY (authority_id, id),
            UNIQUE (authority_id, system, value),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id),
            FOREIGN KEY (authority_id, person_id) REFERENCES person (authority_id, id)
        )",
        indexes: &[
            "CREATE INDEX local_identifier_family ON local_identifier (authority_id, family_id)",
            "CREATE INDEX local_identifier_person ON local_identifier (authority_id, person_id)",
        ],
    },
];
