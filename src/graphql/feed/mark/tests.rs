//! Tests of `mark`.

use std::collections::BTreeSet;

use super::{OF_LEAD, VALUES};
use crate::sharing::register::{self, field};

/// A field that is added to the marker makes it say something else, unless it stands here for a reason.
#[test]
fn every_value_of_a_marker_is_in_its_mark() {
    let marked = VALUES
        .iter()
        .map(|(field, _)| *field)
        .chain(OF_LEAD.iter().map(|(field, _)| *field));
    let marked: BTreeSet<_> = marked.chain([field::MARKER_LEAD_PROFESSIONAL]).collect();
    // An id never changes; rows of other types are no part of what the marker says; that somebody is at risk from now on is no event.
    let not: BTreeSet<_> = [
        field::MARKER_ID,
        field::MARKER_PLACEMENTS,
        field::MARKER_FAMILY,
        field::LEAD_PROFESSIONAL_TEAM,
    ]
    .into();
    for field in register::fields() {
        let of = field.coordinate.split_once('.').map_or("", |(of, _)| of);
        if matches!(of, "Marker" | "LeadProfessional") {
            assert!(
                marked.contains(&field.id) != not.contains(&field.id),
                "{}",
                field.coordinate
            );
        }
    }
}
