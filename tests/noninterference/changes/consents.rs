//! Contacts, consents and emergency accesses.

use chrono::TimeDelta;

use super::maker::{KINDS, Maker};
use crate::world::Folder;

/// Changes a row of one of these tables.
pub(super) fn change(table: usize, m: &mut Maker<'_>, folder: &mut Folder) -> &'static str {
    let before = folder.clone();
    match table {
        18 => {
            let row = row_of!(m, folder, contacts);
            change!(
                m,
                row,
                agency_id = m.agency(),
                subject = m.text(),
                kind = m.code(),
                urgency = m.code(),
                occurred_at = m.instant(),
                recorded_at = m.instant(),
            );
            if m.here() {
                let noted = m.chance.percent(70);
                row.note = noted.then(|| format!("{}.", m.text()));
                row.note_category = noted.then(|| m.category());
            }
            "contacts"
        }
        _ => {
            if m.chance.percent(70) {
                let (person, by) = (m.person(&before), m.person(&before));
                let row = row_of!(m, folder, consents);
                change!(
                    m,
                    row,
                    person_id = person,
                    decided_by = by,
                    category = m.category(),
                    agency_kind = m.one(&KINDS),
                    decision = m.code(),
                    recorded_at = m.instant(),
                    expires_on = m.day_if_any(),
                    withdrawn_at = m.chance.percent(40).then(|| m.instant()),
                    recorded_by_agency = m.agency(),
                    recorded_by_subject = m.account()
                );
                "consents"
            } else {
                let row = row_of!(m, folder, emergency_accesses);
                change!(
                    m,
                    row,
                    agency_id = m.agency(),
                    subject = m.text(),
                    ground = m.code(),
                    justification = m.text(),
                    opened_at = m.instant()
                );
                row.expires_at = row.opened_at + TimeDelta::hours(8);
                if m.here() {
                    row.closed_at = m.chance.percent(30).then(|| row.opened_at + TimeDelta::hours(1));
                }
                if row.closed_at.is_some_and(|closed| closed < row.opened_at) {
                    row.closed_at = None;
                }
                "emergency_accesses"
            }
        }
    }
}
