//! The plan of a family: its goals, the actions towards them, and what became of it.

use std::cmp::Reverse;

use chrono::NaiveDate;
use uuid::Uuid;

use super::{Beside, Holds, Table, criterion_if_any, table::table};
use crate::{
    code::codes,
    sharing::{
        category::{Category, CategorySet},
        facts::RowFacts,
    },
};

pub use crate::programme::{
    plan::{GoalStatus, PlanClosure},
    steps::{PlanStatus, PlanStep},
};

codes! {
    /// Kinds of indicator.
    OutcomeKind {
        /// Measured.
        Hard = "hard",
        /// Judged.
        Soft = "soft",
    }
}

table! {
    /// A family's support plan.
    PlanRow = Plan "plan" of family {
        /// Its state.
        status: PlanStatus;
        /// When it was drawn up.
        drawn_up_on: NaiveDate;
        /// When it was agreed.
        agreed_on: Option<NaiveDate>;
        /// When the family signed it.
        signed_by_family_on: Option<NaiveDate>;
        /// When it was closed.
        closed_on: Option<NaiveDate>;
        /// With what success.
        closure: Option<PlanClosure>;
    }
    order row => (Reverse(row.drawn_up_on), row.id);
    facts _row, _ => RowFacts::family();
}

table! {
    /// A goal of a plan.
    GoalRow = Goal "goal" of family {
        /// The plan.
        plan_id: Uuid, of(Table::Plan, "plan_key"), never;
        /// Its place in the plan.
        position: i32, within(0, 10_000);
        /// What is to be reached.
        description: String, text(2000);
        /// The criterion it is tied to.
        criterion: Option<String>, holds(Holds::Criterion);
        /// Its state.
        status: GoalStatus;
    }
    order row => (row.position, row.id);
    facts row, _ => RowFacts::family().with_categories(criterion_if_any(row.criterion.as_deref()));
    links Plan = plan_id;
}

table! {
    /// An action towards a goal.
    ActionRow = Action "action" of family {
        /// The goal.
        goal_id: Uuid, of(Table::Goal, "goal_key"), never;
        /// Its place under the goal.
        position: i32, within(0, 10_000);
        /// What is to be done.
        description: String, text(2000);
        /// Who does it.
        owner_agency_id: Uuid, agency("owner_agency");
        /// By when.
        due_on: Option<NaiveDate>;
        /// When it was done.
        done_on: Option<NaiveDate>;
    }
    order row => (row.position, row.id);
    facts row, beside => RowFacts::family().with_categories(about_goal(row.goal_id, beside));
    links Goal = goal_id;
    needs Goal;
}

table! {
    /// Why a plan has no goal for a criterion on which the family came in.
    WithoutGoalRow = WithoutGoal "without_goal" of family {
        /// The plan.
        plan_id: Uuid, of(Table::Plan, "plan_key"), never;
        /// The criterion.
        criterion: String, holds(Holds::Criterion), never;
        /// Why, in the words of who agreed to the plan.
        reason: String, text(1000);
    }
    order row => (row.criterion.clone(), row.id);
    facts row, _ => RowFacts::family().with_categories(criterion_if_any(Some(&row.criterion)));
    links Plan = plan_id;
}

table! {
    /// An indicator a family agreed to, with its baseline and result.
    OutcomeRow = Outcome "outcome" of family {
        /// The plan.
        plan_id: Uuid, of(Table::Plan, "plan_key"), never;
        /// The goal.
        goal_id: Option<Uuid>, of(Table::Goal, "goal_key");
        /// The criterion it is tied to.
        criterion: Option<String>, holds(Holds::Criterion);
        /// What is measured.
        indicator: String, text(1000);
        /// Hard or soft.
        kind: OutcomeKind;
        /// How it was on entry.
        baseline: String, text(1000);
        /// How it would be if nothing were done.
        forecast: Option<String>, text(1000);
        /// How it turned out.
        result: Option<String>, text(1000);
        /// When.
        result_on: Option<NaiveDate>;
        /// What shows it.
        evidence: Option<String>, text(2000);
        /// Whose evidence it is.
        source_agency_id: Option<Uuid>, agency("source_agency"), once;
    }
    order row => (row.indicator.clone(), row.id);
    // It is about its own criterion and its goal's.
    facts row, beside => {
        let goal = row.goal_id.map_or(CategorySet::EMPTY, |goal| about_goal(goal, beside));
        let facts = RowFacts::family().with_categories(criterion_if_any(row.criterion.as_deref()).union(goal));
        row.source_agency_id.map_or(facts, |source| facts.from_agency(source))
    };
    links Plan = plan_id, Goal = goal_id;
    needs Goal;
}

/// What a goal is about; one that is unknown could be about anything.
fn about_goal(goal: Uuid, beside: &Beside) -> CategorySet {
    beside.of_goal.get(&goal).copied().unwrap_or(Category::CRITERIA)
}
