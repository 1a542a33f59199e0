//! Families, the people in them, and what identifies them.

use chrono::NaiveDate;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::store::record::record;

/// A person.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct PersonRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// The person's key.
    pub id: Uuid,
    /// Given names.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Date of birth.
    pub date_of_birth: NaiveDate,
    /// Sex as recorded.
    pub sex: String,
    /// Ethnicity as recorded.
    pub ethnicity: Option<String>,
    /// Disability as recorded.
    pub disability: Option<String>,
    /// Employment status.
    pub employment_status: Option<String>,
    /// School, college or other setting.
    pub education_setting: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Whether where they live must not be told.
    pub shielded: bool,
    /// The agency the record came from.
    pub source_agency_id: Option<Uuid>,
}

record!(PersonRow: authority_id id given_name family_name date_of_birth sex ethnicity disability employment_status education_setting phone email shielded source_agency_id);

/// A family.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct FamilyRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// The family's key.
    pub id: Uuid,
    /// A reference people can read over the telephone.
    pub reference: String,
    /// District.
    pub district: Option<String>,
    /// Ward.
    pub ward: Option<String>,
    /// Locality.
    pub locality: Option<String>,
    /// Children's centre reach area.
    pub reach_area: Option<String>,
    /// Need level set at the checkpoint.
    pub need_level: Option<String>,
    /// How it came in.
    pub route: String,
    /// The day it was attached to the cohort.
    pub attached_on: Option<NaiveDate>,
    /// The day it was closed.
    pub closed_on: Option<NaiveDate>,
}

record!(FamilyRow: authority_id id reference district ward locality reach_area need_level route attached_on closed_on);

/// That a person belongs to a family.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct MembershipRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// The membership's key.
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// What the person is in the family.
    pub relationship: String,
    /// Whether they have parental responsibility.
    pub parental_responsibility: bool,
    /// First day.
    pub valid_from: NaiveDate,
    /// The day it ended.
    pub valid_until: Option<NaiveDate>,
}

record!(MembershipRow: authority_id id family_id person_id relationship parental_responsibility valid_from valid_until);

/// Where a family lives or lived.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct AddressRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// The address's key.
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// First line.
    pub line1: String,
    /// Second line.
    pub line2: Option<String>,
    /// Town.
    pub town: Option<String>,
    /// Postcode.
    pub postcode: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// The day it ended.
    pub valid_until: Option<NaiveDate>,
}

record!(AddressRow: authority_id id family_id line1 line2 town postcode valid_from valid_until);

/// A person's number in another system.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct LocalIdentifierRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its key.
    pub id: Uuid,
    /// The family in whose case it was recorded.
    pub family_id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// Which system.
    pub system: String,
    /// The number.
    pub value: String,
}

record!(LocalIdentifierRow: authority_id id family_id person_id system value);

/// A period with a statutory status.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct StatutoryStatusRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its key.
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// The status.
    pub status: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// The day it ended.
    pub valid_until: Option<NaiveDate>,
}

record!(StatutoryStatusRow: authority_id id family_id person_id status valid_from valid_until);
