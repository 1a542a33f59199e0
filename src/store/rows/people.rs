//! Families, the people in them, and what identifies them.

use chrono::{Datelike as _, NaiveDate};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::{matching::BornAbout, sharing::born::Born, store::record::record};

/// A person.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct PersonRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// The person's key.
    pub id: Uuid,
    /// Given names; empty where there are none.
    pub given_name: String,
    /// Family name; empty where there is none.
    pub family_name: String,
    /// Date of birth, where it is wholly known.
    pub date_of_birth: Option<NaiveDate>,
    /// Year of birth, where no more than it and the month is known.
    pub birth_year: Option<i32>,
    /// Month of birth, likewise.
    pub birth_month: Option<i32>,
    /// The day on which a child who was not born yet is expected.
    pub expected_on: Option<NaiveDate>,
    /// Whether they are recorded as an adult.
    pub adult: bool,
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

record!(PersonRow: authority_id id given_name family_name date_of_birth birth_year birth_month expected_on adult sex ethnicity disability employment_status education_setting phone email shielded source_agency_id);

/// So many days ahead a child may be expected, and no more.
pub const MOST_DAYS_AHEAD: u64 = 300;

/// What of a date of birth is known by these columns, where it is not wholly known.
pub(in crate::store) fn born_about(
    year: Option<i32>,
    month: Option<i32>,
    expected: Option<NaiveDate>,
) -> Option<BornAbout> {
    let month = month.and_then(|month| u32::try_from(month).ok());
    year.map(|year| BornAbout::within(year, month))
        .or(expected.map(BornAbout::Expected))
}

impl PersonRow {
    /// Given names, if they have any.
    pub fn given(&self) -> Option<&String> {
        Some(&self.given_name).filter(|name| !name.is_empty())
    }

    /// Family name, if they have one.
    pub fn family(&self) -> Option<&String> {
        Some(&self.family_name).filter(|name| !name.is_empty())
    }

    /// When they were born, as far as it is recorded.
    pub fn born(&self, today: NaiveDate) -> Born {
        let month = self.birth_month.and_then(|month| u32::try_from(month).ok());
        let born = match (self.date_of_birth, self.birth_year, self.expected_on) {
            (Some(day), ..) => return Born::on(day),
            (None, Some(year), _) => Born::within(year, month),
            (None, None, Some(day)) => return Born::expected(day),
            (None, None, None) => Born::UNKNOWN,
        };
        if self.adult { born.adult(today) } else { born }
    }

    /// What of the date of birth is known where it is not wholly known.
    pub fn born_about(&self) -> Option<BornAbout> {
        born_about(self.birth_year, self.birth_month, self.expected_on)
    }

    /// Year and month of birth, as far as they are known.
    pub fn birth_year_and_month(&self) -> (Option<i32>, Option<i32>) {
        self.date_of_birth.map_or((self.birth_year, self.birth_month), |day| {
            (Some(day.year()), i32::try_from(day.month()).ok())
        })
    }

    /// The day by which they stand among others by age: where only month or year is known, the first of it; of the unborn, the day on which they are expected.
    pub fn ordered_by(&self) -> Option<NaiveDate> {
        let month = self.birth_month.and_then(|month| u32::try_from(month).ok());
        let first = || NaiveDate::from_ymd_opt(self.birth_year?, month.unwrap_or(1), 1);
        self.date_of_birth.or_else(first).or(self.expected_on)
    }
}

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
