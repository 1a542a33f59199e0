//! Who is shielded, and where they and those with them live.
//!
//! Somebody shielded comes to a family that lives where nobody asks, and the family to a place that is asked about; or they go, and the family lives where nobody
//! asks; or they stay, and everything that shielding covers is another. Of those who may not know, none may notice.

use chrono::Days;
use thinkfamily::records::PersonRow;

use super::{maker::Maker, people::named};
use crate::{
    elsewhere::{self, OF_A_PLACE},
    world::Folder,
};

/// Whether somebody shielded belongs to the family now, or will.
pub(crate) fn is_sheltered(folder: &Folder, today: chrono::NaiveDate) -> bool {
    folder
        .memberships
        .iter()
        .filter(|row| row.valid_until.is_none_or(|until| until > today))
        .any(|row| {
            let lives = |person: &PersonRow| person.died_on.is_none_or(|died| died > today);
            folder
                .person(row.person_id)
                .is_some_and(|person| person.shielded && lives(person))
        })
}

/// Tries such a change; says which, where there is something to change.
pub(super) fn change(m: &mut Maker<'_>, folder: &mut Folder) -> Option<&'static str> {
    if is_sheltered(folder, m.words.today) {
        Some(match m.chance.number(0, 9) {
            0..=3 => {
                go(m, folder);
                "shelter ended"
            }
            4..=7 => {
                move_house(m, folder);
                "shelter elsewhere"
            }
            _ => {
                come(m, folder);
                "shelter of one more"
            }
        })
    } else if elsewhere::lives_elsewhere(folder) {
        come(m, folder);
        move_house(m, folder);
        Some("shelter begun")
    } else {
        None
    }
}

/// Whoever is shielded goes, or is shielded no longer; the others live where nobody asks.
fn go(m: &mut Maker<'_>, folder: &mut Folder) {
    let shielded: Vec<_> = folder
        .people
        .iter()
        .filter(|row| row.shielded)
        .map(|row| row.id)
        .collect();
    let (forgotten, bared, day) = (m.chance.percent(60), m.chance.percent(30), m.words.today - Days::new(1));
    for person in shielded {
        if forgotten {
            folder.memberships.retain(|row| row.person_id != person);
            folder.forget(person);
        } else if bared {
            folder
                .people
                .iter_mut()
                .filter(|row| row.id == person)
                .for_each(|row| row.shielded = false);
        } else {
            for row in folder.memberships.iter_mut().filter(|row| row.person_id == person) {
                row.valid_from = row.valid_from.min(day);
                row.valid_until = Some(row.valid_until.map_or(day, |until| until.min(day)));
            }
        }
    }
    elsewhere::settle_elsewhere(folder, m.chance.key());
}

/// Everything that shielding covers is another: a place of somebody who is asked about, or one where nobody asks.
fn move_house(m: &mut Maker<'_>, folder: &mut Folder) {
    if m.chance.percent(15) {
        elsewhere::settle_elsewhere(folder, m.chance.key());
        return;
    }
    for row in &mut folder.memberships {
        (row.phone, row.email, row.education_setting) = (m.text_if_any(), m.text_if_any(), m.text_if_any());
    }
    for row in &mut folder.addresses {
        let at = m.chance.number(0, m.words.places.len() - 1);
        let (postcode, line1) = m.words.places[at].clone();
        (row.postcode, row.line1) = (postcode, line1);
        (row.line2, row.town) = (None, m.chance.percent(50).then(|| "Colnbury".to_owned()));
    }
    for row in folder
        .local_identifiers
        .iter_mut()
        .filter(|row| elsewhere::is_of_a_place(row))
    {
        // Nobody else has it, as the database asks.
        row.value = format!("T{}", m.chance.key().simple());
    }
}

/// Somebody shielded comes, or will.
fn come(m: &mut Maker<'_>, folder: &mut Folder) {
    let Some(at) = m.which(folder.memberships.len()) else {
        return;
    };
    let like = folder.memberships[at].person_id;
    let Some(mut person) = folder.person(like).cloned() else {
        return;
    };
    let key = m.chance.key();
    (person.id, person.shielded) = (key, true);
    if m.chance.percent(70) {
        person.given_name = m.text();
        named(&mut person);
    }
    let mut row = folder.memberships[at].clone();
    (row.id, row.person_id) = (m.chance.key(), key);
    if m.chance.percent(25) {
        row.valid_from = m.words.today + Days::new(m.chance.number(1, 40) as u64);
        row.valid_until = None;
    }
    // Whoever decided for the one whom they are like decides for them.
    let decisions: Vec<_> = folder
        .consents
        .iter()
        .filter(|row| row.person_id == like)
        .cloned()
        .collect();
    for mut decision in decisions {
        (decision.id, decision.person_id) = (m.chance.key(), key);
        if decision.decided_by == Some(like) {
            decision.decided_by = Some(key);
        }
        folder.consents.push(decision);
    }
    let numbers: Vec<_> = folder
        .local_identifiers
        .iter()
        .filter(|row| row.person_id == like && OF_A_PLACE.contains(&row.system))
        .cloned()
        .collect();
    for mut number in numbers {
        (number.id, number.person_id) = (m.chance.key(), key);
        number.value = format!("T{}", m.chance.key().simple());
        folder.local_identifiers.push(number);
    }
    folder.people.push(person);
    folder.memberships.push(row);
}
