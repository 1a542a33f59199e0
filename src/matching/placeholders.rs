//! Placeholders: what people write for unknown values, from `placeholders.txt`.

use std::{collections::HashSet, sync::LazyLock};

use chrono::{Datelike as _, NaiveDate};

use super::{
    Agreement,
    dates::{self, Born},
    lists,
};

const LIST: &str = include_str!("placeholders.txt");

/// A shorter number with a single repeated digit may be real.
const MIN_LENGTH: usize = 5;

static NAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| lists::lines(LIST, "names").collect());
static GIVEN: LazyLock<HashSet<&str>> = LazyLock::new(|| lists::lines(LIST, "given").collect());
static NUMBERS: LazyLock<HashSet<String>> =
    LazyLock::new(|| lists::lines(LIST, "numbers").map(str::to_ascii_uppercase).collect());
static ADDRESSES: LazyLock<Vec<&str>> = LazyLock::new(|| lists::lines(LIST, "addresses").collect());
static POSTCODES: LazyLock<Vec<String>> =
    LazyLock::new(|| lists::lines(LIST, "postcodes").map(str::to_ascii_uppercase).collect());
/// Days of the year that are placeholders for unknown days, and whole dates that are.
static BIRTHDAYS: LazyLock<HashSet<&str>> = LazyLock::new(|| lists::lines(LIST, "birthdays").collect());

/// Whether a folded name is a placeholder.
pub(super) fn is_name(folded: &str) -> bool {
    NAMES.contains(folded)
}

/// Whether a folded given name is a placeholder.
pub(super) fn is_given_name(folded: &str) -> bool {
    is_name(folded) || GIVEN.contains(folded)
}

/// Whether a folded address is a placeholder.
pub(super) fn is_address(folded: &str) -> bool {
    let ends = |rest: &str| rest.is_empty() || rest.starts_with(' ');
    ADDRESSES.iter().any(|none| folded.strip_prefix(none).is_some_and(ends))
}

/// Whether a postcode, in capitals and without spaces, is a placeholder.
pub(super) fn is_postcode(code: &str) -> bool {
    POSTCODES.iter().any(|none| code.starts_with(none.as_str()))
}

/// Whether a number, in capitals and without spaces, is a placeholder: listed, or a single repeated digit.
pub(super) fn is_number(code: &str) -> bool {
    let first = code.bytes().next().filter(u8::is_ascii_digit);
    let one_digit = first.is_some_and(|first| code.bytes().all(|next| next == first));
    one_digit && (code.len() >= MIN_LENGTH || code.starts_with('0')) || NUMBERS.contains(code)
}

/// How well dates of birth agree if one of them may be a placeholder for an unknown day or date.
pub(super) fn birthdays(one: Option<Born>, other: Option<Born>) -> Agreement {
    let (Some(first), Some(second)) = (one, other) else {
        return Agreement::Missing;
    };
    let known = |born: Born| match born {
        Born::Day(day) => Some(day),
        Born::About(_) => None,
    };
    let days = || [first, second].into_iter().filter_map(known);
    if days().any(is_no_date) {
        return Agreement::Missing;
    }
    if !days().any(is_default_day) {
        return dates::dates(one, other);
    }
    // The year rules out others, but no more than that.
    let near = first
        .years()
        .any(|year| second.years().any(|other| year.abs_diff(other) <= 1));
    if near { Agreement::Missing } else { Agreement::Disagrees }
}

/// Whether this date may mean that only the year of birth is known.
pub(super) fn is_default_day(date: NaiveDate) -> bool {
    BIRTHDAYS.contains(format!("{:02}-{:02}", date.month(), date.day()).as_str())
}

fn is_no_date(date: NaiveDate) -> bool {
    BIRTHDAYS.contains(date.to_string().as_str())
}
