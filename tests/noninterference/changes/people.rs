//! People, the family, and who belongs to it.

use chrono::{Datelike as _, Days};
use thinkfamily::records::PersonRow;

use super::maker::Maker;
use crate::world::Folder;

/// Another birth: known, in part, not at all, or yet to come.
fn birth(m: &mut Maker<'_>, person: &mut PersonRow) {
    (
        person.date_of_birth,
        person.birth_year,
        person.birth_month,
        person.expected_on,
    ) = (None, None, None, None);
    match m.chance.number(0, 5) {
        0 => person.expected_on = Some(m.day()),
        1 => person.birth_year = Some(m.day().year()),
        2 => {
            let day = m.day();
            (person.birth_year, person.birth_month) = (Some(day.year()), i32::try_from(day.month()).ok());
        }
        3 => {}
        _ => person.date_of_birth = Some(m.day()),
    }
    person.adult = person.expected_on.is_none() && m.chance.percent(20);
}

/// Whoever is born has a name: one of the drawn ones may say nothing, and not both.
pub(super) fn named(person: &mut PersonRow) {
    if person.expected_on.is_none() && person.given_name.is_empty() && person.family_name.is_empty() {
        "Una".clone_into(&mut person.given_name);
    }
}

/// Changes a row of one of these tables.
pub(super) fn change(table: usize, m: &mut Maker<'_>, folder: &mut Folder) -> &'static str {
    let before = folder.clone();
    match table {
        0 | 1 => {
            let Some(at) = m.which(folder.people.len()) else {
                return "people";
            };
            change!(
                m,
                &mut folder.people[at],
                given_name = m.text(),
                family_name = m.text(),
                sex = m.code(),
                ethnicity = m.text_if_any(),
                disability = m.text_if_any(),
                shielded = m.chance.percent(50),
                died_on = m.chance.percent(15).then(|| m.day()),
            );
            if m.here() {
                birth(m, &mut folder.people[at]);
            }
            named(&mut folder.people[at]);
            "people"
        }
        2 => {
            change!(
                m,
                &mut folder.family,
                reference = format!("TF-X{}", m.chance.key().simple()),
                district = m.text_if_any(),
                ward = m.text_if_any(),
                locality = m.text_if_any(),
                reach_area = m.text_if_any(),
                need_level = m.code_if_any(),
                route = m.code(),
                attached_on = m.day_if_any(),
                closed_on = m.day_if_any(),
            );
            "families"
        }
        3 => membership(m, folder),
        4 => {
            let row = row_of!(m, folder, addresses);
            change!(
                m,
                row,
                line1 = m.text(),
                line2 = m.text_if_any(),
                town = m.text_if_any(),
                postcode = m.text(),
                valid_from = m.day(),
                valid_until = m.day_if_any()
            );
            "addresses"
        }
        5 => {
            let person = m.person(&before);
            let row = row_of!(m, folder, local_identifiers);
            row.value = format!("Z{}", m.chance.key().simple());
            change!(m, row, person_id = person, system = m.code());
            "local_identifiers"
        }
        _ => {
            let person = m.person(&before);
            let row = row_of!(m, folder, statutory_statuses);
            change!(
                m,
                row,
                person_id = person,
                status = m.code(),
                valid_from = m.day(),
                valid_until = m.day_if_any()
            );
            "statutory_statuses"
        }
    }
}

/// Somebody more, somebody less, or the same in other ways.
fn membership(m: &mut Maker<'_>, folder: &mut Folder) -> &'static str {
    let Some(at) = m.which(folder.memberships.len()) else {
        return "memberships";
    };
    let row = match m.chance.number(0, 5) {
        // Someone new in the family.
        0 | 1 => {
            let (mut row, key) = (folder.memberships[at].clone(), m.chance.key());
            let mut person = folder.person(row.person_id).unwrap().clone();
            person.id = key;
            person.given_name = m.text();
            named(&mut person);
            folder.people.push(person);
            (row.id, row.person_id) = (m.chance.key(), key);
            folder.memberships.push(row);
            folder.memberships.last_mut().unwrap()
        }
        // Someone who was in it before as well.
        2 => {
            let mut row = folder.memberships[at].clone();
            row.id = m.chance.key();
            row.valid_from = m.day();
            row.valid_until = Some(row.valid_from + Days::new(30));
            folder.memberships.push(row);
            folder.memberships.last_mut().unwrap()
        }
        3 => {
            let gone = folder.memberships.remove(at).person_id;
            if !folder.memberships.iter().any(|row| row.person_id == gone) {
                folder.forget(gone);
            }
            return "memberships";
        }
        _ => &mut folder.memberships[at],
    };
    change!(
        m,
        row,
        relationship = m.code(),
        parental_responsibility = m.chance.percent(50),
        valid_from = m.day(),
        valid_until = m.day_if_any(),
        employment_status = m.text_if_any(),
        education_setting = m.text_if_any(),
        phone = m.text_if_any(),
        email = m.text_if_any(),
        source_agency_id = Some(m.agency()),
        end_reason = m.code_if_any()
    );
    "memberships"
}
