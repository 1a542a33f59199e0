//! Meetings of the team around a family, and who came.

use crate::of_families::of_families;

of_families! {
    "m0035_meetings"
    "taf_meeting" {
        "chaired_by uuid NOT NULL,
        held_on date NOT NULL,
        next_on date,
        FOREIGN KEY (authority_id, chaired_by) REFERENCES agency (authority_id, id),
        CHECK (next_on >= held_on)"
    }
    "taf_attendance" {
        "meeting_id uuid NOT NULL,
        agency_id uuid NOT NULL,
        attendee text,
        attendance text NOT NULL CHECK (attendance IN ('attended', 'apologies', 'absent')),
        FOREIGN KEY (authority_id, meeting_id) REFERENCES taf_meeting (authority_id, id),
        FOREIGN KEY (authority_id, agency_id) REFERENCES agency (authority_id, id)",
        "CREATE UNIQUE INDEX taf_attendance_agency ON taf_attendance (authority_id, meeting_id, agency_id)"
    }
}
