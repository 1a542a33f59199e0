//! Who works with a family, and who leads the work.

use std::cmp::Reverse;

use chrono::NaiveDate;
use uuid::Uuid;

use super::table::table;
use crate::sharing::facts::RowFacts;

table! {
    /// That an agency works with a family.
    InvolvementRow = Involvement "involvement" of family {
        /// The agency.
        agency_id: Uuid, agency("agency"), never;
        /// The team.
        service_team: Option<String>, text(200);
        /// Whom to ask for.
        contact_name: String, text(200);
        /// Their work telephone.
        contact_phone: Option<String>, text(40);
        /// Their work e-mail.
        contact_email: Option<String>, text(254);
        /// First day.
        started_on: NaiveDate;
        /// The day it ended.
        ended_on: Option<NaiveDate>;
    }
    order row => (Reverse(row.started_on), row.id);
    facts row, _ => RowFacts::family().from_agency(row.agency_id);
}

table! {
    /// Who leads the work with a family.
    LeadProfessionalRow = LeadProfessional "lead_professional" of family {
        /// The Lead Professional's agency.
        agency_id: Uuid, agency("agency"), never;
        /// Their name in their agency's tokens.
        subject: String, text(200);
        /// Their name.
        name: String, text(200);
        /// Work telephone.
        phone: Option<String>, text(40);
        /// Work e-mail.
        email: Option<String>, text(254);
        /// Team.
        team: Option<String>, text(100);
        /// First day.
        valid_from: NaiveDate;
        /// The day it ended.
        valid_until: Option<NaiveDate>;
    }
}
