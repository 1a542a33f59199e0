//! Which outcomes, and in which order.

use chrono::NaiveDate;

use super::list::list;
use crate::graphql::{
    codes::{self, CriterionCode, OutcomeKind},
    objects::Outcome,
};

list! {
    outcomes of Outcome, "outcomes", [Outcome]
    filter {
        /// Tied to this criterion.
        criterion: CriterionCode, is criterion |row| row.criterion.as_deref().and_then(codes::parse);
        /// Of this kind.
        kind: OutcomeKind, is kind;
        /// With a result, or without one yet.
        has_result: bool, has result;
        /// With a result of this day or later.
        result_from: NaiveDate, from result_on;
        /// With a result of this day or earlier.
        result_until: NaiveDate, until result_on;
    }
    order {
        /// What is measured.
        Indicator by indicator;
        /// When the result was.
        ResultOn by result_on;
    }
    fn criterion(&self) -> Option<String> {
        self.filter.criterion.map(codes::upper)
    }
}
