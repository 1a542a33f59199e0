//! `StatutoryStatus`.

use chrono::NaiveDate;

use super::said::entry;
use crate::{graphql::codes::StatutoryStatusCode, records::StatutoryStatusRow};

entry! {
    /// A period in which a person has a statutory status.
    StatutoryStatus of StatutoryStatusRow {
        /// The status.
        status: StatutoryStatusCode;
        /// First day.
        valid_from: NaiveDate;
        /// The day it ended; null while it holds.
        valid_until: Option<NaiveDate>;
    }
}
