//! A check for serious harm, before somebody of the Hardmans is told who saw what of them.

use super::{desk::Desk, hardman::REFERENCE};
use crate::records::{AccessCheckRow, CheckOutcome};

/// Adds it to what is written down already: the mother may be told.
pub(super) fn write(desk: &mut Desk<'_>) {
    let family = desk.data.families.iter().find(|row| row.reference == REFERENCE);
    let family = family.expect("the family was written down before");
    let (authority_id, family_id) = (family.authority_id, family.id);
    let mother = desk.data.people.iter().find(|row| row.given_name == "Dawn");
    let person_id = mother.expect("she was written down before").id;
    let team = desk
        .data
        .agencies
        .iter()
        .find(|row| row.authority_id == authority_id && row.code == "tff-team");
    let agency_id = team.expect("there is a team").id;
    let checked_on = desk.ago(5);
    let row = AccessCheckRow {
        authority_id,
        id: desk.id(),
        family_id,
        person_id,
        outcome: CheckOutcome::Release,
        reason: "She asked who had seen her record. Nothing in it puts anybody at risk.".to_owned(),
        advised_by: Some("The social worker of the children".to_owned()),
        checked_on,
        recorded_at: checked_on.and_time(chrono::NaiveTime::MIN).and_utc(),
        agency_id,
        subject: "demo-agreement-manager".to_owned(),
    };
    desk.data.access_checks.push(row);
}
