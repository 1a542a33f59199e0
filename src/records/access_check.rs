//! The checks for serious harm that are made before somebody is told who saw what of them.

use std::cmp::Reverse;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{Table, table::table};
use crate::{code::codes, sharing::facts::RowFacts};

codes! {
    /// What came of a check.
    CheckOutcome {
        /// They may be told.
        Release = "release",
        /// They may be told, but not which agencies and people it was.
        ReleaseWithoutAgencies = "release_without_agencies",
        /// They may not.
        Refuse = "refuse",
    }
}

table! {
    /// A check for serious harm before somebody is told who saw what of them.
    AccessCheckRow = AccessCheck "access_check" of family {
        /// Who is to be told.
        person_id: Uuid, of(Table::Person, "person_key"), never;
        /// What came of it.
        outcome: CheckOutcome;
        /// Why.
        reason: String, lines(1000);
        /// Whose advice was taken, such as that of a social worker.
        advised_by: Option<String>, text(200);
        /// The day of the check.
        checked_on: NaiveDate;
        /// When it was recorded.
        recorded_at: DateTime<Utc>;
        /// The agency of who checked.
        agency_id: Uuid, agency("agency"), never;
        /// Who checked, as their identity provider names them.
        subject: String, text(255), never;
    }
    // Of two that were recorded at once, the stricter one comes first.
    order row => (Reverse(row.checked_on), Reverse(row.recorded_at), row.outcome != CheckOutcome::Refuse, row.outcome == CheckOutcome::Release, row.id);
    facts row, _ => RowFacts::person(row.person_id);
    links Person = person_id;
}
