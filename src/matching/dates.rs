//! Comparing dates of birth, known in full or in part.

use chrono::{Datelike as _, Days, Months, NaiveDate};

use super::{Agreement, BornAbout, Description};

/// On the same day, a year that differs by no more than this is taken for a typing mistake.
const YEARS: u32 = 2;
/// How long before the expected date a child may be born.
const EARLY: Days = Days::new(140);
/// How long after the expected date a child may be born.
const LATE: Days = Days::new(28);

/// A date of birth, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Born {
    Day(NaiveDate),
    About(BornAbout),
}

impl Born {
    /// The date of birth in a description. A full date takes precedence over a partial one.
    pub(super) fn of(description: &Description) -> Option<Self> {
        let day = description.date_of_birth.map(Self::Day);
        day.or_else(|| description.born_about.map(Self::About))
    }

    /// The day, if it is known or expected.
    pub(super) fn day(self) -> Option<NaiveDate> {
        match self {
            Self::Day(day) | Self::About(BornAbout::Expected(day)) => Some(day),
            Self::About(BornAbout::Year(_) | BornAbout::Month(..)) => None,
        }
    }

    /// The possible years of birth: one, or two around an expected date.
    pub(super) fn years(self) -> impl Iterator<Item = i32> {
        let (first, last) = match self {
            Self::Day(day) => (day.year(), day.year()),
            Self::About(BornAbout::Year(year) | BornAbout::Month(year, _)) => (year, year),
            Self::About(BornAbout::Expected(day)) => {
                let (first, last) = around(day);
                (first.year(), last.year())
            }
        };
        first..=last
    }

    /// The year, and the month if known; `None` for an expected date.
    fn parts(self) -> Option<(i32, Option<u32>)> {
        match self {
            Self::Day(day) => Some((day.year(), Some(day.month()))),
            Self::About(BornAbout::Year(year)) => Some((year, None)),
            Self::About(BornAbout::Month(year, month)) => Some((year, Some(month))),
            Self::About(BornAbout::Expected(_)) => None,
        }
    }
}

/// The days around the expected date on which the child may be born.
fn around(expected: NaiveDate) -> (NaiveDate, NaiveDate) {
    let first = expected.checked_sub_days(EARLY).unwrap_or(expected);
    (first, expected.checked_add_days(LATE).unwrap_or(expected))
}

/// How well two dates agree.
pub(super) fn dates(one: Option<Born>, other: Option<Born>) -> Agreement {
    let (Some(one), Some(other)) = (one, other) else {
        return Agreement::Missing;
    };
    match (one, other) {
        (Born::Day(one), Born::Day(other)) => days(one, other),
        (Born::About(BornAbout::Expected(expected)), other) | (other, Born::About(BornAbout::Expected(expected))) => {
            around_expected(expected, other)
        }
        (one, other) => match (one.parts(), other.parts()) {
            (Some(one), Some(other)) => parts(one, other),
            _ => Agreement::Missing,
        },
    }
}

/// Whether two were born in the same year or a year apart, as far as that is known.
pub(super) fn of_similar_age(one: Option<Born>, other: Option<Born>) -> bool {
    let (Some(one), Some(other)) = (one, other) else {
        return false;
    };
    one.years()
        .any(|one| other.years().any(|other| one.abs_diff(other) <= 1))
}

/// How well two full dates agree.
fn days(one: NaiveDate, other: NaiveDate) -> Agreement {
    if one == other {
        return Agreement::Exact;
    }
    let same = [
        one.year() == other.year(),
        one.month() == other.month(),
        one.day() == other.day(),
    ];
    if same[0] && one.month() == other.day() && one.day() == other.month() {
        return Agreement::Transposed;
    }
    match same {
        [false, true, true] if one.year().abs_diff(other.year()) <= YEARS => Agreement::Year,
        _ if is_slip(digits(one), digits(other)) || same[0] && beside_leap_day(one, other) => Agreement::Slip,
        _ if same.iter().filter(|same| **same).count() == 2 => Agreement::Part,
        _ => Agreement::Disagrees,
    }
}

/// Whether one is 29 February and the other the day before or after, where forms without that day put it.
fn beside_leap_day(one: NaiveDate, other: NaiveDate) -> bool {
    let leap = |day: NaiveDate| (day.month(), day.day()) == (2, 29);
    (leap(one) || leap(other)) && one.signed_duration_since(other).num_days().abs() == 1
}

/// How well year and month agree if one side knows no more. A year alone is often derived from an age, so an
/// adjacent year agrees in part.
fn parts(one: (i32, Option<u32>), other: (i32, Option<u32>)) -> Agreement {
    let months = one.1.zip(other.1).map(|(one, other)| one == other);
    match (one.0.abs_diff(other.0), months) {
        (0, Some(true)) => Agreement::SameMonth,
        (0, None) => Agreement::SameYear,
        (0, Some(false)) | (1, None | Some(true)) => Agreement::Part,
        _ => Agreement::Disagrees,
    }
}

/// How well a date agrees with an expected date. Two expected dates may differ as much as births differ from
/// their expected dates.
fn around_expected(expected: NaiveDate, other: Born) -> Agreement {
    let (first, last) = around(expected);
    let may_be = |from: NaiveDate, until: NaiveDate| from <= last && first <= until;
    match other {
        Born::Day(day) | Born::About(BornAbout::Expected(day)) if day == expected => Agreement::Exact,
        Born::Day(day) if may_be(day, day) => Agreement::Expected,
        Born::About(BornAbout::Expected(day)) if day.signed_duration_since(expected).num_days().abs() <= 28 => {
            Agreement::Expected
        }
        Born::About(BornAbout::Year(year))
            if NaiveDate::from_ymd_opt(year, 1, 1).is_some_and(|from| may_be(from, end(from, 12))) =>
        {
            Agreement::SameYear
        }
        Born::About(BornAbout::Month(year, month))
            if NaiveDate::from_ymd_opt(year, month, 1).is_some_and(|from| may_be(from, end(from, 1))) =>
        {
            Agreement::Expected
        }
        _ => Agreement::Disagrees,
    }
}

/// The last day of a period of months.
fn end(from: NaiveDate, months: u32) -> NaiveDate {
    let next = from.checked_add_months(Months::new(months));
    next.and_then(|next| next.pred_opt()).unwrap_or(from)
}

fn digits(date: NaiveDate) -> [u8; 8] {
    let number = date.year().unsigned_abs() % 10_000 * 10_000 + date.month() * 100 + date.day();
    let mut digits = [0; 8];
    let mut rest = number;
    for digit in digits.iter_mut().rev() {
        *digit = u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
    }
    digits
}

/// Whether a single digit differs, or two adjacent digits are swapped.
fn is_slip(one: [u8; 8], other: [u8; 8]) -> bool {
    let mut differ = (0..8).filter(|at| one[*at] != other[*at]);
    match (differ.next(), differ.next(), differ.next()) {
        (Some(_), None, None) => true,
        (Some(first), Some(second), None) => {
            second == first + 1 && one[first] == other[second] && one[second] == other[first]
        }
        _ => false,
    }
}
