//! Who has left a family, and why.

use uuid::Uuid;

use super::desk::Desk;
use crate::records::{MembershipEnd, Relationship, Sex};

/// A family of which nothing is told elsewhere.
const REFERENCE: &str = "TF-10003";

/// Adds to what is written down already: a grandmother who moved away, and is in no family now.
pub(super) fn write(desk: &mut Desk<'_>) {
    let family = desk.data.families.iter().find(|row| row.reference == REFERENCE);
    let family = family.expect("the family was written down before");
    let (authority, family): (i32, Uuid) = (family.authority_id, family.id);
    desk.authority = authority;
    let who = desk.person("Elsie", "Marlow", Sex::Female, desk.ago(24_000)).id;
    let (since, until) = (desk.ago(2_000), desk.ago(90));
    let row = desk.member(family, who, Relationship::Grandparent, false, since);
    (row.valid_until, row.end_reason) = (Some(until), Some(MembershipEnd::Moved));
}
