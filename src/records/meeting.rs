//! Meetings of the team around a family, and who came.

use std::cmp::Reverse;

use chrono::NaiveDate;
use uuid::Uuid;

use super::{Table, table::table};
use crate::{code::codes, sharing::facts::RowFacts};

codes! {
    /// Whether an agency was at a meeting.
    Attendance {
        /// It was there.
        Attended = "attended",
        /// It sent apologies.
        Apologies = "apologies",
        /// It was not there, and said nothing.
        Absent = "absent",
    }
}

table! {
    /// A meeting of the team around a family that was held.
    TafMeetingRow = TafMeeting "taf_meeting" of family {
        /// The agency that chaired it.
        chaired_by: Uuid, agency("chaired_by");
        /// The day.
        held_on: NaiveDate;
        /// The day on which the next one is to be.
        next_on: Option<NaiveDate>;
    }
    order row => (Reverse(row.held_on), row.id);
    facts _row, _ => RowFacts::family();
}

table! {
    /// Whether an agency was at a meeting.
    TafAttendanceRow = TafAttendance "taf_attendance" of family {
        /// The meeting.
        meeting_id: Uuid, of(Table::TafMeeting, "taf_meeting_key"), never;
        /// The agency.
        agency_id: Uuid, agency("agency"), never;
        /// Who came for it, or was to come.
        attendee: Option<String>, text(200);
        /// Whether it was there.
        attendance: Attendance;
    }
    order row => row.id;
    facts _row, _ => RowFacts::family();
    links Meeting = meeting_id;
}
