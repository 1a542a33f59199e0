//! `addAction` and `completeAction`.

use async_graphql::{ID, InputObject};
use chrono::NaiveDate;

use super::{
    parts::{part, plan_of},
    step::{is_newest, step_of},
};
use crate::{
    graphql::{
        context::Request,
        ids::Kind,
        mutations::{
            changed::payload,
            checks::Checks,
            frame::{Change, sent},
            idempotency::{Done, Stopped},
            user_error::{UserError, UserErrorCode},
            writable::{self, Named},
        },
        objects::{Action, Entry as _, Goal, visible},
    },
    programme::steps::PlanStep,
    records::{ActionRow, InColumn, TableSet},
    sharing::{
        grant::Link,
        register::{FieldId, field},
    },
};

/// The most actions towards a goal.
const MOST: usize = 100;

/// Something to be done towards a goal.
#[derive(InputObject)]
pub struct AddActionInput {
    /// The goal.
    goal_id: ID,
    /// The version of the goal upon which you decided.
    version: String,
    /// What is to be done; from 1 to 2,000 characters.
    description: String,
    /// The code of the agency that does it.
    owner_agency: String,
    /// By when.
    due_on: Option<NaiveDate>,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

payload! {
    /// What came of adding something to be done.
    AddActionPayload {
        /// It, if you may see it.
        action: Action
    }
    errors "Why it was not added; empty when it was."
}

impl Change for AddActionInput {
    sent!(Self, by goal_id, gives AddActionPayload);
    const MUTATION: FieldId = field::MUTATION_ADD_ACTION;

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let key = request.key(&self.goal_id)?;
        let mut checks = Checks::default();
        let description = checks.lines("description", &self.description, 1, 2000);
        let due_on = self.due_on.and_then(|day| checks.day("dueOn", day));
        let description = checks.finish(description)?;
        let agencies = request.session.agencies().await?;
        let owner_agency_id = writable::agency(agencies, "ownerAgency", &self.owner_agency)?;
        let named = Named { key, field: "goalId" };
        let (dossier, goal, permit) = part::<Goal>(request, named, Kind::Goal, TableSet::EMPTY, Self::MUTATION).await?;
        is_newest(&goal, &self.version)?;
        let plan = plan_of(&dossier, goal.row.link(Link::Plan));
        let plan = plan.ok_or_else(|| vec![UserError::not_possible("goalId")])?;
        let taken = step_of(&plan, "goalId", PlanStep::AddAction)?;
        let of_it = |action: &Action| action.row.link(Link::Goal) == Some(key.row);
        let before = visible::<Action>(&dossier).filter(of_it).count();
        if before >= MOST {
            let sentence = format!("A goal has at most {MOST} actions.");
            return Ok(Done::refused(UserError::invalid("goalId", sentence)));
        }
        let action = ActionRow {
            authority_id: request.authority(),
            id: request.services.store.ids().uuid(),
            family_id: key.family,
            goal_id: key.row,
            position: i32::try_from(before).unwrap_or(i32::MAX).saturating_add(1),
            description,
            owner_agency_id,
            due_on,
            done_on: None,
        };
        let action_key = action.id;
        let writing = request.session.write(permit);
        writing.add_to_family(&[action]).await?;
        taken.keep(request, &writing, (key.family, plan.row.key())).await?;
        Ok(Done::changed(key.family, vec![action_key]))
    }
}

/// Something that was done.
#[derive(InputObject)]
pub struct CompleteActionInput {
    /// The action.
    action_id: ID,
    /// The version of the action upon which you decided.
    version: String,
    /// The day on which it was done; today or before.
    done_on: NaiveDate,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

payload! {
    /// What came of recording that.
    CompleteActionPayload {
        /// What was done, if you may see it.
        action: Action
    }
    errors "Why it was not recorded; empty when it was."
}

impl Change for CompleteActionInput {
    sent!(Self, by action_id, gives CompleteActionPayload);
    const MUTATION: FieldId = field::MUTATION_COMPLETE_ACTION;

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let key = request.key(&self.action_id)?;
        let mut checks = Checks::default();
        checks.past_day("doneOn", self.done_on, request.session.today());
        checks.finish(Some(()))?;
        let named = Named { key, field: "actionId" };
        let (dossier, action, permit) =
            part::<Action>(request, named, Kind::Action, TableSet::EMPTY, Self::MUTATION).await?;
        is_newest(&action, &self.version)?;
        let goal = action.row.link(Link::Goal);
        let goal = visible::<Goal>(&dossier).find(|one| Some(one.key()) == goal);
        let plan = goal.and_then(|goal| plan_of(&dossier, goal.row.link(Link::Plan)));
        let plan = plan.ok_or_else(|| vec![UserError::not_possible("actionId")])?;
        let taken = step_of(&plan, "actionId", PlanStep::CompleteAction)?;
        if !action.is_to_be_done() {
            return Ok(Done::refused(UserError::new(
                "actionId",
                UserErrorCode::AlreadyDone,
                "It is recorded already that this was done.",
            )));
        }
        let columns = vec![("done_on", InColumn::cell(Some(&self.done_on)))];
        let writing = request.session.write(permit);
        writing.set_in_family::<ActionRow>(key.family, key.row, columns).await?;
        taken.keep(request, &writing, (key.family, plan.row.key())).await?;
        Ok(Done::changed(key.family, vec![key.row]))
    }
}
