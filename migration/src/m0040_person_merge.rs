//! That records of people are one person's, and which rows were whose before.

use crate::step::{Script, Step, Table};

/// Makes and drops the tables.
pub(crate) const STEP: Step = Step::new(
    "m0040_person_merge",
    |script| {
        script.create(TABLES);
        tenancies(script, ", family_id");
    },
    |script| {
        tenancies(script, "");
        script.drop(TABLES);
    },
);

/// Somebody has the number of a tenancy once, or once in a family: where two recorded it, it is that of one person as well.
fn tenancies(script: &mut Script, within: &str) {
    script.run("DROP INDEX local_identifier_tenancy");
    script.run(format!(
        "CREATE UNIQUE INDEX local_identifier_tenancy ON local_identifier (authority_id, value, person_id{within}) WHERE system = 'tenancy'"
    ));
}

const TABLES: &[Table] = &[
    Table {
        name: "person_merge",
        create: "
        CREATE TABLE person_merge (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            kept_id uuid NOT NULL,
            merged_id uuid NOT NULL,
            kept_shielded boolean NOT NULL,
            merged_shielded boolean NOT NULL,
            reason text NOT NULL CHECK (reason IN ('same_number', 'confirmed', 'records_compared', 'mistake', 'other')),
            merged_by_agency uuid NOT NULL,
            merged_by_subject text NOT NULL,
            merged_at timestamp with time zone NOT NULL,
            split_reason text CHECK (split_reason IN ('same_number', 'confirmed', 'records_compared', 'mistake', 'other')),
            split_by_agency uuid,
            split_by_subject text,
            split_at timestamp with time zone,
            PRIMARY KEY (authority_id, id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, kept_id) REFERENCES person (authority_id, id),
            FOREIGN KEY (authority_id, merged_id) REFERENCES person (authority_id, id),
            FOREIGN KEY (authority_id, merged_by_agency) REFERENCES agency (authority_id, id),
            FOREIGN KEY (authority_id, split_by_agency) REFERENCES agency (authority_id, id)
        )",
        indexes: &[
            // A record is in one other at a time, whoever merges it at the same moment.
            "CREATE UNIQUE INDEX person_merge_merged ON person_merge (authority_id, merged_id) WHERE split_at IS NULL",
            "CREATE INDEX person_merge_kept ON person_merge (authority_id, kept_id) WHERE split_at IS NULL",
        ],
    },
    Table {
        name: "person_merge_row",
        create: "
        CREATE TABLE person_merge_row (
            authority_id integer NOT NULL,
            merge_id uuid NOT NULL,
            place text NOT NULL,
            row_id uuid NOT NULL,
            of_merged boolean NOT NULL,
            PRIMARY KEY (authority_id, merge_id, place, row_id),
            FOREIGN KEY (authority_id, merge_id) REFERENCES person_merge (authority_id, id)
        )",
        indexes: &[],
    },
];
