//! Need: who already works with a family, which criteria it matches and how far it has travelled.

use crate::step::{Step, Table};

/// Makes and drops these tables.
pub(crate) const STEP: Step = Step::new(
    "m0003_need",
    |script| script.create(TABLES),
    |script| script.drop(TABLES),
);

const TABLES: &[Table] = &[
    Table {
        name: "involvement",
        create: "
        CREATE TABLE involvement (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            family_id uuid NOT NULL,
            agency_id uuid NOT NULL,
            service_team text,
            contact_name text NOT NULL,
            contact_phone text,
            contact_email text,
            started_on date NOT NULL,
            ended_on date,
            PRIMARY KEY (authority_id, id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id),
            FOREIGN KEY (authority_id, agency_id) REFERENCES agency (authority_id, id),
            CHECK (ended_on >= started_on)
        )",
        indexes: &[
            "CREATE UNIQUE INDEX involvement_open \
             ON involvement (authority_id, family_id, agency_id) WHERE ended_on IS NULL",
            "CREATE INDEX involvement_family ON involvement (authority_id, family_id)",
            "CREATE INDEX involvement_agency ON involvement (authority_id, agency_id, family_id)",
        ],
    },
    Table {
        name: "lead_professional",
        create: "
        CREATE TABLE lead_professional (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            family_id uuid NOT NULL,
            agency_id uuid NOT NULL,
            subject text NOT NULL,
            name text NOT NULL,
            phone text,
            email text,
            team text,
            valid_from date NOT NULL,
            valid_until date,
            PRIMARY KEY (authority_id, id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id),
            FOREIGN KEY (authority_id, agency_id) REFERENCES agency (authority_id, id),
            CHECK (valid_until >= valid_from)
        )",
        indexes: &[
            "CREATE UNIQUE INDEX lead_professional_open \
             ON lead_professional (authority_id, family_id) WHERE valid_until IS NULL",
            "CREATE INDEX lead_professional_family ON lead_professional (authority_id, family_id)",
            "CREATE INDEX lead_professional_subject ON lead_professional (authority_id, agency_id, subject)",
        ],
    },
    Table {
        name: "criteria_match",
        create: "
        CREATE TABLE criteria_match (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            family_id uuid NOT NULL,
            person_id uuid,
            criterion text NOT NULL,
            source_agency_id uuid NOT NULL,
            evidence text NOT NULL,
            evidence_from date NOT NULL,
            evidence_until date,
            matched_by text NOT NULL CHECK (matched_by IN ('data', 'professional')),
            verified_on date,
            withdrawn_on date,
            PRIMARY KEY (authority_id, id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id),
            FOREIGN KEY (authority_id, person_id) REFERENCES person (authority_id, id),
            FOREIGN KEY (authority_id, source_agency_id) REFERENCES agency (authority_id, id),
            CHECK (evidence_until >= evidence_from)
        )",
        indexes: &[
            "CREATE INDEX criteria_match_family ON criteria_match (authority_id, family_id)",
            "CREATE INDEX criteria_match_criterion ON criteria_match (authority_id, criterion, family_id)",
        ],
    },
    Table {
        name: "assessment",
        create: "
        CREATE TABLE assessment (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            family_id uuid NOT NULL,
            agency_id uuid NOT NULL,
            kind text NOT NULL CHECK (kind IN ('family_caf', 'single_assessment', 'asset')),
            covers_all_members boolean NOT NULL,
            started_on date NOT NULL,
            completed_on date,
            quality text CHECK (quality IN ('outstanding', 'good', 'requires_improvement', 'inadequate')),
            PRIMARY KEY (authority_id, id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id),
            FOREIGN KEY (authority_id, agency_id) REFERENCES agency (authority_id, id),
            CHECK (completed_on >= started_on)
        )",
        indexes: &["CREATE INDEX assessment_family ON assessment (authority_id, family_id)"],
    },
    Table {
        name: "distance_score",
        create: "
        CREATE TABLE distance_score (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            family_id uuid NOT NULL,
            assessment_id uuid NOT NULL,
            person_id uuid,
            domain text NOT NULL,
            review integer NOT NULL CHECK (review >= 0),
            score integer NOT NULL CHECK (score BETWEEN 1 AND 5),
            scored_by text NOT NULL CHECK (scored_by IN ('key_worker', 'family')),
            scored_on date NOT NULL,
            PRIMARY KEY (authority_id, id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id),
            FOREIGN KEY (authority_id, assessment_id) REFERENCES assessment (authority_id, id),
            FOREIGN KEY (authority_id, person_id) REFERENCES person (authority_id, id)
        )",
        indexes: &[
            "CREATE INDEX distance_score_family ON distance_score (authority_id, family_id)",
            "CREATE INDEX distance_score_assessment ON distance_score (authority_id, assessment_id)",
        ],
    },
];
