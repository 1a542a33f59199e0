//! `EmergencyAccess`.

use chrono::{DateTime, Utc};

use super::{Agency, Family, said::entry};
use crate::{graphql::codes::EmergencyGround, records::EmergencyAccessRow};

entry! {
    /// Emergency access to a family.
    EmergencyAccess of EmergencyAccessRow {
        /// The family.
        family: Option<Family> => family();
        /// The agency of the person who opened it.
        agency: Option<Agency> => agency(agency_id);
        /// Who opened it, as their agency names them.
        subject: String;
        /// On what ground.
        ground: EmergencyGround;
        /// Why, in their words.
        justification: String;
        /// When it was opened.
        opened_at: DateTime<Utc>;
        /// Until when it holds.
        expires_at: DateTime<Utc>;
    }
}
