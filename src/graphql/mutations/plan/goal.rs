//! `addGoal` and `amendGoal`.

use async_graphql::{ID, InputObject};

use super::{
    parts::{PARTS, part, plan_of},
    step::{is_newest, step_of},
};
use crate::{
    graphql::{
        codes::{CriterionCode, GoalStatus, upper},
        context::Request,
        ids::Kind,
        mutations::{
            changed::{categories_of, payload},
            checks::Checks,
            frame::{Change, sent},
            idempotency::{Done, Stopped},
            user_error::UserError,
            writable::{self, Named},
        },
        objects::{Goal, Plan},
    },
    programme::steps::PlanStep,
    records::{GoalRow, InColumn, TableSet, criterion_if_any},
    sharing::{
        facts::RowFacts,
        grant::Link,
        register::{FieldId, field},
    },
    store::dossier::Dossier,
};

/// The most goals of a plan.
const MOST: usize = 100;

/// A goal of a plan.
#[derive(InputObject)]
pub struct AddGoalInput {
    /// The plan.
    plan_id: ID,
    /// The version of the plan upon which you decided.
    version: String,
    /// What is to be reached; from 1 to 2,000 characters.
    description: String,
    /// The criterion to which it is tied, of those that you may write.
    criterion: Option<CriterionCode>,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

payload! {
    /// What came of adding a goal.
    AddGoalPayload {
        /// The goal, if you may see it.
        goal: Goal
    }
    errors "Why it was not added; empty when it was."
}

impl Change for AddGoalInput {
    sent!(Self, by plan_id, gives AddGoalPayload);
    const MUTATION: FieldId = field::MUTATION_ADD_GOAL;

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let key = request.key(&self.plan_id)?;
        let mut checks = Checks::default();
        let description = checks.lines("description", &self.description, 1, 2000);
        let description = checks.finish(description)?;
        let criterion = self.criterion.map(upper);
        let facts = RowFacts::family().with_categories(criterion_if_any(criterion.as_deref()));
        // It is written as what it is: with the category of its criterion.
        let permit = |dossier: &Dossier, plan: &Plan| {
            let _of_plans = plan.row.may_write(categories_of(Self::MUTATION)).ok()?;
            let categories = categories_of(Self::MUTATION).union(facts.categories);
            dossier.grant.may_write(categories, &facts).ok()
        };
        let named = Named { key, field: "planId" };
        let (_, plan, permit) = writable::row_with(request, named, Kind::Plan, PARTS, permit).await?;
        is_newest(&plan, &self.version)?;
        let taken = step_of(&plan, "planId", PlanStep::AddGoal)?;
        let before = plan.seen_goals().count();
        if before >= MOST {
            let sentence = format!("A plan has at most {MOST} goals.");
            return Ok(Done::refused(UserError::invalid("planId", sentence)));
        }
        let goal = GoalRow {
            authority_id: request.authority(),
            id: request.services.store.ids().uuid(),
            family_id: key.family,
            plan_id: key.row,
            position: i32::try_from(before).unwrap_or(i32::MAX).saturating_add(1),
            description,
            criterion,
            status: GoalStatus::Open,
        };
        let goal_key = goal.id;
        let writing = request.session.write(permit);
        writing.add_to_family(&[goal]).await?;
        taken.keep(request, &writing, (key.family, key.row)).await?;
        Ok(Done::changed(key.family, vec![goal_key]))
    }
}

/// What a goal is from now on; what is not named stays.
#[derive(InputObject)]
pub struct AmendGoalInput {
    /// The goal.
    goal_id: ID,
    /// The version of the goal upon which you decided.
    version: String,
    /// What is to be reached; from 1 to 2,000 characters.
    description: Option<String>,
    /// Whether it was reached.
    status: Option<GoalStatus>,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

payload! {
    /// What came of changing a goal.
    AmendGoalPayload {
        /// The goal, if you may see it.
        goal: Goal
    }
    errors "Why it was not changed; empty when it was."
}

impl Change for AmendGoalInput {
    sent!(Self, by goal_id, gives AmendGoalPayload);
    const MUTATION: FieldId = field::MUTATION_AMEND_GOAL;

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let key = request.key(&self.goal_id)?;
        let mut checks = Checks::default();
        let mut columns = Vec::new();
        if let Some(text) = &self.description
            && let Some(text) = checks.lines("description", text, 1, 2000)
        {
            columns.push(("description", InColumn::cell(Some(&text))));
        }
        columns.extend(self.status.map(|status| ("status", InColumn::cell(Some(&status)))));
        if columns.is_empty() {
            checks.refuse(
                "description",
                "Say what is to change: the description, the status, or both.",
            );
        }
        checks.finish(Some(()))?;
        let named = Named { key, field: "goalId" };
        let (dossier, goal, permit) = part::<Goal>(request, named, Kind::Goal, TableSet::EMPTY, Self::MUTATION).await?;
        is_newest(&goal, &self.version)?;
        let plan = plan_of(&dossier, goal.row.link(Link::Plan));
        let plan = plan.ok_or_else(|| vec![UserError::not_possible("goalId")])?;
        let taken = step_of(&plan, "goalId", PlanStep::AmendGoal)?;
        let writing = request.session.write(permit);
        writing.set_in_family::<GoalRow>(key.family, key.row, columns).await?;
        taken.keep(request, &writing, (key.family, plan.row.key())).await?;
        Ok(Done::changed(key.family, vec![key.row]))
    }
}
