//! `Involvement`.

use async_graphql::{Context, ID, Object};
use chrono::NaiveDate;

use super::{Agency, Family, agency, agency_kind, entry, family};
use crate::{
    graphql::{codes::AgencyKind, context::Request, ids::Kind},
    records::InvolvementRow,
    sharing::{grant::Shared, register::field},
};

entry! {
    /// That an agency works with a family.
    Involvement of InvolvementRow, INVOLVEMENT_ID
}

/// That an agency works with a family.
#[Object]
impl Involvement {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::Involvement, self.dossier.key(), self.row.key())
    }

    /// The family.
    fn family(&self, ctx: &Context<'_>) -> Shared<Option<Family>> {
        self.row
            .release_rows(field::INVOLVEMENT_FAMILY, || family(ctx, &self.dossier))
    }

    /// The agency.
    fn agency(&self) -> Shared<Option<Agency>> {
        self.row.release(field::INVOLVEMENT_AGENCY, |row| {
            agency(&self.dossier, Some(row.agency_id))
        })
    }

    /// Of which kind the agency is, also where it is not told which it is.
    fn agency_kind(&self) -> Shared<Option<AgencyKind>> {
        self.row.release(field::INVOLVEMENT_AGENCY_KIND, |row| {
            agency_kind(&self.dossier, Some(row.agency_id))
        })
    }

    /// The team.
    fn service_team(&self) -> Shared<Option<String>> {
        self.row
            .release(field::INVOLVEMENT_SERVICE_TEAM, |row| row.service_team.clone())
    }

    /// Whom to ask for.
    fn contact_name(&self) -> Shared<String> {
        self.row
            .release(field::INVOLVEMENT_CONTACT_NAME, |row| row.contact_name.clone())
    }

    /// Their work telephone.
    fn contact_phone(&self) -> Shared<Option<String>> {
        self.row
            .release(field::INVOLVEMENT_CONTACT_PHONE, |row| row.contact_phone.clone())
    }

    /// Their work e-mail.
    fn contact_email(&self) -> Shared<Option<String>> {
        self.row
            .release(field::INVOLVEMENT_CONTACT_EMAIL, |row| row.contact_email.clone())
    }

    /// First day.
    fn started_on(&self) -> Shared<NaiveDate> {
        self.row.release(field::INVOLVEMENT_STARTED_ON, |row| row.started_on)
    }

    /// The day it ended; null while it is open.
    fn ended_on(&self) -> Shared<Option<NaiveDate>> {
        self.row.release(field::INVOLVEMENT_ENDED_ON, |row| row.ended_on)
    }
}
