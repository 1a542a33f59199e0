//! Meetings of the team around a family, and who came.

use crate::{
    m0014_written::note_writes_of_family,
    step::{Script, Step, Table},
};

/// Makes and drops the tables.
pub(crate) const STEP: Step = Step::new("m0035_meetings", up, down);

/// Their names.
pub(crate) fn noted_tables() -> impl Iterator<Item = &'static str> {
    TABLES.iter().map(|table| table.name)
}

fn up(script: &mut Script) {
    script.create(TABLES);
    noted_tables().for_each(|table| note_writes_of_family(script, table));
}

fn down(script: &mut Script) {
    script.drop(TABLES);
}

const TABLES: &[Table] = &[
    Table {
        name: "taf_meeting",
        create: "
        CREATE TABLE taf_meeting (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            family_id uuid NOT NULL,
            chaired_by uuid NOT NULL,
            held_on date NOT NULL,
            next_on date,
            PRIMARY KEY (authority_id, id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id),
            FOREIGN KEY (authority_id, chaired_by) REFERENCES agency (authority_id, id),
            CHECK (next_on >= held_on)
        )",
        indexes: &["CREATE INDEX taf_meeting_family ON taf_meeting (authority_id, family_id)"],
    },
    Table {
        name: "taf_attendance",
        create: "
        CREATE TABLE taf_attendance (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            family_id uuid NOT NULL,
            meeting_id uuid NOT NULL,
            agency_id uuid NOT NULL,
            attendee text,
            attendance text NOT NULL CHECK (attendance IN ('attended', 'apologies', 'absent')),
            PRIMARY KEY (authority_id, id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id),
            FOREIGN KEY (authority_id, meeting_id) REFERENCES taf_meeting (authority_id, id),
            FOREIGN KEY (authority_id, agency_id) REFERENCES agency (authority_id, id)
        )",
        indexes: &[
            "CREATE INDEX taf_attendance_family ON taf_attendance (authority_id, family_id)",
            "CREATE UNIQUE INDEX taf_attendance_agency ON taf_attendance (authority_id, meeting_id, agency_id)",
        ],
    },
];
