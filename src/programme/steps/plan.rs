//! How a family's plan moves.

use super::table::moves;

moves! {
    /// States of a plan.
    PlanStatus {
        /// Being drawn up.
        Draft = "draft",
        /// Agreed.
        Agreed = "agreed",
        /// Being worked on.
        Active = "active",
        /// Closed.
        Closed = "closed",
    }

    /// Steps of a plan.
    PlanStep {
        /// It is begun.
        Draft = "draft" in "draftPlan": new => Draft;
        /// A goal is added.
        AddGoal = "add_goal" in "addGoal": Draft => Draft, Agreed => Agreed, Active => Active;
        /// A goal is changed, reached or given up.
        AmendGoal = "amend_goal" in "amendGoal": Draft => Draft, Agreed => Agreed, Active => Active;
        /// An action is added.
        AddAction = "add_action" in "addAction": Draft => Draft, Agreed => Agreed, Active => Active;
        /// An action is done.
        CompleteAction = "complete_action" in "completeAction": Agreed => Agreed, Active => Active;
        /// The family and the team agree to it.
        Agree = "agree" in "agreePlan": Draft => Agreed;
        /// Work on it begins.
        Activate = "activate" in "activatePlan": Agreed => Active;
        /// It is closed with what became of it.
        Close = "close" in "closePlan": Draft | Agreed | Active => Closed;
    }
    ends { Closed }
}
