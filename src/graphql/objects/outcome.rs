//! `Outcome`.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::NaiveDate;

use super::{Agency, Entry, Family, Goal, Plan, agency, family, rows};
use crate::{
    graphql::{
        codes::{self, CriterionCode, OutcomeKind},
        context::Request,
        ids::Kind,
    },
    sharing::{
        grant::{Link, Shared, Visible},
        register::{FieldId, field},
    },
    store::{
        dossier::{Dossier, Locked, Tables},
        rows::OutcomeRow,
    },
};

/// An indicator that a family agreed to, with its baseline and its result.
#[derive(Clone)]
pub struct Outcome {
    pub(in crate::graphql) dossier: Arc<Dossier>,
    pub(in crate::graphql) row: Visible<OutcomeRow>,
}

impl Entry for Outcome {
    type Row = OutcomeRow;
    const EXISTENCE: FieldId = field::OUTCOME_ID;

    fn table(tables: &Tables) -> &[Locked<OutcomeRow>] {
        &tables.outcomes
    }

    fn new(dossier: Arc<Dossier>, row: Visible<OutcomeRow>) -> Self {
        Self { dossier, row }
    }

    fn row(&self) -> &Visible<OutcomeRow> {
        &self.row
    }

    fn key(&self) -> uuid::Uuid {
        self.row.key()
    }
}

/// An indicator that a family agreed to, with its baseline and its result.
#[Object]
impl Outcome {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::Outcome, self.dossier.key(), self.key())
    }

    /// The family.
    fn family(&self, ctx: &Context<'_>) -> Shared<Option<Family>> {
        self.row
            .release_rows(field::OUTCOME_FAMILY, || family(ctx, &self.dossier))
    }

    /// The plan it was agreed in.
    fn plan(&self, ctx: &Context<'_>) -> Shared<Option<Plan>> {
        let of = self.row.link(Link::Plan);
        self.row.release_rows(field::OUTCOME_PLAN, || {
            rows(ctx, &self.dossier, |parent: &Plan| Some(parent.row.key()) == of).pop()
        })
    }

    /// The goal it belongs to.
    fn goal(&self, ctx: &Context<'_>) -> Shared<Option<Goal>> {
        let of = self.row.link(Link::Goal);
        self.row.release_rows(field::OUTCOME_GOAL, || {
            rows(ctx, &self.dossier, |parent: &Goal| Some(parent.row.key()) == of).pop()
        })
    }

    /// The criterion it is tied to.
    fn criterion(&self) -> Shared<Option<CriterionCode>> {
        self.row.release(field::OUTCOME_CRITERION, |row| {
            row.criterion.as_deref().and_then(codes::parse)
        })
    }

    /// What is measured.
    fn indicator(&self) -> Shared<String> {
        self.row.release(field::OUTCOME_INDICATOR, |row| row.indicator.clone())
    }

    /// Hard or soft.
    fn kind(&self) -> Shared<Option<OutcomeKind>> {
        self.row.release(field::OUTCOME_KIND, |row| codes::parse(&row.kind))
    }

    /// How it was on entry.
    fn baseline(&self) -> Shared<String> {
        self.row.release(field::OUTCOME_BASELINE, |row| row.baseline.clone())
    }

    /// How it would be if nothing were done.
    fn forecast(&self) -> Shared<Option<String>> {
        self.row.release(field::OUTCOME_FORECAST, |row| row.forecast.clone())
    }

    /// How it turned out.
    fn result(&self) -> Shared<Option<String>> {
        self.row.release(field::OUTCOME_RESULT, |row| row.result.clone())
    }

    /// When.
    fn result_on(&self) -> Shared<Option<NaiveDate>> {
        self.row.release(field::OUTCOME_RESULT_ON, |row| row.result_on)
    }

    /// What shows it.
    fn evidence(&self) -> Shared<Option<String>> {
        self.row.release(field::OUTCOME_EVIDENCE, |row| row.evidence.clone())
    }

    /// Whose evidence it is.
    fn source_agency(&self) -> Shared<Option<Agency>> {
        self.row.release(field::OUTCOME_SOURCE_AGENCY, |row| {
            agency(&self.dossier, row.source_agency_id)
        })
    }
}
