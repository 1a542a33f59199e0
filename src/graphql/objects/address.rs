//! `Address`.

use chrono::NaiveDate;

use super::said::entry;
use crate::records::AddressRow;

entry! {
    /// Where a family lives or lived.
    Address of AddressRow {
        /// First line.
        line1: String;
        /// Second line.
        line2: Option<String>;
        /// Town.
        town: Option<String>;
        /// Postcode.
        postcode: String;
        /// First day.
        valid_from: NaiveDate;
        /// The day it ended; null while it holds.
        valid_until: Option<NaiveDate>;
    }
}
