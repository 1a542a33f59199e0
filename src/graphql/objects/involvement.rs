//! `Involvement`.

use chrono::NaiveDate;

use super::{Agency, Family, said::entry};
use crate::{graphql::codes::AgencyKind, records::InvolvementRow};

entry! {
    /// That an agency works with a family.
    Involvement of InvolvementRow {
        /// The family.
        family: Option<Family> => family();
        /// The agency.
        agency: Option<Agency> => agency(agency_id);
        /// Of which kind the agency is, also where it is not told which it is.
        agency_kind: Option<AgencyKind> => agency_kind(agency_id);
        /// The team.
        service_team: Option<String>;
        /// Whom to ask for.
        contact_name: String;
        /// Their work telephone.
        contact_phone: Option<String>;
        /// Their work e-mail.
        contact_email: Option<String>;
        /// First day.
        started_on: NaiveDate;
        /// The day it ended; null while it is open.
        ended_on: Option<NaiveDate>;
    }
}
