//! Who can be found by what is known of them.

use thinkfamily::sharing::{
    category::{Category, CategorySet},
    decide::decide_found,
    facts::RowFacts,
};

use super::{
    facts::{Moment, open},
    looker::Looker,
};
use crate::{
    changes::is_sheltered,
    elsewhere::{is_elsewhere, is_of_a_place, may_be_asked},
    world::Folder,
};

/// What people can be found by: the agreement releases the marker to whoever asks for it by what they know of a member, and so it releases whether
/// they know it. Of members who may not be found nothing is released, and neither a place nor a number of a home or a school where somebody shielded lives or
/// will: nor that it is so. Who lives where nobody asks is therefore the same to them.
pub(super) fn look(looker: &mut Looker<'_>, folder: &Folder, moment: &Moment) {
    if !looker.facts.on_cohort || looker.look("Marker", &RowFacts::family()).is_err() {
        return;
    }
    let today = moment.today;
    let here: Vec<_> = folder
        .memberships
        .iter()
        .filter(|row| open(row.valid_from, row.valid_until, today))
        .filter_map(|row| Some((row, folder.person(row.person_id)?)))
        .filter(|(_, person)| person.died_on.is_none_or(|died| today < died))
        .collect();
    let sheltered = is_sheltered(folder, today);
    let mut places: Vec<_> = folder
        .addresses
        .iter()
        .filter(|row| !sheltered && !is_elsewhere(row) && open(row.valid_from, row.valid_until, today))
        .map(|row| (&row.postcode, &row.line1, &row.line2, &row.town))
        .collect();
    places.sort_unstable();
    for (membership, person) in here {
        if decide_found(looker.ceiling, &looker.facts, person.id).is_err() {
            continue;
        }
        let mut numbers: Vec<_> = folder
            .local_identifiers
            .iter()
            .filter(|row| row.person_id == person.id)
            .filter(|row| !is_of_a_place(row) || (!sheltered && may_be_asked(&row.value)))
            .map(|row| (&row.system, &row.value))
            .collect();
        numbers.sort_unstable();
        let known = format!(
            "{:?}",
            (
                &person.given_name,
                &person.family_name,
                (
                    person.date_of_birth,
                    person.birth_year,
                    person.birth_month,
                    person.expected_on
                ),
                &person.sex,
                membership.valid_from,
                numbers,
                &places
            )
        );
        looker.note("Marker", person.id, "found by", known);
        // How well a question fits is told to whoever sees what is compared of that very person.
        let told = [&[][..], &[Category::Contact], &[Category::Identifier]].map(|of| {
            let facts = RowFacts::person(person.id).with_categories(CategorySet::of(of));
            looker.look("MatchComparison.level", &facts).is_ok()
        });
        looker.note("Marker", person.id, "explained", format!("{told:?}"));
    }
}
