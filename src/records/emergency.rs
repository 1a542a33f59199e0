//! Emergency access.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::table::table;
use crate::{code::codes, sharing::facts::RowFacts};

codes! {
    /// Grounds of emergency access.
    EmergencyGround {
        /// Safeguarding.
        Safeguarding = "safeguarding",
        /// Threat to life.
        ThreatToLife = "threat_to_life",
    }
}

table! {
    /// Emergency access to a family.
    EmergencyAccessRow = EmergencyAccess "emergency_access" of family {
        /// The agency of who opened it.
        agency_id: Uuid, agency("agency");
        /// Who opened it.
        subject: String, text(255);
        /// On what ground.
        ground: EmergencyGround;
        /// Why, in their words.
        justification: String, lines(2000);
        /// When.
        opened_at: DateTime<Utc>;
        /// Until when.
        expires_at: DateTime<Utc>;
        /// When it was closed early.
        closed_at: Option<DateTime<Utc>>;
    }
    order row => (Reverse(row.opened_at), row.id);
    facts row, _ => RowFacts::family().from_agency(row.agency_id);
}
