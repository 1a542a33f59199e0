//! Who has left a family, and why; and to whom it is barred.

use uuid::Uuid;

use super::desk::Desk;
use crate::records::{BarredSubjectRow, MembershipEnd, Relationship, Sex};

/// A family of which nothing is told elsewhere.
const REFERENCE: &str = "TF-10003";

/// A cousin of theirs, who is a social worker.
const BARRED: &str = "demo-cousin";

/// Adds to what is written down already: a grandmother who moved away, and is in no family now; and a cousin to whom the family is barred.
pub(super) fn write(desk: &mut Desk<'_>) {
    let family = desk.data.families.iter().find(|row| row.reference == REFERENCE);
    let family = family.expect("the family was written down before");
    let (authority, family): (i32, Uuid) = (family.authority_id, family.id);
    desk.authority = authority;
    let who = desk.person("Elsie", "Marlow", Sex::Female, desk.ago(24_000)).id;
    let (since, until) = (desk.ago(2_000), desk.ago(90));
    let row = desk.member(family, who, Relationship::Grandparent, false, since);
    (row.valid_until, row.end_reason) = (Some(until), Some(MembershipEnd::Moved));
    desk.data.barred_subjects.push(BarredSubjectRow {
        authority_id: authority,
        id: desk.id(),
        family_id: family,
        agency_id: None,
        subject: BARRED.to_owned(),
        valid_from: since,
        valid_until: None,
    });
}
