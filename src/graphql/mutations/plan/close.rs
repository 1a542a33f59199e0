//! `closePlan`.

use async_graphql::{ID, InputObject};
use chrono::NaiveDate;

use super::{
    parts::part,
    step::{is_newest, step_of},
};
use crate::{
    graphql::{
        codes::PlanClosure,
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
        objects::Plan,
    },
    programme::{
        plan::{ClosureRefusal, closure_refusal},
        steps::{PlanStatus, PlanStep},
    },
    records::{GoalStatus, InColumn, PlanRow, TableSet},
    sharing::register::{FieldId, field},
};

/// That a plan is closed.
#[derive(InputObject)]
pub struct ClosePlanInput {
    /// The plan.
    plan_id: ID,
    /// The version of the plan upon which you decided.
    version: String,
    /// The day; today or before, and not before it was drawn up.
    closed_on: NaiveDate,
    /// With what success.
    closure: PlanClosure,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

payload! {
    /// What came of closing a plan.
    ClosePlanPayload {
        /// The plan, if you may see it.
        plan: Plan
    }
    errors "Why it was not closed; empty when it was."
}

fn told(refusal: ClosureRefusal) -> UserError {
    let (code, sentence) = match refusal {
        ClosureRefusal::NeverAgreed => (
            UserErrorCode::NeverAgreed,
            "The plan was never agreed, so nothing of it was achieved: it can only be closed since the family dropped out.",
        ),
        ClosureRefusal::GoalNotAchieved => (
            UserErrorCode::GoalNotAchieved,
            "A goal was not achieved. Say of each goal whether it was, or close the plan as partially achieved.",
        ),
        ClosureRefusal::NoGoalAchieved => (
            UserErrorCode::NoGoalAchieved,
            "No goal was achieved. Say of each goal whether it was, or close the plan as not achieved.",
        ),
    };
    UserError::new("closure", code, sentence)
}

impl Change for ClosePlanInput {
    sent!(Self, by plan_id, gives ClosePlanPayload);
    const MUTATION: FieldId = field::MUTATION_CLOSE_PLAN;

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let key = request.key(&self.plan_id)?;
        let mut checks = Checks::default();
        checks.past_day("closedOn", self.closed_on, request.session.today());
        checks.finish(Some(()))?;
        let named = Named { key, field: "planId" };
        let (_, plan, permit) = part::<Plan>(request, named, Kind::Plan, TableSet::EMPTY, Self::MUTATION).await?;
        is_newest(&plan, &self.version)?;
        let taken = step_of(&plan, "planId", PlanStep::Close)?;
        let began = plan.row.release(field::PLAN_DRAWN_UP_ON, |row| row.drawn_up_on);
        if began.seen().is_some_and(|began| self.closed_on < *began) {
            let sentence = "It cannot be closed before the day on which it was drawn up.";
            return Ok(Done::refused(UserError::invalid("closedOn", sentence)));
        }
        let status = |goal: crate::graphql::objects::Goal| {
            let status = goal.row.release(field::GOAL_STATUS, |row| row.status);
            status.seen().copied()
        };
        let goals: Vec<GoalStatus> = plan.seen_goals().filter_map(status).collect();
        let before = taken.before().unwrap_or(PlanStatus::Draft);
        if let Some(refusal) = closure_refusal(before, &goals, self.closure) {
            return Ok(Done::refused(told(refusal)));
        }
        let columns = vec![
            ("status", InColumn::cell(Some(&taken.after))),
            ("closed_on", InColumn::cell(Some(&self.closed_on))),
            ("closure", InColumn::cell(Some(&self.closure))),
        ];
        let writing = request.session.write(permit);
        writing.set_in_family::<PlanRow>(key.family, key.row, columns).await?;
        taken.keep(request, &writing, (key.family, key.row)).await?;
        Ok(Done::changed(key.family, vec![key.row]))
    }
}
