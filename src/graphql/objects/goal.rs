//! `Goal`.

use async_graphql::{Context, ID, Object};

use super::{Action, Outcome, Plan, entry, rows};
use crate::{
    graphql::{
        codes::{self, CriterionCode, GoalStatus},
        context::Request,
        ids::Kind,
    },
    records::GoalRow,
    sharing::{
        grant::{Link, Shared},
        register::field,
    },
};

entry! {
    /// A goal of a plan.
    Goal of GoalRow, GOAL_ID
}

/// A goal of a plan.
#[Object]
impl Goal {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::Goal, self.dossier.key(), self.row.key())
    }

    /// Its plan.
    fn plan(&self, ctx: &Context<'_>) -> Shared<Option<Plan>> {
        let of = self.row.link(Link::Plan);
        self.row.release_rows(field::GOAL_PLAN, || {
            rows(ctx, &self.dossier, |parent: &Plan| Some(parent.row.key()) == of).pop()
        })
    }

    /// What is to be reached.
    fn description(&self) -> Shared<String> {
        self.row.release(field::GOAL_DESCRIPTION, |row| row.description.clone())
    }

    /// The criterion it is tied to.
    fn criterion(&self) -> Shared<Option<CriterionCode>> {
        self.row.release(field::GOAL_CRITERION, |row| {
            row.criterion.as_deref().and_then(codes::parse)
        })
    }

    /// Where it stands.
    fn status(&self) -> Shared<GoalStatus> {
        self.row.release(field::GOAL_STATUS, |row| row.status)
    }

    /// What is done towards it, in order.
    fn actions(&self, ctx: &Context<'_>) -> Shared<Vec<Action>> {
        let own = self.row.key();
        self.row.release_rows(field::GOAL_ACTIONS, || {
            rows(ctx, &self.dossier, |child: &Action| {
                child.row.link(Link::Goal) == Some(own)
            })
        })
    }

    /// The indicators that show whether it is reached.
    fn outcomes(&self, ctx: &Context<'_>) -> Shared<Vec<Outcome>> {
        let own = self.row.key();
        self.row.release_rows(field::GOAL_OUTCOMES, || {
            rows(ctx, &self.dossier, |child: &Outcome| {
                child.row.link(Link::Goal) == Some(own)
            })
        })
    }
}
