//! `Plan`.

use chrono::NaiveDate;

use super::{Family, Goal, Outcome, said::entry};
use crate::{
    graphql::codes::{PlanClosure, PlanStatus},
    records::PlanRow,
    sharing::register::field,
};

entry! {
    /// The one overarching support plan of a family.
    Plan of PlanRow {
        /// The family.
        family: Option<Family> => family();
        /// Where it stands.
        status: PlanStatus;
        /// When it was drawn up.
        drawn_up_on: NaiveDate;
        /// When it was agreed.
        agreed_on: Option<NaiveDate>;
        /// When the family signed it.
        signed_by_family_on: Option<NaiveDate>;
        /// When it was closed.
        closed_on: Option<NaiveDate>;
        /// With what success it was closed.
        closure: Option<PlanClosure>;
        /// Its goals, in order.
        goals: Vec<Goal> => children(Plan);
        /// The indicators agreed in it.
        outcomes: Vec<Outcome> => children(Plan);
    }
}

impl Plan {
    /// Whether it is known to the asker not to be closed.
    pub(super) fn is_open(&self) -> bool {
        self.row
            .release(field::PLAN_STATUS, |row| row.status != PlanStatus::Closed)
            .seen()
            == Some(&true)
    }
}
