//! Who is who: authorities, their agencies and client programs, and the people of their families.

use crate::step::{Step, Table};

/// Makes and drops these tables.
pub(crate) const STEP: Step = Step::new(
    "m0001_who_is_who",
    |script| script.create(TABLES),
    |script| script.drop(TABLES),
);

const TABLES: &[Table] = &[
    Table {
        name: "authority",
        create: "
        CREATE TABLE authority (
            id integer NOT NULL,
            code text NOT NULL,
            name text NOT NULL,
            own_consent_age integer NOT NULL DEFAULT 13 CHECK (own_consent_age BETWEEN 0 AND 18),
            emergency_hours integer NOT NULL DEFAULT 8 CHECK (emergency_hours > 0),
            suppression_threshold integer NOT NULL DEFAULT 5 CHECK (suppression_threshold >= 1),
            PRIMARY KEY (id),
            UNIQUE (code)
        )",
        indexes: &[],
    },
    Table {
        name: "statistical_neighbour",
        create: "
        CREATE TABLE statistical_neighbour (
            authority_id integer NOT NULL,
            neighbour_id integer NOT NULL,
            PRIMARY KEY (authority_id, neighbour_id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (neighbour_id) REFERENCES authority (id),
            CHECK (neighbour_id <> authority_id)
        )",
        indexes: &[],
    },
    Table {
        name: "agency",
        create: "
        CREATE TABLE agency (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            code text NOT NULL,
            name text NOT NULL,
            kind text NOT NULL CHECK (kind IN (
                'police', 'jobcentre_plus', 'childrens_social_care', 'early_help', 'school', 'health',
                'mental_health', 'probation', 'youth_offending', 'housing', 'substance_misuse',
                'district_council', 'voluntary_sector', 'prison', 'tff_team', 'internal_audit', 'researcher'
            )),
            PRIMARY KEY (authority_id, id),
            UNIQUE (authority_id, code),
            FOREIGN KEY (authority_id) REFERENCES authority (id)
        )",
        indexes: &[],
    },
    Table {
        name: "client_program",
        create: "
        CREATE TABLE client_program (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            agency_id uuid NOT NULL,
            client_id text NOT NULL,
            name text NOT NULL,
            PRIMARY KEY (authority_id, id),
            UNIQUE (authority_id, client_id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, agency_id) REFERENCES agency (authority_id, id)
        )",
        indexes: &["CREATE INDEX client_program_agency ON client_program (authority_id, agency_id)"],
    },
    Table {
        name: "person",
        create: "
        CREATE TABLE person (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            given_name text NOT NULL,
            family_name text NOT NULL,
            date_of_birth date NOT NULL,
            sex text NOT NULL CHECK (sex IN ('female', 'male', 'other', 'unknown')),
            ethnicity text,
            disability text,
            employment_status text,
            education_setting text,
            phone text,
            email text,
            shielded boolean NOT NULL DEFAULT false,
            source_agency_id uuid,
            PRIMARY KEY (authority_id, id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, source_agency_id) REFERENCES agency (authority_id, id)
        )",
        indexes: &[
            "CREATE INDEX person_date_of_birth ON person (authority_id, date_of_birth)",
            "CREATE INDEX person_family_name ON person (authority_id, family_name)",
        ],
    },
];
