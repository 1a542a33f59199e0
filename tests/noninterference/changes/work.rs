//! Who works with the family, and on what.

use super::maker::{CRITERIA, Maker};
use crate::world::Folder;

/// Changes a row of one of these tables.
pub(super) fn change(table: usize, m: &mut Maker<'_>, folder: &mut Folder) -> &'static str {
    let before = folder.clone();
    match table {
        7 => {
            let row = row_of!(m, folder, involvements);
            change!(
                m,
                row,
                agency_id = m.agency(),
                service_team = m.text_if_any(),
                contact_name = m.text(),
                contact_phone = m.text_if_any(),
                contact_email = m.text_if_any(),
                started_on = m.day(),
                ended_on = m.day_if_any()
            );
            "involvements"
        }
        8 => {
            let row = row_of!(m, folder, lead_professionals);
            change!(
                m,
                row,
                agency_id = m.agency(),
                subject = m.account(),
                name = m.text(),
                phone = m.text_if_any(),
                email = m.text_if_any(),
                team = m.text_if_any(),
                valid_from = m.day(),
                valid_until = m.day_if_any()
            );
            "lead_professionals"
        }
        9 | 10 => {
            let person = m.person_if_any(&before);
            let row = row_of!(m, folder, criteria_matches);
            change!(
                m,
                row,
                person_id = person,
                criterion = m.one(&CRITERIA),
                source_agency_id = m.agency(),
                evidence = m.text(),
                evidence_from = m.day(),
                evidence_until = m.day_if_any(),
                matched_by = m.code(),
                verified_on = m.day_if_any(),
                withdrawn_on = m.day_if_any()
            );
            "criteria_matches"
        }
        11 => {
            let row = row_of!(m, folder, assessments);
            change!(
                m,
                row,
                agency_id = m.agency(),
                kind = m.code(),
                covers_all_members = m.chance.percent(50),
                started_on = m.day(),
                completed_on = m.day_if_any(),
                quality = m.code_if_any()
            );
            "assessments"
        }
        _ => {
            let person = m.person_if_any(&before);
            let domain = m.chance.number(0, m.words.domains.len() - 1);
            let row = row_of!(m, folder, distance_scores);
            change!(
                m,
                row,
                person_id = person,
                domain = m.words.domains[domain].clone(),
                review = m.small(0, 3),
                score = m.small(1, 5),
                scored_by = m.code(),
                scored_on = m.day()
            );
            "distance_scores"
        }
    }
}
