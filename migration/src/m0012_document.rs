//! Which documents a client may send by their identifiers, and which clients may send no others.

use crate::step::{Step, Table};

/// Makes and drops these tables.
pub(crate) const STEP: Step = Step::new(
    "m0012_document",
    |script| script.create(TABLES),
    |script| script.drop(TABLES),
);

const TABLES: &[Table] = &[
    // A client that is here sends registered documents only.
    Table {
        name: "trusted_client",
        create: "
        CREATE TABLE trusted_client (
            authority_id integer NOT NULL,
            agency_id uuid NOT NULL,
            client text NOT NULL,
            since timestamp with time zone NOT NULL,
            PRIMARY KEY (authority_id, agency_id, client),
            FOREIGN KEY (authority_id, agency_id) REFERENCES agency (authority_id, id)
        )",
        indexes: &[],
    },
    Table {
        name: "trusted_document",
        create: "
        CREATE TABLE trusted_document (
            authority_id integer NOT NULL,
            agency_id uuid NOT NULL,
            client text NOT NULL,
            sha256 text NOT NULL,
            text text NOT NULL,
            registered_at timestamp with time zone NOT NULL,
            PRIMARY KEY (authority_id, agency_id, client, sha256),
            FOREIGN KEY (authority_id, agency_id) REFERENCES agency (authority_id, id)
        )",
        indexes: &[],
    },
];
