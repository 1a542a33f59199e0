//! `MarkerPlacement`.

use async_graphql::{Context, ID, Object};
use chrono::NaiveDate;

use super::{Agency, Family, agency, entry, family};
use crate::{
    graphql::{codes::MarkerStatus, context::Request, ids::Kind},
    records::MarkerRow,
    sharing::{grant::Shared, register::field},
};

entry! {
    /// A marker in a partner's own system.
    MarkerPlacement of MarkerRow, MARKER_PLACEMENT_ID
}

impl MarkerPlacement {
    /// Whether it is in a system of that agency, as far as the asker may know.
    pub(super) fn is_of(&self, agency: uuid::Uuid) -> bool {
        let of = self.row.release(field::MARKER_PLACEMENT_AGENCY, |row| row.agency_id);
        of.seen() == Some(&agency)
    }
}

/// A marker in a partner's own system.
#[Object]
impl MarkerPlacement {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::MarkerPlacement, self.dossier.key(), self.row.key())
    }

    /// The family.
    fn family(&self, ctx: &Context<'_>) -> Shared<Option<Family>> {
        self.row
            .release_rows(field::MARKER_PLACEMENT_FAMILY, || family(ctx, &self.dossier))
    }

    /// The agency.
    fn agency(&self) -> Shared<Option<Agency>> {
        self.row.release(field::MARKER_PLACEMENT_AGENCY, |row| {
            agency(&self.dossier, Some(row.agency_id))
        })
    }

    /// The system.
    fn system(&self) -> Shared<String> {
        self.row
            .release(field::MARKER_PLACEMENT_SYSTEM, |row| row.system.clone())
    }

    /// Its state.
    fn status(&self) -> Shared<MarkerStatus> {
        self.row.release(field::MARKER_PLACEMENT_STATUS, |row| row.status)
    }

    /// When it was asked for.
    fn requested_on(&self) -> Shared<NaiveDate> {
        self.row
            .release(field::MARKER_PLACEMENT_REQUESTED_ON, |row| row.requested_on)
    }

    /// When it was placed.
    fn placed_on(&self) -> Shared<Option<NaiveDate>> {
        self.row.release(field::MARKER_PLACEMENT_PLACED_ON, |row| row.placed_on)
    }

    /// When it was removed.
    fn removed_on(&self) -> Shared<Option<NaiveDate>> {
        self.row
            .release(field::MARKER_PLACEMENT_REMOVED_ON, |row| row.removed_on)
    }
}
