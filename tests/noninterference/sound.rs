//! Whether the database would take a family's rows: its checks and partial unique indexes, said once more.

use std::collections::HashSet;

use chrono::NaiveDate;
use thinkfamily::records::{MarkerStatus, PlanStatus};
use uuid::Uuid;

use crate::world::Folder;

fn in_order(from: NaiveDate, until: Option<NaiveDate>) -> bool {
    until.is_none_or(|until| until >= from)
}

fn once<T: Eq + std::hash::Hash>(of: impl IntoIterator<Item = T>) -> bool {
    let mut seen = HashSet::new();
    of.into_iter().all(|one| seen.insert(one))
}

/// Whether the database would take the family's rows.
pub(crate) fn is_sound(folder: &Folder) -> bool {
    let f = folder;
    let own: HashSet<Uuid> = f.people.iter().map(|person| person.id).collect();
    let (goals, plans): (HashSet<Uuid>, HashSet<Uuid>) = (
        f.goals.iter().map(|row| row.id).collect(),
        f.plans.iter().map(|row| row.id).collect(),
    );
    let assessments: HashSet<Uuid> = f.assessments.iter().map(|row| row.id).collect();
    f.family
        .closed_on
        .is_none_or(|closed| f.family.attached_on.is_none_or(|attached| closed >= attached))
        && f.memberships
            .iter()
            .all(|row| in_order(row.valid_from, row.valid_until))
        && once(
            f.memberships
                .iter()
                .filter(|row| row.valid_until.is_none())
                .map(|row| row.person_id),
        )
        && own
            .iter()
            .all(|key| f.memberships.iter().any(|row| row.person_id == *key))
        && f.addresses.iter().all(|row| in_order(row.valid_from, row.valid_until))
        && f.statutory_statuses
            .iter()
            .all(|row| in_order(row.valid_from, row.valid_until))
        && f.involvements.iter().all(|row| in_order(row.started_on, row.ended_on))
        && once(
            f.involvements
                .iter()
                .filter(|row| row.ended_on.is_none())
                .map(|row| row.agency_id),
        )
        && f.lead_professionals
            .iter()
            .all(|row| in_order(row.valid_from, row.valid_until))
        && f.lead_professionals
            .iter()
            .filter(|row| row.valid_until.is_none())
            .count()
            <= 1
        && f.criteria_matches
            .iter()
            .all(|row| in_order(row.evidence_from, row.evidence_until))
        && f.assessments
            .iter()
            .all(|row| in_order(row.started_on, row.completed_on))
        && f.distance_scores
            .iter()
            .all(|row| assessments.contains(&row.assessment_id))
        && f.plans
            .iter()
            .all(|row| (row.status == PlanStatus::Closed) == row.closed_on.is_some())
        && f.plans.iter().filter(|row| row.status != PlanStatus::Closed).count() <= 1
        && f.goals.iter().all(|row| plans.contains(&row.plan_id))
        && f.without_goals.iter().all(|row| plans.contains(&row.plan_id))
        && once(f.without_goals.iter().map(|row| (row.plan_id, row.criterion.as_str())))
        && f.plan_histories.iter().all(|row| plans.contains(&row.plan_id))
        && f.access_checks.iter().all(|row| own.contains(&row.person_id))
        && f.actions.iter().all(|row| goals.contains(&row.goal_id))
        && f.outcomes
            .iter()
            .all(|row| plans.contains(&row.plan_id) && row.goal_id.is_none_or(|goal| goals.contains(&goal)))
        && once(
            f.markers
                .iter()
                .filter(|row| row.status != MarkerStatus::Removed)
                .map(|row| (row.agency_id, row.system.as_str())),
        )
        && f.emergency_accesses.iter().all(|row| row.expires_at > row.opened_at)
        && f.barred_subjects
            .iter()
            .all(|row| in_order(row.valid_from, row.valid_until))
        && f.taf_meetings.iter().all(|row| in_order(row.held_on, row.next_on))
        && f.taf_attendances
            .iter()
            .all(|row| f.taf_meetings.iter().any(|meeting| meeting.id == row.meeting_id))
        && once(f.taf_attendances.iter().map(|row| (row.meeting_id, row.agency_id)))
}
