//! To whom a family is barred.

use thinkfamily::records::BarredSubjectRow;

use super::maker::Maker;
use crate::world::Folder;

/// People of whom some ask.
const SUBJECTS: [&str; 4] = ["somebody", "on-duty", "nobody-who-asks", "another"];

/// Somebody more, somebody less, or the same otherwise.
pub(super) fn change(m: &mut Maker<'_>, folder: &mut Folder) -> &'static str {
    if folder.barred_subjects.is_empty() {
        folder.barred_subjects.push(BarredSubjectRow {
            authority_id: folder.family.authority_id,
            id: m.chance.key(),
            family_id: folder.family.id,
            agency_id: None,
            subject: m.one(&SUBJECTS),
            valid_from: m.day(),
            valid_until: None,
        });
    }
    let row = row_of!(m, folder, barred_subjects);
    change!(
        m,
        row,
        agency_id = if m.chance.percent(50) { Some(m.agency()) } else { None },
        subject = m.one(&SUBJECTS),
        valid_from = m.day(),
        valid_until = m.day_if_any()
    );
    row.valid_until = row.valid_until.filter(|until| *until >= row.valid_from);
    "barred_subjects"
}
