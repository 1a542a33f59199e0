//! `Action`.

use chrono::NaiveDate;

use super::{Agency, Goal, said::entry};
use crate::records::ActionRow;

entry! {
    /// Something to be done towards a goal.
    Action of ActionRow {
        /// Its goal.
        goal: Option<Goal> => parent(Goal);
        /// What is to be done.
        description: String;
        /// The agency that does it.
        owner_agency: Option<Agency> => agency(owner_agency_id);
        /// By when.
        due_on: Option<NaiveDate>;
        /// When it was done.
        done_on: Option<NaiveDate>;
    }
}
