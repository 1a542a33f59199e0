//! How far dates of birth agree.

use chrono::{Datelike as _, NaiveDate};

use super::Agreement;

/// A year that is another by no more than this, on the same day, is taken for a slip.
const YEARS: i32 = 2;

/// How far two dates agree.
pub(super) fn dates(one: Option<NaiveDate>, other: Option<NaiveDate>) -> Agreement {
    let (Some(one), Some(other)) = (one, other) else {
        return Agreement::Missing;
    };
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
        [false, true, true] if one.year().abs_diff(other.year()) <= YEARS.unsigned_abs() => Agreement::Year,
        _ if is_slip(digits(one), digits(other)) => Agreement::Slip,
        _ if same.iter().filter(|same| **same).count() == 2 => Agreement::Part,
        _ => Agreement::Disagrees,
    }
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

/// Whether one digit is another, or two neighbours are exchanged.
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
