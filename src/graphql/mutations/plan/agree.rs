//! `agreePlan` and `activatePlan`.

use std::{collections::BTreeSet, sync::Arc};

use async_graphql::{ID, InputObject};
use chrono::NaiveDate;

use super::{
    parts::part,
    step::{is_newest, step_of},
};
use crate::{
    graphql::{
        codes::{CriterionCode, upper},
        context::Request,
        ids::Kind,
        mutations::{
            changed::payload,
            checks::Checks,
            frame::{Change, sent},
            idempotency::{Done, Stopped},
            user_error::{UserError, UserErrorCode},
            writable::Named,
        },
        objects::{CriteriaMatch, Plan, visible},
    },
    programme::{
        plan::{self, NoGoal, PlanLack, ToAgree},
        steps::PlanStep,
    },
    records::{GoalStatus, InColumn, PlanRow, Table, TableSet, WithoutGoalRow},
    sharing::register::{FieldId, field},
    store::dossier::Dossier,
};

/// That a plan was agreed.
#[derive(InputObject)]
pub struct AgreePlanInput {
    /// The plan.
    plan_id: ID,
    /// The version of the plan upon which you decided.
    version: String,
    /// The day; today or before.
    agreed_on: NaiveDate,
    /// The day on which the family signed it; not after that.
    signed_by_family_on: NaiveDate,
    /// Why there is no goal for a criterion on which the family came in; each criterion once.
    without_goals: Option<Vec<WithoutGoalInput>>,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

/// Why there is no goal for a criterion.
#[derive(InputObject)]
pub struct WithoutGoalInput {
    /// The criterion.
    criterion: CriterionCode,
    /// Why; from 1 to 1,000 characters.
    reason: String,
}

payload! {
    /// What came of agreeing to a plan.
    AgreePlanPayload {
        /// The plan, if you may see it.
        plan: Plan
    }
    errors "Why it was not agreed; empty when it was."
}

/// The criteria on which the family came in, of those that the caller may see: matches that are not withdrawn.
fn entry(dossier: &Arc<Dossier>) -> BTreeSet<String> {
    let all = visible::<CriteriaMatch>(dossier).filter(|one| one.is_withdrawn().seen() == Some(&false));
    let criterion = |one: CriteriaMatch| {
        let criterion = one
            .row
            .release(field::CRITERIA_MATCH_CRITERION, |row| row.criterion.clone());
        criterion.seen().cloned()
    };
    all.filter_map(criterion).collect()
}

/// What a lack is called, and where it can be put right.
fn told(lack: PlanLack<'_>) -> UserError {
    match lack {
        PlanLack::SignedLater => UserError::invalid("signedByFamilyOn", "The family signs that day or before."),
        PlanLack::Goal => UserError::new(
            "planId",
            UserErrorCode::NoGoal,
            "The plan has no goal yet. Add one first.",
        ),
        PlanLack::GoalOrReason(criterion) => UserError::new(
            "withoutGoals",
            UserErrorCode::CriterionWithoutGoal,
            format!("The family came in on {criterion}. Add a goal tied to it, or say here why there is none."),
        ),
    }
}

impl Change for AgreePlanInput {
    sent!(Self, by plan_id, gives AgreePlanPayload);
    const MUTATION: FieldId = field::MUTATION_AGREE_PLAN;

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let key = request.key(&self.plan_id)?;
        let (today, named) = (request.session.today(), Named { key, field: "planId" });
        let reasons = self.reasons(today)?;
        let matches = TableSet::from(Table::CriteriaMatch);
        let (dossier, plan, permit) = part::<Plan>(request, named, Kind::Plan, matches, Self::MUTATION).await?;
        is_newest(&plan, &self.version)?;
        let taken = step_of(&plan, "planId", PlanStep::Agree)?;
        let criteria = entry(&dossier);
        let goals: Vec<(Option<String>, GoalStatus)> = plan
            .seen_goals()
            .map(|goal| {
                let of = goal
                    .row
                    .release(field::GOAL_CRITERION, |row| (row.criterion.clone(), row.status));
                of.seen().cloned().unwrap_or((None, GoalStatus::Open))
            })
            .collect();
        let goals: Vec<plan::Goal<'_>> = goals
            .iter()
            .map(|(criterion, status)| plan::Goal {
                criterion: criterion.as_deref(),
                status: *status,
            })
            .collect();
        let criteria: Vec<&str> = criteria.iter().map(String::as_str).collect();
        let no_goals: Vec<NoGoal<'_>> = reasons
            .iter()
            .map(|(criterion, reason)| NoGoal { criterion, reason })
            .collect();
        let lacks = plan::lacks_to_agree(ToAgree {
            entry: &criteria,
            goals: &goals,
            no_goals: &no_goals,
            signed_by_family_on: self.signed_by_family_on,
            agreed_on: self.agreed_on,
        });
        if !lacks.is_empty() {
            return Ok(Done::all_refused(lacks.into_iter().map(told).collect()));
        }
        let rows: Vec<WithoutGoalRow> = reasons
            .into_iter()
            .map(|(criterion, reason)| WithoutGoalRow {
                authority_id: request.authority(),
                id: request.services.store.ids().uuid(),
                family_id: key.family,
                plan_id: key.row,
                criterion,
                reason,
            })
            .collect();
        let columns = vec![
            ("status", InColumn::cell(Some(&taken.after))),
            ("agreed_on", InColumn::cell(Some(&self.agreed_on))),
            ("signed_by_family_on", InColumn::cell(Some(&self.signed_by_family_on))),
        ];
        let writing = request.session.write(permit);
        writing.set_in_family::<PlanRow>(key.family, key.row, columns).await?;
        writing.add_to_family(&rows).await?;
        taken.keep(request, &writing, (key.family, key.row)).await?;
        Ok(Done::changed(key.family, vec![key.row]))
    }
}

impl AgreePlanInput {
    /// The reasons, where the input is good by itself.
    fn reasons(&self, today: NaiveDate) -> Result<Vec<(String, String)>, Vec<UserError>> {
        let mut checks = Checks::default();
        checks.past_day("agreedOn", self.agreed_on, today);
        checks.day("signedByFamilyOn", self.signed_by_family_on);
        let (mut reasons, mut said) = (Vec::new(), BTreeSet::new());
        for one in self.without_goals.iter().flatten() {
            let criterion = upper(one.criterion);
            if !said.insert(criterion.clone()) {
                checks.refuse("withoutGoals.criterion", "A criterion is named twice.");
            } else if let Some(reason) = checks.lines("withoutGoals.reason", &one.reason, 1, 1000) {
                reasons.push((criterion, reason));
            }
        }
        checks.finish(Some(reasons))
    }
}

/// That work on a plan has begun.
#[derive(InputObject)]
pub struct ActivatePlanInput {
    /// The plan.
    plan_id: ID,
    /// The version of the plan upon which you decided.
    version: String,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

payload! {
    /// What came of recording that.
    ActivatePlanPayload {
        /// The plan, if you may see it.
        plan: Plan
    }
    errors "Why it was not recorded; empty when it was."
}

impl Change for ActivatePlanInput {
    sent!(Self, by plan_id, gives ActivatePlanPayload);
    const MUTATION: FieldId = field::MUTATION_ACTIVATE_PLAN;

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let key = request.key(&self.plan_id)?;
        let named = Named { key, field: "planId" };
        let (_, plan, permit) = part::<Plan>(request, named, Kind::Plan, TableSet::EMPTY, Self::MUTATION).await?;
        is_newest(&plan, &self.version)?;
        let taken = step_of(&plan, "planId", PlanStep::Activate)?;
        let columns = vec![("status", InColumn::cell(Some(&taken.after)))];
        let writing = request.session.write(permit);
        writing.set_in_family::<PlanRow>(key.family, key.row, columns).await?;
        taken.keep(request, &writing, (key.family, key.row)).await?;
        Ok(Done::changed(key.family, vec![key.row]))
    }
}
