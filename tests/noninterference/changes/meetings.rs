//! Meetings of the team around the family, and who came.

use super::maker::Maker;
use crate::world::Folder;

/// Changes a row of one of these tables.
pub(super) fn change(m: &mut Maker<'_>, folder: &mut Folder) -> &'static str {
    if m.chance.percent(50) {
        let row = row_of!(m, folder, taf_meetings);
        change!(
            m,
            row,
            chaired_by = m.agency(),
            held_on = m.day(),
            next_on = m.day_if_any()
        );
        return "taf_meetings";
    }
    let row = row_of!(m, folder, taf_attendances);
    change!(
        m,
        row,
        agency_id = m.agency(),
        attendee = m.text_if_any(),
        attendance = m.code()
    );
    "taf_attendances"
}
