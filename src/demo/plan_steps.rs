//! The steps that were taken with the Hardmans' plan, and why it has no goal for one criterion.

use chrono::{NaiveTime, TimeZone as _, Utc};

use super::{desk::Desk, hardman::REFERENCE};
use crate::records::{LeadProfessionalRow, PlanHistoryRow, PlanRow, PlanStatus, PlanStep, WithoutGoalRow};

/// Adds them to what is written down already: whoever leads the work drew the plan up, had it agreed and began.
pub(super) fn write(desk: &mut Desk<'_>) {
    let family = desk.data.families.iter().find(|row| row.reference == REFERENCE);
    let family = family.expect("the family was written down before").id;
    let open = |row: &&PlanRow| row.family_id == family && row.status == PlanStatus::Active;
    let plan = desk.data.plans.iter().find(open);
    let plan = plan.expect("it has a plan").clone();
    let leads = |row: &&LeadProfessionalRow| row.family_id == family && row.valid_until.is_none();
    let lead = desk.data.lead_professionals.iter().find(leads);
    let lead = lead.expect("somebody leads").clone();
    let agreed = plan.agreed_on.unwrap_or(plan.drawn_up_on);
    for (step, before, after, day) in [
        (PlanStep::Draft, None, PlanStatus::Draft, plan.drawn_up_on),
        (PlanStep::Agree, Some(PlanStatus::Draft), PlanStatus::Agreed, agreed),
        (PlanStep::Activate, Some(PlanStatus::Agreed), PlanStatus::Active, agreed),
    ] {
        let row = PlanHistoryRow {
            authority_id: plan.authority_id,
            id: desk.id(),
            family_id: family,
            plan_id: plan.id,
            step,
            before,
            after,
            taken_at: Utc.from_utc_datetime(&day.and_time(NaiveTime::MIN)),
            agency_id: lead.agency_id,
            subject: lead.subject.clone(),
        };
        desk.data.plan_histories.push(row);
    }
    let row = WithoutGoalRow {
        authority_id: plan.authority_id,
        id: desk.id(),
        family_id: family,
        plan_id: plan.id,
        criterion: "CHILDREN_NEEDING_HELP".to_owned(),
        reason: "The social worker's own plan for the children covers it.".to_owned(),
    };
    desk.data.without_goals.push(row);
}
