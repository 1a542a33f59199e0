//! `MarkerPlacement`.

use chrono::NaiveDate;

use super::{Agency, Family, said::entry};
use crate::{graphql::codes::MarkerStatus, records::MarkerRow, sharing::register::field};

entry! {
    /// A marker in a partner's own system.
    MarkerPlacement of MarkerRow {
        /// The family.
        family: Option<Family> => family();
        /// The agency.
        agency: Option<Agency> => agency(agency_id);
        /// The system.
        system: String;
        /// Its state.
        status: MarkerStatus;
        /// When it was asked for.
        requested_on: NaiveDate;
        /// When it was placed.
        placed_on: Option<NaiveDate>;
        /// When it was removed.
        removed_on: Option<NaiveDate>;
    }
}

impl MarkerPlacement {
    /// Whether it is in a system of that agency, as far as the asker may know.
    pub(super) fn is_of(&self, agency: uuid::Uuid) -> bool {
        let of = self.row.release(field::MARKER_PLACEMENT_AGENCY, |row| row.agency_id);
        of.seen() == Some(&agency)
    }
}
