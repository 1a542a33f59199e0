//! How far dates of birth agree, where people write one that they do not know, as `placeholders.txt` lists those.

use std::{collections::HashSet, sync::LazyLock};

use chrono::{Datelike as _, NaiveDate};

use super::{
    Agreement,
    dates::{self, Born},
    lists,
    placeholders::LIST,
};

/// Days of the year that stand for none, and whole dates that do.
static BIRTHDAYS: LazyLock<HashSet<&str>> = LazyLock::new(|| lists::lines(LIST, "birthdays").collect());

/// How far dates of birth agree, where one of them may stand for a year of which the day is not known, or for nothing.
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
    // The year says that it is not somebody else, and no more.
    let near = first
        .years()
        .any(|year| second.years().any(|other| year.abs_diff(other) <= 1));
    if near { Agreement::Missing } else { Agreement::Disagrees }
}

/// Whether nothing is known of a birthday but the year, as far as this date says.
pub(super) fn is_default_day(date: NaiveDate) -> bool {
    BIRTHDAYS.contains(format!("{:02}-{:02}", date.month(), date.day()).as_str())
}

fn is_no_date(date: NaiveDate) -> bool {
    BIRTHDAYS.contains(date.to_string().as_str())
}
