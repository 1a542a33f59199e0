//! The steps that were taken with plans: who took each, when, and from where to where.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{PlanStatus, PlanStep, Table, table::table};
use crate::sharing::facts::RowFacts;

table! {
    /// A step that was taken with a plan.
    PlanHistoryRow = PlanHistory "plan_history" of family {
        /// The plan.
        plan_id: Uuid, of(Table::Plan, "plan_key"), never;
        /// The step.
        step: PlanStep;
        /// The state before; nothing where the step made the record.
        before: Option<PlanStatus>;
        /// The state after.
        after: PlanStatus;
        /// When.
        taken_at: DateTime<Utc>;
        /// The agency of who took it.
        agency_id: Uuid, agency("agency"), never;
        /// Who took it, as their identity provider names them.
        subject: String, text(255), never;
    }
    order row => (Reverse(row.taken_at), row.id);
    facts _row, _ => RowFacts::family();
    links Plan = plan_id;
}
