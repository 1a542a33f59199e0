//! Contacts, consents and emergency accesses.

use chrono::TimeDelta;
use thinkfamily::records::{LacksCapacityRow, ParentalResponsibilityRow};

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
            if m.chance.percent(25) {
                deciders(m, folder, &before)
            } else if m.chance.percent(70) {
                let (person, by) = (m.person(&before), m.person(&before));
                let row = row_of!(m, folder, consents);
                change!(
                    m,
                    row,
                    person_id = person,
                    category = m.category(),
                    agency_kind = m.one(&KINDS),
                    decision = m.code(),
                    recorded_at = m.instant(),
                    expires_on = m.day_if_any(),
                    withdrawn_at = m.chance.percent(40).then(|| m.instant()),
                    recorded_by_agency = m.agency(),
                    purposes = m.chance.percent(40).then(|| m.purposes()),
                    recorded_by_subject = m.account()
                );
                if m.here() {
                    (row.decided_by, row.decided_by_agency, row.decided_by_subject) = m.decider(by);
                }
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

/// Changes who may decide: for which child somebody has parental responsibility, and who lacks capacity. Now and then there is one more.
fn deciders(m: &mut Maker<'_>, folder: &mut Folder, before: &Folder) -> &'static str {
    let (somebody, other) = (m.person(before), m.person(before));
    let (authority_id, family_id) = (folder.family.authority_id, folder.family.id);
    if m.chance.percent(50) {
        if folder.parental_responsibilities.is_empty() || m.chance.percent(20) {
            folder.parental_responsibilities.push(ParentalResponsibilityRow {
                authority_id,
                id: m.chance.key(),
                family_id,
                child_id: somebody,
                person_id: Some(other),
                agency_id: None,
                subject: None,
                valid_from: m.day(),
                valid_until: None,
            });
        }
        let row = row_of!(m, folder, parental_responsibilities);
        change!(
            m,
            row,
            child_id = somebody,
            valid_from = m.day(),
            valid_until = m.day_if_any()
        );
        if m.here() {
            (row.person_id, row.agency_id, row.subject) = m.decider(other);
        }
        row.valid_until = row.valid_until.filter(|until| *until >= row.valid_from);
        "parental_responsibilities"
    } else {
        if folder.lacks_capacity.is_empty() || m.chance.percent(20) {
            folder.lacks_capacity.push(LacksCapacityRow {
                authority_id,
                id: m.chance.key(),
                family_id,
                person_id: somebody,
                valid_from: m.day(),
                valid_until: None,
            });
        }
        let row = row_of!(m, folder, lacks_capacity);
        change!(
            m,
            row,
            person_id = somebody,
            valid_from = m.day(),
            valid_until = m.day_if_any()
        );
        row.valid_until = row.valid_until.filter(|until| *until >= row.valid_from);
        "lacks_capacity"
    }
}
