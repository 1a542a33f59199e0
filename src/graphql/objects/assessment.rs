//! `Assessment`.

use async_graphql::{Context, ID, Object};
use chrono::NaiveDate;

use super::{Agency, DistanceScore, Family, agency, agency_kind, entry, family, rows};
use crate::{
    graphql::{
        codes::{AgencyKind, AssessmentKind, AssessmentQuality},
        context::Request,
        ids::Kind,
    },
    records::AssessmentRow,
    sharing::{
        grant::{Link, Shared},
        register::field,
    },
};

entry! {
    /// An assessment of a family.
    Assessment of AssessmentRow, ASSESSMENT_ID
}

/// An assessment of a family.
#[Object]
impl Assessment {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::Assessment, self.dossier.key(), self.row.key())
    }

    /// The family.
    fn family(&self, ctx: &Context<'_>) -> Shared<Option<Family>> {
        self.row
            .release_rows(field::ASSESSMENT_FAMILY, || family(ctx, &self.dossier))
    }

    /// The agency that did it.
    fn agency(&self) -> Shared<Option<Agency>> {
        self.row.release(field::ASSESSMENT_AGENCY, |row| {
            agency(&self.dossier, Some(row.agency_id))
        })
    }

    /// Of which kind the agency is, also where it is not told which it is.
    fn agency_kind(&self) -> Shared<Option<AgencyKind>> {
        self.row.release(field::ASSESSMENT_AGENCY_KIND, |row| {
            agency_kind(&self.dossier, Some(row.agency_id))
        })
    }

    /// What kind of assessment.
    fn kind(&self) -> Shared<AssessmentKind> {
        self.row.release(field::ASSESSMENT_KIND, |row| row.kind)
    }

    /// Whether it covers every member; where not, a family CAF must follow.
    fn covers_all_members(&self) -> Shared<bool> {
        self.row
            .release(field::ASSESSMENT_COVERS_ALL_MEMBERS, |row| row.covers_all_members)
    }

    /// First day.
    fn started_on(&self) -> Shared<NaiveDate> {
        self.row.release(field::ASSESSMENT_STARTED_ON, |row| row.started_on)
    }

    /// The day it was completed.
    fn completed_on(&self) -> Shared<Option<NaiveDate>> {
        self.row.release(field::ASSESSMENT_COMPLETED_ON, |row| row.completed_on)
    }

    /// Its grade.
    fn quality(&self) -> Shared<Option<AssessmentQuality>> {
        self.row.release(field::ASSESSMENT_QUALITY, |row| row.quality)
    }

    /// Distance travelled scores, by review.
    fn distance_scores(&self, ctx: &Context<'_>) -> Shared<Vec<DistanceScore>> {
        let own = self.row.key();
        self.row.release_rows(field::ASSESSMENT_DISTANCE_SCORES, || {
            rows(ctx, &self.dossier, |child: &DistanceScore| {
                child.row.link(Link::Assessment) == Some(own)
            })
        })
    }
}
