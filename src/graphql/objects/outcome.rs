//! `Outcome`.

use async_graphql::{Context, ID, Object};
use chrono::NaiveDate;

use super::{Agency, Family, Goal, Plan, agency, agency_kind, entry, family, rows};
use crate::{
    graphql::{
        codes::{self, AgencyKind, CriterionCode, OutcomeKind},
        context::Request,
        ids::Kind,
    },
    records::OutcomeRow,
    sharing::{
        grant::{Link, Shared},
        register::field,
    },
};

entry! {
    /// An indicator that a family agreed to, with its baseline and its result.
    Outcome of OutcomeRow, OUTCOME_ID
}

/// An indicator that a family agreed to, with its baseline and its result.
#[Object]
impl Outcome {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::Outcome, self.dossier.key(), self.row.key())
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
    fn kind(&self) -> Shared<OutcomeKind> {
        self.row.release(field::OUTCOME_KIND, |row| row.kind)
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

    /// Of which kind that agency is, also where it is not told which it is.
    fn source_agency_kind(&self) -> Shared<Option<AgencyKind>> {
        self.row.release(field::OUTCOME_SOURCE_AGENCY_KIND, |row| {
            agency_kind(&self.dossier, row.source_agency_id)
        })
    }
}
