//! `WithoutGoal`.

use super::{Plan, said::entry};
use crate::{
    graphql::codes::{self, CriterionCode},
    records::WithoutGoalRow,
};

entry! {
    /// Why a plan has no goal for a criterion on which the family came in.
    WithoutGoal of WithoutGoalRow {
        /// The plan.
        plan: Option<Plan> => parent(Plan);
        /// The criterion.
        criterion: Option<CriterionCode> = |row| codes::parse(&row.criterion);
        /// Why, in the words of who agreed to the plan.
        reason: String;
    }
}
