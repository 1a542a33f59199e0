//! `Plan`.

use async_graphql::{Context, ID, Object};
use chrono::NaiveDate;

use super::{Family, Goal, Outcome, entry, family, rows};
use crate::{
    graphql::{
        codes::{PlanClosure, PlanStatus},
        context::Request,
        ids::Kind,
    },
    records::PlanRow,
    sharing::{
        grant::{Link, Shared},
        register::field,
    },
};

entry! {
    /// The one overarching support plan of a family.
    Plan of PlanRow, PLAN_ID
}

impl Plan {
    /// Whether it is known to the asker not to be closed.
    pub(super) fn is_open(&self) -> bool {
        self.row
            .release(field::PLAN_STATUS, |row| row.status != PlanStatus::Closed)
            .seen()
            == Some(&true)
    }
}

/// The one overarching support plan of a family.
#[Object]
impl Plan {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::Plan, self.dossier.key(), self.row.key())
    }

    /// The family.
    fn family(&self, ctx: &Context<'_>) -> Shared<Option<Family>> {
        self.row.release_rows(field::PLAN_FAMILY, || family(ctx, &self.dossier))
    }

    /// Where it stands.
    fn status(&self) -> Shared<PlanStatus> {
        self.row.release(field::PLAN_STATUS, |row| row.status)
    }

    /// When it was drawn up.
    fn drawn_up_on(&self) -> Shared<NaiveDate> {
        self.row.release(field::PLAN_DRAWN_UP_ON, |row| row.drawn_up_on)
    }

    /// When it was agreed.
    fn agreed_on(&self) -> Shared<Option<NaiveDate>> {
        self.row.release(field::PLAN_AGREED_ON, |row| row.agreed_on)
    }

    /// When the family signed it.
    fn signed_by_family_on(&self) -> Shared<Option<NaiveDate>> {
        self.row
            .release(field::PLAN_SIGNED_BY_FAMILY_ON, |row| row.signed_by_family_on)
    }

    /// When it was closed.
    fn closed_on(&self) -> Shared<Option<NaiveDate>> {
        self.row.release(field::PLAN_CLOSED_ON, |row| row.closed_on)
    }

    /// With what success it was closed.
    fn closure(&self) -> Shared<Option<PlanClosure>> {
        self.row.release(field::PLAN_CLOSURE, |row| row.closure)
    }

    /// Its goals, in order.
    fn goals(&self, ctx: &Context<'_>) -> Shared<Vec<Goal>> {
        let own = self.row.key();
        self.row.release_rows(field::PLAN_GOALS, || {
            rows(ctx, &self.dossier, |child: &Goal| {
                child.row.link(Link::Plan) == Some(own)
            })
        })
    }

    /// The indicators agreed in it.
    fn outcomes(&self, ctx: &Context<'_>) -> Shared<Vec<Outcome>> {
        let own = self.row.key();
        self.row.release_rows(field::PLAN_OUTCOMES, || {
            rows(ctx, &self.dossier, |child: &Outcome| {
                child.row.link(Link::Plan) == Some(own)
            })
        })
    }
}
