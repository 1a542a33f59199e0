//! Meetings of the team around a family.

use uuid::Uuid;

use super::{desk::Desk, hardman::REFERENCE};
use crate::records::{Attendance, TafAttendanceRow, TafMeetingRow};

/// Adds them to what is written down already: each agency that works with the family is asked, and the first of them chairs.
pub(super) fn write(desk: &mut Desk<'_>) {
    let family = desk.data.families.iter().find(|row| row.reference == REFERENCE);
    let family = family.expect("the family was written down before").clone();
    for (days, next) in [(200, 110), (110, 20)] {
        let (held_on, next_on) = (desk.ago(days), desk.ago(next));
        let of_family = desk.data.involvements.iter().filter(|row| row.family_id == family.id);
        let open = of_family.filter(|row| row.started_on <= held_on && row.ended_on.is_none_or(|end| held_on < end));
        let asked: Vec<(Uuid, String)> = open.map(|row| (row.agency_id, row.contact_name.clone())).collect();
        let meeting = TafMeetingRow {
            authority_id: family.authority_id,
            id: desk.id(),
            family_id: family.id,
            chaired_by: asked[0].0,
            held_on,
            next_on: Some(next_on),
        };
        let codes = [
            Attendance::Attended,
            Attendance::Attended,
            Attendance::Apologies,
            Attendance::Absent,
        ];
        for ((agency_id, attendee), attendance) in asked.into_iter().zip(codes.into_iter().cycle()) {
            let row = TafAttendanceRow {
                authority_id: family.authority_id,
                id: desk.id(),
                family_id: family.id,
                meeting_id: meeting.id,
                agency_id,
                attendee: Some(attendee),
                attendance,
            };
            desk.data.taf_attendances.push(row);
        }
        desk.data.taf_meetings.push(meeting);
    }
}
