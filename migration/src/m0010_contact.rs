//! Contacts with marked families that partners report, and what they say of the marker's use.

use crate::step::{Step, Table};

/// Makes and drops these tables.
pub(crate) const STEP: Step = Step::new(
    "m0010_contact",
    |script| script.create(TABLES),
    |script| script.drop(TABLES),
);

const TABLES: &[Table] = &[
    Table {
        name: "contact",
        create: "
        CREATE TABLE contact (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            family_id uuid NOT NULL,
            agency_id uuid NOT NULL,
            subject text NOT NULL,
            kind text NOT NULL CHECK (kind IN (
                'incident', 'visit', 'call', 'appointment', 'arrest', 'attendance', 'other'
            )),
            urgency text NOT NULL CHECK (urgency IN ('routine', 'soon', 'immediate')),
            occurred_at timestamp with time zone NOT NULL,
            note text CHECK (length(note) BETWEEN 1 AND 500),
            note_category text,
            recorded_at timestamp with time zone NOT NULL,
            PRIMARY KEY (authority_id, id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id),
            FOREIGN KEY (authority_id, agency_id) REFERENCES agency (authority_id, id),
            CHECK ((note IS NULL) = (note_category IS NULL))
        )",
        indexes: &[
            "CREATE INDEX contact_family ON contact (authority_id, family_id)",
            // Where a contact stands among the changes. This table is older than contacts are.
            "CREATE INDEX IF NOT EXISTS family_change_of_contact \
             ON family_change (authority_id, contact_id) WHERE contact_id IS NOT NULL",
        ],
    },
    Table {
        name: "marker_response",
        create: "
        CREATE TABLE marker_response (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            family_id uuid NOT NULL,
            agency_id uuid NOT NULL,
            subject text NOT NULL,
            responded_on date NOT NULL,
            changed_what_was_done boolean NOT NULL,
            recorded_at timestamp with time zone NOT NULL,
            PRIMARY KEY (authority_id, id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id),
            FOREIGN KEY (authority_id, agency_id) REFERENCES agency (authority_id, id)
        )",
        indexes: &["CREATE UNIQUE INDEX marker_response_day \
             ON marker_response (authority_id, family_id, agency_id, subject, responded_on)"],
    },
];
