//! `Action`.

use chrono::NaiveDate;

use super::{Agency, Goal, said::entry};
use crate::{records::ActionRow, sharing::register::field};

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
        /// The version of what you see of it, to be named by a step that you decide upon it.
        version: String => version();
    }
}

impl Action {
    /// Whether it is known to the asker not to be done.
    pub(in crate::graphql) fn is_to_be_done(&self) -> bool {
        let done = self.row.release(field::ACTION_DONE_ON, |row| row.done_on.is_some());
        done.seen() == Some(&false)
    }
}
