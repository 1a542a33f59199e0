//! Consent: what members agreed to share, and access opened without it in an emergency.

use crate::step::{Step, Table};

/// Makes and drops these tables.
pub(crate) const STEP: Step = Step::new(
    "m0005_consent",
    |script| script.create(TABLES),
    |script| script.drop(TABLES),
);

const TABLES: &[Table] = &[
    Table {
        name: "consent",
        create: "
        CREATE TABLE consent (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            family_id uuid NOT NULL,
            person_id uuid NOT NULL,
            category text NOT NULL,
            agency_kind text NOT NULL CHECK (agency_kind IN (
                'police', 'jobcentre_plus', 'childrens_social_care', 'early_help', 'school', 'health',
                'mental_health', 'probation', 'youth_offending', 'housing', 'substance_misuse',
                'district_council', 'voluntary_sector', 'prison', 'tff_team', 'internal_audit', 'researcher'
            )),
            decision text NOT NULL CHECK (decision IN ('given', 'refused')),
            decided_by uuid NOT NULL,
            recorded_at timestamp with time zone NOT NULL,
            expires_on date,
            withdrawn_at timestamp with time zone,
            recorded_by_agency uuid NOT NULL,
            recorded_by_subject text NOT NULL,
            PRIMARY KEY (authority_id, id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id),
            FOREIGN KEY (authority_id, person_id) REFERENCES person (authority_id, id),
            FOREIGN KEY (authority_id, decided_by) REFERENCES person (authority_id, id),
            FOREIGN KEY (authority_id, recorded_by_agency) REFERENCES agency (authority_id, id)
        )",
        indexes: &[
            "CREATE INDEX consent_family ON consent (authority_id, family_id)",
            "CREATE INDEX consent_newest \
             ON consent (authority_id, person_id, agency_kind, category, recorded_at)",
        ],
    },
    Table {
        name: "emergency_access",
        create: "
        CREATE TABLE emergency_access (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            family_id uuid NOT NULL,
            agency_id uuid NOT NULL,
            subject text NOT NULL,
            ground text NOT NULL CHECK (ground IN ('safeguarding', 'threat_to_life')),
            justification text NOT NULL,
            opened_at timestamp with time zone NOT NULL,
            expires_at timestamp with time zone NOT NULL,
            closed_at timestamp with time zone,
            PRIMARY KEY (authority_id, id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id),
            FOREIGN KEY (authority_id, agency_id) REFERENCES agency (authority_id, id),
            CHECK (expires_at > opened_at),
            CHECK (closed_at >= opened_at)
        )",
        indexes: &[
            "CREATE INDEX emergency_access_family ON emergency_access (authority_id, family_id)",
            "CREATE INDEX emergency_access_subject \
             ON emergency_access (authority_id, agency_id, subject, family_id)",
        ],
    },
];
