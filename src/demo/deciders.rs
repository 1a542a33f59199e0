//! Who may decide about consent, where memberships do not say it.

use chrono::NaiveDate;
use uuid::Uuid;

use super::desk::Desk;
use crate::records::{LacksCapacityRow, ParentalResponsibilityRow};

impl Desk<'_> {
    pub(super) fn responsible(&mut self, family: Uuid, person: Uuid, child: Uuid, since: NaiveDate) {
        self.data.parental_responsibilities.push(ParentalResponsibilityRow {
            authority_id: self.authority,
            id: self.id(),
            family_id: family,
            child_id: child,
            person_id: Some(person),
            agency_id: None,
            subject: None,
            valid_from: since,
            valid_until: None,
        });
    }

    pub(super) fn lacked_capacity(&mut self, family: Uuid, person: Uuid, since: NaiveDate, until: NaiveDate) {
        self.data.lacks_capacity.push(LacksCapacityRow {
            authority_id: self.authority,
            id: self.id(),
            family_id: family,
            person_id: person,
            valid_from: since,
            valid_until: Some(until),
        });
    }
}
