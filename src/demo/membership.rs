//! A membership as the makers of families begin with it.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::records::{MembershipRow, Relationship};

/// That somebody joined a family, of whom nothing is recorded there.
pub(super) fn membership(
    authority_id: i32,
    id: Uuid,
    family_id: Uuid,
    person_id: Uuid,
    relationship: Relationship,
    valid_from: NaiveDate,
) -> MembershipRow {
    MembershipRow {
        authority_id,
        id,
        family_id,
        person_id,
        relationship,
        parental_responsibility: false,
        valid_from,
        valid_until: None,
        employment_status: None,
        education_setting: None,
        phone: None,
        email: None,
        source_agency_id: None,
        end_reason: None,
    }
}
