//! When people were born, as far as it is recorded.

use chrono::{Datelike as _, NaiveDate};

use crate::{matching::BornAbout, records::PersonRow, sharing::born::Born};

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
