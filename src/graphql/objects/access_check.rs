//! `AccessCheck`.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Agency, Member, said::entry};
use crate::{
    graphql::codes::{AgencyKind, CheckOutcome},
    records::AccessCheckRow,
};

entry! {
    /// A check for serious harm before somebody is told who saw what of them.
    AccessCheck of AccessCheckRow {
        /// Who is to be told.
        member: Option<Member> => member(Person);
        /// What came of it.
        outcome: CheckOutcome;
        /// Why.
        reason: String;
        /// Whose advice was taken.
        advised_by: Option<String>;
        /// The day of the check.
        checked_on: NaiveDate;
        /// When it was recorded.
        recorded_at: DateTime<Utc>;
        /// The agency of who checked.
        agency: Option<Agency> => agency(agency_id);
        /// Of which kind the agency is, also where it is not told which it is.
        agency_kind: Option<AgencyKind> => agency_kind(agency_id);
        /// Who checked, as their agency names them.
        subject: String;
    }
}
