//! Which plans, and in which order.

use chrono::NaiveDate;

use super::list::list;
use crate::graphql::{
    codes::{PlanClosure, PlanStatus},
    cursor::SortKey,
    objects::Plan,
};

list! {
    plans of Plan, "plans", [Plan]
    filter {
        /// In this state.
        status: PlanStatus, is status;
        /// Closed with this success.
        closure: PlanClosure, is closure;
        /// Agreed on this day or later.
        agreed_from: NaiveDate, from agreed_on;
        /// Agreed on this day or earlier.
        agreed_until: NaiveDate, until agreed_on;
    }
    order {
        /// When it was drawn up.
        DrawnUpOn by drawn_up_on;
        /// When it was agreed.
        AgreedOn by agreed_on;
        /// Its state, in the order of the list: from being drawn up to closed.
        Status by status |row| SortKey::code(row.status);
    }
}
