//! Which meetings of teams around families, and in which order.

use chrono::NaiveDate;

use super::list::list;
use crate::graphql::objects::TafMeeting;

list! {
    meetings of TafMeeting, "meetings", [TafMeeting]
    filter {
        /// Held on this day or later.
        held_from: NaiveDate, from held_on;
        /// Held on this day or earlier.
        held_until: NaiveDate, until held_on;
        /// With the next one on this day or later.
        next_from: NaiveDate, from next_on;
        /// With the next one on this day or earlier.
        next_until: NaiveDate, until next_on;
    }
    order {
        /// The day.
        HeldOn by held_on;
        /// The day on which the next one is to be.
        NextOn by next_on;
    }
}
