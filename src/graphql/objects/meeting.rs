//! `TafMeeting` and `TafAttendance`.

use chrono::NaiveDate;

use super::{Agency, Family, said::entry};
use crate::{
    graphql::codes::Attendance,
    records::{TafAttendanceRow, TafMeetingRow},
};

entry! {
    /// A meeting of the team around a family that was held.
    TafMeeting of TafMeetingRow {
        /// The family.
        family: Option<Family> => family();
        /// The agency that chaired it.
        chaired_by: Option<Agency> => agency(chaired_by);
        /// The day.
        held_on: NaiveDate;
        /// The day on which the next one is to be.
        next_on: Option<NaiveDate>;
        /// Of each agency that was asked, whether it was there.
        attendance: Vec<TafAttendance> => children(Meeting);
    }
}

entry! {
    /// Whether an agency was at a meeting.
    TafAttendance of TafAttendanceRow {
        /// The meeting.
        meeting: Option<TafMeeting> => parent(Meeting);
        /// The agency.
        agency: Option<Agency> => agency(agency_id);
        /// Who came for it, or was to come.
        attendee: Option<String>;
        /// Whether it was there.
        attendance: Attendance;
    }
}
