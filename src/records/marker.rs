//! Markers in partners' systems.

use std::cmp::Reverse;

use chrono::NaiveDate;
use uuid::Uuid;

use super::table::table;
use crate::{code::codes, sharing::facts::RowFacts};

codes! {
    /// States of a marker in a partner's system.
    MarkerStatus {
        /// Asked for.
        Requested = "requested",
        /// Placed.
        Placed = "placed",
        /// Removed.
        Removed = "removed",
    }
}

table! {
    /// A marker in a partner's own system.
    MarkerRow = Marker "marker" of family {
        /// The agency.
        agency_id: Uuid, agency("agency"), never;
        /// The system.
        system: String, text(100), never;
        /// Its state.
        status: MarkerStatus;
        /// When it was asked for.
        requested_on: NaiveDate;
        /// When it was placed.
        placed_on: Option<NaiveDate>;
        /// When it was removed.
        removed_on: Option<NaiveDate>;
    }
    order row => (Reverse(row.requested_on), row.id);
    facts row, _ => RowFacts::family().from_agency(row.agency_id);
}
