//! `Plan`.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::NaiveDate;

use super::{Entry, Family, Goal, Outcome, family, rows};
use crate::{
    graphql::{
        codes::{self, PlanClosure, PlanStatus},
        context::Request,
        ids::Kind,
    },
    sharing::{
        grant::{Link, Shared, Visible},
        register::{FieldId, field},
    },
    store::{
        dossier::{Dossier, Locked, Tables},
        rows::PlanRow,
    },
};

/// The one overarching support plan of a family.
#[derive(Clone)]
pub struct Plan {
    pub(in crate::graphql) dossier: Arc<Dossier>,
    pub(in crate::graphql) row: Visible<PlanRow>,
}

impl Plan {
    /// Whether it is known to the asker not to be closed.
    pub(super) fn is_open(&self) -> bool {
        self.row
            .release(field::PLAN_STATUS, |row| row.status != "closed")
            .seen()
            == Some(&true)
    }
}

impl Entry for Plan {
    type Row = PlanRow;
    const EXISTENCE: FieldId = field::PLAN_ID;

    fn table(tables: &Tables) -> &[Locked<PlanRow>] {
        &tables.plans
    }

    fn new(dossier: Arc<Dossier>, row: Visible<PlanRow>) -> Self {
        Self { dossier, row }
    }

    fn row(&self) -> &Visible<PlanRow> {
        &self.row
    }

    fn key(&self) -> uuid::Uuid {
        self.row.key()
    }
}

/// The one overarching support plan of a family.
#[Object]
impl Plan {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::Plan, self.dossier.key(), self.key())
    }

    /// The family.
    fn family(&self, ctx: &Context<'_>) -> Shared<Option<Family>> {
        self.row.release_rows(field::PLAN_FAMILY, || family(ctx, &self.dossier))
    }

    /// Where it stands.
    fn status(&self) -> Shared<Option<PlanStatus>> {
        self.row.release(field::PLAN_STATUS, |row| codes::parse(&row.status))
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
        self.row
            .release(field::PLAN_CLOSURE, |row| row.closure.as_deref().and_then(codes::parse))
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
