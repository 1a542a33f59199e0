//! When somebody was born, as far as it is known: the days that are possible, and how old that makes them.

use chrono::{Datelike, Days, Months, NaiveDate};

/// Adults are 18 and over.
pub const ADULT_AGE: i32 = 18;
/// No child who lives is born longer before the expected day.
const EARLY: Days = Days::new(140);
/// Nor later after it.
const LATE: Days = Days::new(28);

/// Age in whole years. Someone born on 29 February has their birthday on 1 March in other years, as English law has it.
pub fn age_on(born: NaiveDate, today: NaiveDate) -> i32 {
    let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
    today.year() - born.year() - i32::from(!had_birthday)
}

/// The days on which somebody may have been born, or will be: one where it is known, all of a year where only that is, any where nothing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Born {
    earliest: NaiveDate,
    latest: NaiveDate,
}

impl Born {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self {
        earliest: NaiveDate::MIN,
        latest: NaiveDate::MAX,
    };

    /// On this day.
    pub const fn on(day: NaiveDate) -> Self {
        Self {
            earliest: day,
            latest: day,
        }
    }

    /// On some day from the first to the last.
    pub const fn between(earliest: NaiveDate, latest: NaiveDate) -> Self {
        Self { earliest, latest }
    }

    /// In this year, and this month of it if that is known. Nothing is known of one that there is not.
    pub fn within(year: i32, month: Option<u32>) -> Self {
        let first = NaiveDate::from_ymd_opt(year, month.unwrap_or(1), 1);
        let months = Months::new(if month.is_some() { 1 } else { 12 });
        let last = first.and_then(|first| first.checked_add_months(months)?.pred_opt());
        first
            .zip(last)
            .map_or(Self::UNKNOWN, |(earliest, latest)| Self { earliest, latest })
    }

    /// Not yet when it was recorded, and expected for this day.
    pub fn expected(day: NaiveDate) -> Self {
        Self {
            earliest: day.checked_sub_days(EARLY).unwrap_or(day),
            latest: day.checked_add_days(LATE).unwrap_or(day),
        }
    }

    /// The same of somebody who is recorded as an adult: at least 18 years before today.
    #[must_use]
    pub fn adult(self, today: NaiveDate) -> Self {
        let turned = today.checked_sub_months(Months::new(12 * ADULT_AGE.unsigned_abs()));
        let latest = turned.map_or(self.latest, |turned| self.latest.min(turned));
        Self {
            earliest: self.earliest.min(latest),
            latest,
        }
    }

    /// The first day that is possible.
    pub const fn earliest(self) -> NaiveDate {
        self.earliest
    }

    /// The last day that is possible.
    pub const fn latest(self) -> NaiveDate {
        self.latest
    }

    /// Whether they are that old, on whichever of the days they were born.
    pub fn is(self, age: i32, today: NaiveDate) -> bool {
        age_on(self.latest, today) >= age
    }

    /// Whether they are that old if they were born on one of the days.
    pub fn may_be(self, age: i32, today: NaiveDate) -> bool {
        age_on(self.earliest, today) >= age
    }

    /// Whether they are an adult, where all the days make it the same.
    pub fn is_adult(self, today: NaiveDate) -> Option<bool> {
        let adult = self.is(ADULT_AGE, today);
        (adult == self.may_be(ADULT_AGE, today)).then_some(adult)
    }

    /// Their age in whole years, where all the days make it the same. Who may not be born yet has none.
    pub fn age(self, today: NaiveDate) -> Option<i32> {
        let age = age_on(self.latest, today);
        (age >= 0 && age == age_on(self.earliest, today)).then_some(age)
    }
}

#[cfg(test)]
mod tests;
