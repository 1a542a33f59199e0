//! `Marker`: for one asker, that a family is on the cohort now, and whom to turn to.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::NaiveDate;

use super::{Family, LeadProfessional, MarkerPlacement, family::family, rows};
use crate::{
    graphql::{context::Request, ids::Kind},
    sharing::{
        grant::{Shared, Visible},
        register::field,
    },
    store::dossier::{Dossier, FamilyRecord},
};

/// That a family is on the cohort now: a view of the family's record, which only exists while the family is on the cohort and its marker is
/// the asker's to see.
#[derive(Clone)]
pub struct Marker {
    pub(in crate::graphql) dossier: Arc<Dossier>,
    pub(in crate::graphql) row: Visible<FamilyRecord>,
}

impl Marker {
    /// The marker of a dossier's family, if there is one for the asker. It discloses nothing yet.
    pub(in crate::graphql) fn seen(dossier: &Arc<Dossier>) -> Option<Self> {
        let row = dossier.grant.visible(field::MARKER_ID, &dossier.family)?;
        let since = row.release(field::MARKER_ON_COHORT_SINCE, |record| record.on_cohort);
        since.seen().copied().unwrap_or_default().then(|| Self {
            dossier: Arc::clone(dossier),
            row,
        })
    }

    /// The family's own row, as the asker may know it.
    pub(in crate::graphql) fn row(&self) -> &Visible<FamilyRecord> {
        &self.row
    }
}

/// That a family is on the cohort now, whom to turn to, and that there is one plan. It holds no case content.
#[Object]
impl Marker {
    /// Opaque identifier. It stays the same for as long as the family is known, on the cohort or not.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::Marker, self.dossier.key(), self.dossier.key())
    }

    /// Since when the family is on the cohort.
    fn on_cohort_since(&self) -> Shared<Option<NaiveDate>> {
        self.row
            .release(field::MARKER_ON_COHORT_SINCE, |record| record.row.attached_on)
    }

    /// Who leads the work with the family today, and how to reach them.
    fn lead_professional(&self) -> Shared<Option<LeadProfessional>> {
        self.row.release(field::MARKER_LEAD_PROFESSIONAL, |record| {
            record
                .lead
                .as_ref()
                .map(|lead| LeadProfessional::new(&self.row, &self.dossier, lead))
        })
    }

    /// Whether there is one plan that all agencies work to.
    fn one_plan(&self) -> Shared<bool> {
        self.row.release(field::MARKER_ONE_PLAN, |record| record.has_plan)
    }

    /// What whoever meets the family is asked to do, in the authority's own words.
    fn what_to_do(&self) -> Shared<String> {
        self.row
            .release(field::MARKER_WHAT_TO_DO, |record| record.what_to_do.to_string())
    }

    /// Markers for the family in your own agency's systems, newest first.
    fn placements(&self, ctx: &Context<'_>) -> Shared<Vec<MarkerPlacement>> {
        self.row.release_rows(field::MARKER_PLACEMENTS, || {
            let own = Request::of(ctx).ceiling.caller().principal.agency;
            rows(ctx, &self.dossier, |placement: &MarkerPlacement| placement.is_of(own))
        })
    }

    /// The family.
    fn family(&self, ctx: &Context<'_>) -> Shared<Option<Family>> {
        self.row
            .release_rows(field::MARKER_FAMILY, || family(ctx, &self.dossier))
    }
}
