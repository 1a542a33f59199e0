//! The checks before somebody is told who saw what of them.

use super::maker::Maker;
use crate::world::Folder;

/// Changes one.
pub(super) fn change(m: &mut Maker<'_>, folder: &mut Folder) -> &'static str {
    let person = m.person(folder);
    let row = row_of!(m, folder, access_checks);
    change!(
        m,
        row,
        person_id = person,
        outcome = m.code(),
        reason = m.text(),
        advised_by = m.text_if_any(),
        checked_on = m.day(),
        recorded_at = m.instant(),
        agency_id = m.agency(),
        subject = m.text()
    );
    "access_checks"
}
