//! Running the server: answers kept for repeated requests, and files already loaded.

use crate::step::{Step, Table};

/// Makes and drops these tables.
pub(crate) const STEP: Step = Step::new(
    "m0007_operation",
    |script| script.create(TABLES),
    |script| script.drop(TABLES),
);

const TABLES: &[Table] = &[
    Table {
        name: "idempotency",
        create: "
        CREATE TABLE idempotency (
            authority_id integer NOT NULL,
            agency_id uuid NOT NULL,
            subject text NOT NULL,
            key text NOT NULL,
            request_hash text NOT NULL,
            response text NOT NULL,
            created_at timestamp with time zone NOT NULL,
            PRIMARY KEY (authority_id, agency_id, subject, key),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, agency_id) REFERENCES agency (authority_id, id)
        )",
        indexes: &["CREATE INDEX idempotency_created_at ON idempotency (authority_id, created_at)"],
    },
    Table {
        name: "import_file",
        create: "
        CREATE TABLE import_file (
            authority_id integer NOT NULL,
            name text NOT NULL,
            content_hash text NOT NULL,
            rows bigint NOT NULL CHECK (rows >= 0),
            loaded_at timestamp with time zone NOT NULL,
            PRIMARY KEY (authority_id, name, content_hash),
            FOREIGN KEY (authority_id) REFERENCES authority (id)
        )",
        indexes: &[],
    },
];
