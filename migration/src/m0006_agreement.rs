//! The sharing agreement: its versions, who signed them, their clauses, and the number that says they changed.

use crate::step::{Step, Table};

/// Makes and drops these tables.
pub(crate) const STEP: Step = Step::new(
    "m0006_agreement",
    |script| script.create(TABLES),
    |script| script.drop(TABLES),
);

const TABLES: &[Table] = &[
    Table {
        name: "agreement",
        create: "
        CREATE TABLE agreement (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            code text NOT NULL,
            version integer NOT NULL CHECK (version >= 1),
            title text NOT NULL,
            effective_from date NOT NULL,
            effective_to date,
            review_by date NOT NULL,
            document text NOT NULL,
            loaded_at timestamp with time zone NOT NULL,
            loaded_by text NOT NULL,
            PRIMARY KEY (authority_id, id),
            UNIQUE (authority_id, code, version),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            CHECK (effective_to >= effective_from)
        )",
        indexes: &[],
    },
    Table {
        name: "agreement_signatory",
        create: "
        CREATE TABLE agreement_signatory (
            authority_id integer NOT NULL,
            agreement_id uuid NOT NULL,
            agency_id uuid NOT NULL,
            signed_on date NOT NULL,
            withdrawn_on date,
            PRIMARY KEY (authority_id, agreement_id, agency_id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, agreement_id) REFERENCES agreement (authority_id, id),
            FOREIGN KEY (authority_id, agency_id) REFERENCES agency (authority_id, id),
            CHECK (withdrawn_on >= signed_on)
        )",
        indexes: &["CREATE INDEX agreement_signatory_agency ON agreement_signatory (authority_id, agency_id)"],
    },
    Table {
        name: "agreement_clause",
        create: "
        CREATE TABLE agreement_clause (
            authority_id integer NOT NULL,
            agreement_id uuid NOT NULL,
            position integer NOT NULL,
            code text NOT NULL,
            body text NOT NULL,
            PRIMARY KEY (authority_id, agreement_id, position),
            UNIQUE (authority_id, agreement_id, code),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, agreement_id) REFERENCES agreement (authority_id, id)
        )",
        indexes: &[],
    },
    Table {
        name: "policy_version",
        create: "
        CREATE TABLE policy_version (
            authority_id integer NOT NULL,
            version bigint NOT NULL,
            PRIMARY KEY (authority_id),
            FOREIGN KEY (authority_id) REFERENCES authority (id)
        )",
        indexes: &[],
    },
];
