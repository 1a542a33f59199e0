//! How well dates of birth agree if some of them may be placeholders, as listed in `placeholders.txt`.

use std::{collections::HashSet, sync::LazyLock};

use chrono::{Datelike as _, NaiveDate};

use super::{
    Agreement,
    dates::{self, Born},
    lists,
    placeholders::LIST,
};

/// Days of the year that are placeholders for unknown days, and whole dates that are.
static BIRTHDAYS: LazyLock<HashSet<&str>> = LazyLock::new(|| lists::lines(LIST, "birthdays").collect());

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
