//! May a plan be drafted, agreed, closed, and what is missing?

use chrono::NaiveDate;

use super::steps::PlanStatus;
use crate::code::codes;

codes! {
    /// With what success a plan was closed.
    PlanClosure {
        /// Wholly achieved.
        WhollyAchieved = "wholly_achieved",
        /// Partially achieved.
        PartiallyAchieved = "partially_achieved",
        /// Not achieved.
        NotAchieved = "not_achieved",
        /// The family dropped out.
        FamilyDroppedOut = "family_dropped_out",
    }

    /// States of a goal.
    GoalStatus {
        /// Being worked on.
        Open = "open",
        /// Achieved.
        Achieved = "achieved",
        /// Not achieved.
        NotAchieved = "not_achieved",
    }
}

/// Why a plan is not closed with a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClosureRefusal {
    /// It was never agreed, so nothing of it was achieved: the family dropped out.
    NeverAgreed,
    /// A goal was not achieved, so it is not wholly achieved.
    GoalNotAchieved,
    /// No goal was achieved, so nothing is partially achieved.
    NoGoalAchieved,
}

/// A goal, as far as agreeing asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Goal<'a> {
    /// The criterion to which it is tied.
    pub criterion: Option<&'a str>,
    /// Its state.
    pub status: GoalStatus,
}

/// Why there is no goal for a criterion on which the family came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoGoal<'a> {
    /// The criterion.
    pub criterion: &'a str,
    /// Why.
    pub reason: &'a str,
}

/// A plan that is to be agreed on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToAgree<'a> {
    /// The criteria, national and local, on which the family came in.
    pub entry: &'a [&'a str],
    /// The goals.
    pub goals: &'a [Goal<'a>],
    /// Why some criteria have none.
    pub no_goals: &'a [NoGoal<'a>],
    /// The day on which the family signed.
    pub signed_by_family_on: NaiveDate,
    /// The day on which it is agreed.
    pub agreed_on: NaiveDate,
}

/// What a plan lacks to be agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanLack<'a> {
    /// A signature of that day or before: it was signed later than it is said to be agreed.
    SignedLater,
    /// A goal.
    Goal,
    /// A goal tied to the criterion, or a reason why there is none.
    GoalOrReason(&'a str),
}

/// What the plan lacks to be agreed; nothing where it can be. Criteria come in the order of entry, each once.
pub fn lacks_to_agree(plan: ToAgree<'_>) -> Vec<PlanLack<'_>> {
    let signed = (plan.agreed_on < plan.signed_by_family_on).then_some(PlanLack::SignedLater);
    let goal = plan.goals.is_empty().then_some(PlanLack::Goal);
    let covered = |criterion: &str| {
        let reason = |one: &NoGoal<'_>| one.criterion == criterion && !one.reason.trim().is_empty();
        plan.goals.iter().any(|goal| goal.criterion == Some(criterion)) || plan.no_goals.iter().any(reason)
    };
    let mut lacks: Vec<_> = signed.into_iter().chain(goal).collect();
    for criterion in plan.entry {
        let lack = PlanLack::GoalOrReason(criterion);
        if !covered(criterion) && !lacks.contains(&lack) {
            lacks.push(lack);
        }
    }
    lacks
}

/// Why a plan of these goals is not closed with that result; none where it can be.
pub fn closure_refusal(status: PlanStatus, goals: &[GoalStatus], closure: PlanClosure) -> Option<ClosureRefusal> {
    let agreed = status != PlanStatus::Draft;
    let achieved = |goal: &GoalStatus| *goal == GoalStatus::Achieved;
    match closure {
        PlanClosure::FamilyDroppedOut => None,
        _ if !agreed => Some(ClosureRefusal::NeverAgreed),
        PlanClosure::WhollyAchieved => (!goals.iter().all(achieved)).then_some(ClosureRefusal::GoalNotAchieved),
        PlanClosure::PartiallyAchieved => (!goals.iter().any(achieved)).then_some(ClosureRefusal::NoGoalAchieved),
        // What counts as not achieved is the team's judgement: a goal may have been, and the plan not.
        PlanClosure::NotAchieved => None,
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
