//! Who may decide about consent, where memberships do not say it.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{desk::Desk, hardman::REFERENCE};
use crate::records::{LacksCapacityRow, ParentalResponsibilityRow};

/// Adds to what is written down already: a step-father has parental responsibility by agreement, for one child; and he was in hospital for some weeks.
pub(super) fn write(desk: &mut Desk<'_>) {
    let family = desk.data.families.iter().find(|row| row.reference == REFERENCE);
    let family = family.expect("the family was written down before");
    let (authority, family) = (family.authority_id, family.id);
    desk.authority = authority;
    let named = |name: &str| desk.data.people.iter().find(|row| row.given_name == name);
    let [step_father, youngest] = ["Lee", "Alfie"].map(|name| named(name).expect("they were written down before").id);
    desk.responsible(family, step_father, youngest, desk.ago(600));
    desk.lacked_capacity(family, step_father, desk.ago(800), desk.ago(780));
}

impl Desk<'_> {
    fn responsible(&mut self, family: Uuid, person: Uuid, child: Uuid, since: NaiveDate) {
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

    fn lacked_capacity(&mut self, family: Uuid, person: Uuid, since: NaiveDate, until: NaiveDate) {
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
