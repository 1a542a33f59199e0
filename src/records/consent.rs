//! Decisions about consent.

use std::cmp::Reverse;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{Holds, Table, code::codes, table::table};
use crate::sharing::facts::RowFacts;

codes! {
    /// What was decided about consent.
    ConsentAnswer {
        /// Given.
        Given = "given",
        /// Refused.
        Refused = "refused",
    }
}

table! {
    /// A decision about consent.
    ConsentRow = Consent "consent" of family {
        /// Whose data it is about.
        person_id: Uuid, of(Table::Person, "person_key"), never;
        /// What category of data.
        category: String, holds(Holds::Category), never;
        /// For agencies of what kind.
        agency_kind: String, holds(Holds::AgencyKind), never;
        /// Given or refused.
        decision: ConsentAnswer, never;
        /// Who decided.
        decided_by: Uuid, of(Table::Person, "decided_by_key"), never;
        /// When it was recorded.
        recorded_at: DateTime<Utc>, never;
        /// The last day on which it holds.
        expires_on: Option<NaiveDate>, never;
        /// When it was withdrawn.
        withdrawn_at: Option<DateTime<Utc>>, once;
        /// The agency that recorded it.
        recorded_by_agency: Uuid, agency("recorded_by_agency"), never;
        /// Who recorded it.
        recorded_by_subject: String, text(255), never;
    }
    order row => (Reverse(row.recorded_at), row.id);
    facts row, _ => RowFacts::person(row.person_id).from_agency(row.recorded_by_agency);
    links Person = person_id, Decider = decided_by;
}
