//! `Consent`.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, NaiveDate, Utc};

use super::{Agency, Family, Member, agency, entry, family, member_of};
use crate::{
    graphql::{
        codes::{self, AgencyKind, ConsentAnswer, DataCategory},
        context::Request,
        ids::Kind,
    },
    records::ConsentRow,
    sharing::{
        grant::{Link, Shared},
        register::field,
    },
};

entry! {
    /// A decision about consent.
    Consent of ConsentRow, CONSENT_ID
}

/// A decision about consent.
#[Object]
impl Consent {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::Consent, self.dossier.key(), self.row.key())
    }

    /// The family.
    fn family(&self, ctx: &Context<'_>) -> Shared<Option<Family>> {
        self.row
            .release_rows(field::CONSENT_FAMILY, || family(ctx, &self.dossier))
    }

    /// Whose data it is about.
    fn member(&self, ctx: &Context<'_>) -> Shared<Option<Member>> {
        self.row.release_rows(field::CONSENT_MEMBER, || {
            member_of(ctx, &self.dossier, self.row.link(Link::Person))
        })
    }

    /// What category of data.
    fn category(&self) -> Shared<Option<DataCategory>> {
        self.row
            .release(field::CONSENT_CATEGORY, |row| codes::parse(&row.category))
    }

    /// For agencies of what kind.
    fn agency_kind(&self) -> Shared<Option<AgencyKind>> {
        self.row
            .release(field::CONSENT_AGENCY_KIND, |row| codes::parse(&row.agency_kind))
    }

    /// For which purposes, as tokens and agreements name them; null for every one, as a refusal always is.
    fn purposes(&self) -> Shared<Option<Vec<String>>> {
        self.row.release(field::CONSENT_PURPOSES, |row| {
            let purposes = row.purposes.as_ref()?;
            Some(purposes.split(' ').map(str::to_owned).collect())
        })
    }

    /// Given or refused.
    fn decision(&self) -> Shared<ConsentAnswer> {
        self.row.release(field::CONSENT_DECISION, |row| row.decision)
    }

    /// The agency of the professional who decided in the member's best interests, or as whom an authority with parental responsibility names.
    fn decided_by_agency(&self) -> Shared<Option<Agency>> {
        self.row.release(field::CONSENT_DECIDED_BY_AGENCY, |row| {
            agency(&self.dossier, row.decided_by_agency)
        })
    }

    /// Who decided; null where a professional did.
    fn decided_by(&self, ctx: &Context<'_>) -> Shared<Option<Member>> {
        self.row.release_rows(field::CONSENT_DECIDED_BY, || {
            member_of(ctx, &self.dossier, self.row.link(Link::Decider))
        })
    }

    /// When it was recorded; the newest decision counts.
    fn recorded_at(&self) -> Shared<DateTime<Utc>> {
        self.row.release(field::CONSENT_RECORDED_AT, |row| row.recorded_at)
    }

    /// The last day on which it holds.
    fn expires_on(&self) -> Shared<Option<NaiveDate>> {
        self.row.release(field::CONSENT_EXPIRES_ON, |row| row.expires_on)
    }

    /// When it was withdrawn.
    fn withdrawn_at(&self) -> Shared<Option<DateTime<Utc>>> {
        self.row.release(field::CONSENT_WITHDRAWN_AT, |row| row.withdrawn_at)
    }

    /// The agency that recorded it.
    fn recorded_by_agency(&self) -> Shared<Option<Agency>> {
        self.row.release(field::CONSENT_RECORDED_BY_AGENCY, |row| {
            agency(&self.dossier, Some(row.recorded_by_agency))
        })
    }
}
