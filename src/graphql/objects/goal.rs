//! `Goal`.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::{Action, Entry, Outcome, Plan, rows};
use crate::{
    graphql::{
        codes::{self, CriterionCode, GoalStatus},
        context::Request,
        ids::Kind,
    },
    sharing::{
        grant::{Link, Shared, Visible},
        register::{FieldId, field},
    },
    store::{
        dossier::{Dossier, Locked, Tables},
        rows::GoalRow,
    },
};

/// A goal of a plan.
#[derive(Clone)]
pub struct Goal {
    pub(in crate::graphql) dossier: Arc<Dossier>,
    pub(in crate::graphql) row: Visible<GoalRow>,
}

impl Entry for Goal {
    type Row = GoalRow;
    const EXISTENCE: FieldId = field::GOAL_ID;

    fn table(tables: &Tables) -> &[Locked<GoalRow>] {
        &tables.goals
    }

    fn new(dossier: Arc<Dossier>, row: Visible<GoalRow>) -> Self {
        Self { dossier, row }
    }

    fn row(&self) -> &Visible<GoalRow> {
        &self.row
    }

    fn key(&self) -> uuid::Uuid {
        self.row.key()
    }
}

/// A goal of a plan.
#[Object]
impl Goal {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::Goal, self.dossier.key(), self.key())
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
    fn status(&self) -> Shared<Option<GoalStatus>> {
        self.row.release(field::GOAL_STATUS, |row| codes::parse(&row.status))
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
