//! The steps of a plan, from its first draft until it is closed.

mod action;
mod agree;
mod close;
mod draft;
mod goal;
mod parts;
mod step;

use self::{
    action::{AddActionInput, AddActionPayload, CompleteActionInput, CompleteActionPayload},
    agree::{ActivatePlanInput, ActivatePlanPayload, AgreePlanInput, AgreePlanPayload},
    close::{ClosePlanInput, ClosePlanPayload},
    draft::{DraftPlanInput, DraftPlanPayload},
    goal::{AddGoalInput, AddGoalPayload, AmendGoalInput, AmendGoalPayload},
};
use super::frame::changes;

changes! {
    /// The steps of a plan.
    OfPlans {
        /// Begins a plan. A family has one at a time that is not closed.
        draft_plan(DraftPlanInput, "Whose plan.") -> DraftPlanPayload;
        /// Adds a goal to a plan that is not closed.
        add_goal(AddGoalInput, "Which plan, what is to be reached.") -> AddGoalPayload;
        /// Changes a goal: what it says, or whether it was reached.
        amend_goal(AmendGoalInput, "Which goal, and what it is now.") -> AmendGoalPayload;
        /// Adds something to be done towards a goal.
        add_action(AddActionInput, "Towards which goal, what, by whom.") -> AddActionPayload;
        /// Records that something was done.
        complete_action(CompleteActionInput, "What was done, and when.") -> CompleteActionPayload;
        /// Records that the family and those who work with it agree to the plan. It needs the day on which the family signed, a goal at least, and
        /// for each criterion on which the family came in, as far as you may see those, a goal or the reason why there is none.
        agree_plan(AgreePlanInput, "Which plan, and when the family signed it.") -> AgreePlanPayload;
        /// Records that work on an agreed plan has begun.
        activate_plan(ActivatePlanInput, "Which plan.") -> ActivatePlanPayload;
        /// Closes a plan with what became of it.
        close_plan(ClosePlanInput, "Which plan, when, and with what success.") -> ClosePlanPayload;
    }
}
