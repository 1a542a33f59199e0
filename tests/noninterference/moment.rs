//! When it is: half past midnight in London, when in UTC it is still the day before. So a day made of the instant alone is another than that which the view goes by.

use chrono::{DateTime, NaiveDate, Utc};

/// The moment of every question.
pub(crate) fn now() -> DateTime<Utc> {
    "2026-06-14T23:30:00Z".parse().unwrap()
}

/// The day of that moment in the United Kingdom, said and not computed.
pub(crate) fn day() -> NaiveDate {
    "2026-06-15".parse().unwrap()
}
