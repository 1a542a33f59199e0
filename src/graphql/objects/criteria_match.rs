//! `CriteriaMatch`.

use async_graphql::{Context, ID, Object};
use chrono::NaiveDate;

use super::{Agency, Family, Member, agency, agency_kind, entry, family, member_of};
use crate::{
    graphql::{
        codes::{self, AgencyKind, CriterionCode, MatchedBy},
        context::Request,
        ids::Kind,
    },
    records::CriteriaMatchRow,
    sharing::{
        grant::{Link, Shared},
        register::field,
    },
};

entry! {
    /// That a family, usually through a member, meets a criterion.
    CriteriaMatch of CriteriaMatchRow, CRITERIA_MATCH_ID
}

/// That a family, usually through a member, meets a criterion.
#[Object]
impl CriteriaMatch {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::CriteriaMatch, self.dossier.key(), self.row.key())
    }

    /// The family.
    fn family(&self, ctx: &Context<'_>) -> Shared<Option<Family>> {
        self.row
            .release_rows(field::CRITERIA_MATCH_FAMILY, || family(ctx, &self.dossier))
    }

    /// The member it is about; null when it is about the whole family.
    fn member(&self, ctx: &Context<'_>) -> Shared<Option<Member>> {
        self.row.release_rows(field::CRITERIA_MATCH_MEMBER, || {
            member_of(ctx, &self.dossier, self.row.link(Link::Person))
        })
    }

    /// The criterion.
    fn criterion(&self) -> Shared<Option<CriterionCode>> {
        self.row
            .release(field::CRITERIA_MATCH_CRITERION, |row| codes::parse(&row.criterion))
    }

    /// The agency it came from.
    fn source_agency(&self) -> Shared<Option<Agency>> {
        self.row.release(field::CRITERIA_MATCH_SOURCE_AGENCY, |row| {
            agency(&self.dossier, Some(row.source_agency_id))
        })
    }

    /// Of which kind that agency is, also where it is not told which it is.
    fn source_agency_kind(&self) -> Shared<Option<AgencyKind>> {
        self.row.release(field::CRITERIA_MATCH_SOURCE_AGENCY_KIND, |row| {
            agency_kind(&self.dossier, Some(row.source_agency_id))
        })
    }

    /// What the evidence is.
    fn evidence(&self) -> Shared<String> {
        self.row
            .release(field::CRITERIA_MATCH_EVIDENCE, |row| row.evidence.clone())
    }

    /// From when the evidence is.
    fn evidence_from(&self) -> Shared<NaiveDate> {
        self.row
            .release(field::CRITERIA_MATCH_EVIDENCE_FROM, |row| row.evidence_from)
    }

    /// To when the evidence is.
    fn evidence_until(&self) -> Shared<Option<NaiveDate>> {
        self.row
            .release(field::CRITERIA_MATCH_EVIDENCE_UNTIL, |row| row.evidence_until)
    }

    /// Found in data or by a professional.
    fn matched_by(&self) -> Shared<MatchedBy> {
        self.row.release(field::CRITERIA_MATCH_MATCHED_BY, |row| row.matched_by)
    }

    /// The day a data analyst verified it.
    fn verified_on(&self) -> Shared<Option<NaiveDate>> {
        self.row
            .release(field::CRITERIA_MATCH_VERIFIED_ON, |row| row.verified_on)
    }

    /// The day it was withdrawn.
    fn withdrawn_on(&self) -> Shared<Option<NaiveDate>> {
        self.row
            .release(field::CRITERIA_MATCH_WITHDRAWN_ON, |row| row.withdrawn_on)
    }
}
