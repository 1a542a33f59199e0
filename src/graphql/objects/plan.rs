//! `Plan`.

use chrono::NaiveDate;

use super::{Action, Family, Goal, Outcome, PlanHistory, WithoutGoal, entry::visible, said::entry};
use crate::{
    graphql::codes::{PlanClosure, PlanStatus, PlanStep},
    programme::steps::{Moves as _, next_steps},
    records::PlanRow,
    sharing::{
        grant::Link,
        register::{self, field},
    },
};

entry! {
    /// The one overarching support plan of a family.
    Plan of PlanRow {
        /// The family.
        family: Option<Family> => family();
        /// Where it stands.
        status: PlanStatus;
        /// When it was drawn up.
        drawn_up_on: NaiveDate;
        /// When it was agreed.
        agreed_on: Option<NaiveDate>;
        /// When the family signed it.
        signed_by_family_on: Option<NaiveDate>;
        /// When it was closed.
        closed_on: Option<NaiveDate>;
        /// With what success it was closed.
        closure: Option<PlanClosure>;
        /// Its goals, in order.
        goals: Vec<Goal> => children(Plan);
        /// The criteria on which the family came in and for which it has no goal, with the reasons.
        without_goals: Vec<WithoutGoal> => children(Plan);
        /// The indicators agreed in it.
        outcomes: Vec<Outcome> => children(Plan);
        /// The version of what you see of it, to be named by a step that you decide upon it.
        version: String => version();
        /// The steps that you could take with it now.
        next_steps: Vec<PlanStep> => next_steps();
        /// The steps that were taken with it, newest first.
        history: Vec<PlanHistory> => history(Plan);
    }
}

impl Plan {
    /// Whether it is known to the asker not to be closed.
    pub(in crate::graphql) fn is_open(&self) -> bool {
        self.row
            .release(field::PLAN_STATUS, |row| row.status != PlanStatus::Closed)
            .seen()
            == Some(&true)
    }

    /// The goals that the asker may see.
    pub(in crate::graphql) fn seen_goals(&self) -> impl Iterator<Item = Goal> {
        let key = self.row.key();
        visible::<Goal>(&self.dossier).filter(move |goal| goal.row.link(Link::Plan) == Some(key))
    }

    fn possible_steps(&self, row: &PlanRow) -> Vec<PlanStep> {
        let goals: Vec<_> = self.seen_goals().map(|goal| goal.row.key()).collect();
        let mut actions = visible::<Action>(&self.dossier);
        let to_be_done = actions.any(|action| {
            let of_it = action.row.link(Link::Goal).is_some_and(|goal| goals.contains(&goal));
            of_it && action.is_to_be_done()
        });
        let all = next_steps(row.status).filter(|step| match step {
            PlanStep::AmendGoal | PlanStep::AddAction | PlanStep::Agree => !goals.is_empty(),
            PlanStep::CompleteAction => to_be_done,
            PlanStep::Draft | PlanStep::AddGoal | PlanStep::Activate | PlanStep::Close => true,
        });
        all.filter(|step| self.may_take(*step)).collect()
    }

    fn may_take(&self, step: PlanStep) -> bool {
        let change = register::find(&format!("Mutation.{}", PlanStatus::mutation(step)));
        change.is_some_and(|change| self.row.may_write(change.categories).is_ok())
    }
}
