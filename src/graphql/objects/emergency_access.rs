//! `EmergencyAccess`.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use super::{Agency, Family, agency, entry, family};
use crate::{
    graphql::{codes::EmergencyGround, context::Request, ids::Kind},
    records::EmergencyAccessRow,
    sharing::{grant::Shared, register::field},
};

entry! {
    /// Emergency access to a family.
    EmergencyAccess of EmergencyAccessRow, EMERGENCY_ACCESS_ID
}

/// Emergency access to a family.
#[Object]
impl EmergencyAccess {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::EmergencyAccess, self.dossier.key(), self.row.key())
    }

    /// The family.
    fn family(&self, ctx: &Context<'_>) -> Shared<Option<Family>> {
        self.row
            .release_rows(field::EMERGENCY_ACCESS_FAMILY, || family(ctx, &self.dossier))
    }

    /// The agency of the person who opened it.
    fn agency(&self) -> Shared<Option<Agency>> {
        self.row.release(field::EMERGENCY_ACCESS_AGENCY, |row| {
            agency(&self.dossier, Some(row.agency_id))
        })
    }

    /// Who opened it, as their agency names them.
    fn subject(&self) -> Shared<String> {
        self.row
            .release(field::EMERGENCY_ACCESS_SUBJECT, |row| row.subject.clone())
    }

    /// On what ground.
    fn ground(&self) -> Shared<EmergencyGround> {
        self.row.release(field::EMERGENCY_ACCESS_GROUND, |row| row.ground)
    }

    /// Why, in their words.
    fn justification(&self) -> Shared<String> {
        self.row
            .release(field::EMERGENCY_ACCESS_JUSTIFICATION, |row| row.justification.clone())
    }

    /// When it was opened.
    fn opened_at(&self) -> Shared<DateTime<Utc>> {
        self.row.release(field::EMERGENCY_ACCESS_OPENED_AT, |row| row.opened_at)
    }

    /// Until when it holds.
    fn expires_at(&self) -> Shared<DateTime<Utc>> {
        self.row
            .release(field::EMERGENCY_ACCESS_EXPIRES_AT, |row| row.expires_at)
    }
}
