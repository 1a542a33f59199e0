//! `Goal`.

use super::{Action, Outcome, Plan, said::entry};
use crate::{
    graphql::codes::{self, CriterionCode, GoalStatus},
    records::GoalRow,
};

entry! {
    /// A goal of a plan.
    Goal of GoalRow {
        /// Its plan.
        plan: Option<Plan> => parent(Plan);
        /// What is to be reached.
        description: String;
        /// The criterion it is tied to.
        criterion: Option<CriterionCode> = |row| { row.criterion.as_deref().and_then(codes::parse) };
        /// Where it stands.
        status: GoalStatus;
        /// What is done towards it, in order.
        actions: Vec<Action> => children(Goal);
        /// The indicators that show whether it is reached.
        outcomes: Vec<Outcome> => children(Goal);
        /// The version of what you see of it, to be named by a step that you decide upon it.
        version: String => version();
    }
}
