//! Plans and what comes of them.

use thinkfamily::records::PlanStatus;
use uuid::Uuid;

use super::maker::Maker;
use crate::world::Folder;

/// Changes a row of one of these tables.
pub(super) fn change(table: usize, m: &mut Maker<'_>, folder: &mut Folder) -> &'static str {
    let before = folder.clone();
    match table {
        13 => {
            let row = row_of!(m, folder, plans);
            change!(
                m,
                row,
                drawn_up_on = m.day(),
                agreed_on = m.day_if_any(),
                signed_by_family_on = m.day_if_any(),
                closure = m.code_if_any()
            );
            if m.here() {
                row.status = m.code();
                row.closed_on = (row.status == PlanStatus::Closed).then(|| m.day());
            }
            "plans"
        }
        14 => {
            let row = row_of!(m, folder, goals);
            change!(
                m,
                row,
                position = m.small(1, 9),
                description = m.text(),
                criterion = m.criterion(),
                status = m.code()
            );
            "goals"
        }
        15 => {
            let row = row_of!(m, folder, actions);
            change!(
                m,
                row,
                position = m.small(1, 9),
                description = m.text(),
                owner_agency_id = m.agency(),
                due_on = m.day_if_any(),
                done_on = m.day_if_any()
            );
            "actions"
        }
        16 => {
            let goals: Vec<Uuid> = before.goals.iter().map(|goal| goal.id).collect();
            let goal = (!goals.is_empty() && m.chance.percent(70)).then(|| m.chance.pick(&goals));
            let row = row_of!(m, folder, outcomes);
            change!(
                m,
                row,
                goal_id = goal,
                criterion = m.criterion(),
                indicator = m.text(),
                kind = m.code(),
                baseline = m.text(),
                forecast = m.text_if_any(),
                result = m.text_if_any(),
                result_on = m.day_if_any(),
                evidence = m.text_if_any(),
                source_agency_id = Some(m.agency())
            );
            "outcomes"
        }
        _ => {
            if m.chance.percent(50) {
                let person = m.person_if_any(&before);
                let measure = m.chance.number(0, m.words.measures.len() - 1);
                let row = row_of!(m, folder, progress_values);
                change!(
                    m,
                    row,
                    person_id = person,
                    measure = m.words.measures[measure].clone(),
                    stage = m.code(),
                    value = m.small(0, 500),
                    period_to = m.day()
                );
                "progress_values"
            } else {
                let row = row_of!(m, folder, markers);
                change!(
                    m,
                    row,
                    agency_id = m.agency(),
                    system = m.text(),
                    status = m.code(),
                    requested_on = m.day(),
                    placed_on = m.day_if_any(),
                    removed_on = m.day_if_any()
                );
                "markers"
            }
        }
    }
}
