//! `Action`.

use async_graphql::{Context, ID, Object};
use chrono::NaiveDate;

use super::{Agency, Goal, agency, entry, rows};
use crate::{
    graphql::{context::Request, ids::Kind},
    records::ActionRow,
    sharing::{
        grant::{Link, Shared},
        register::field,
    },
};

entry! {
    /// Something to be done towards a goal.
    Action of ActionRow, ACTION_ID
}

/// Something to be done towards a goal.
#[Object]
impl Action {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::Action, self.dossier.key(), self.row.key())
    }

    /// Its goal.
    fn goal(&self, ctx: &Context<'_>) -> Shared<Option<Goal>> {
        let of = self.row.link(Link::Goal);
        self.row.release_rows(field::ACTION_GOAL, || {
            rows(ctx, &self.dossier, |parent: &Goal| Some(parent.row.key()) == of).pop()
        })
    }

    /// What is to be done.
    fn description(&self) -> Shared<String> {
        self.row
            .release(field::ACTION_DESCRIPTION, |row| row.description.clone())
    }

    /// The agency that does it.
    fn owner_agency(&self) -> Shared<Option<Agency>> {
        self.row.release(field::ACTION_OWNER_AGENCY, |row| {
            agency(&self.dossier, Some(row.owner_agency_id))
        })
    }

    /// By when.
    fn due_on(&self) -> Shared<Option<NaiveDate>> {
        self.row.release(field::ACTION_DUE_ON, |row| row.due_on)
    }

    /// When it was done.
    fn done_on(&self) -> Shared<Option<NaiveDate>> {
        self.row.release(field::ACTION_DONE_ON, |row| row.done_on)
    }
}
