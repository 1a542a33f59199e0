//! What a column of a file may hold.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use uuid::Uuid;

use super::table::Table;
use crate::{catalogue, sharing::category::Category};

/// What a column may hold.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// The row's own key.
    Key,
    /// The key of a row of another file.
    Of(Table),
    /// The code of an agency, of `agency.csv` or there already.
    Agency,
    /// A text of at most so many characters.
    Text(usize),
    /// A name: letters, digits, `.`, `_` and `-`.
    Code,
    /// A date as `2015-06-01`.
    Date,
    /// A date of birth: a date, or as much of it as is known (`2015-06`, `2015`); one that is still to come is that on which a child is expected.
    Birth,
    /// An instant as `2015-06-01T10:00:00Z`.
    Instant,
    /// `true` or `false`.
    Flag,
    /// A whole number within bounds.
    Number(i32, i32),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A kind of agency of the catalogue.
    AgencyKind,
    /// A criterion of the catalogue, national or local.
    Criterion,
    /// A Family Progress Data measure of the catalogue.
    Measure,
    /// A distance travelled domain of the catalogue.
    Domain,
    /// A data category about people.
    Category,
}

/// A column of a file.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name in the first line.
    pub name: &'static str,
    /// What it may hold.
    pub kind: Kind,
    /// Whether every file must have it.
    pub present: bool,
    /// Whether every line must fill it.
    pub required: bool,
}

/// A value as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// Nothing was there.
    None,
    Text(String),
    Date(NaiveDate),
    /// A year, and perhaps a month of it.
    Within(i32, Option<i32>),
    /// The day on which a child is expected.
    Expected(NaiveDate),
    Instant(DateTime<Utc>),
    Flag(bool),
    Number(i32),
    Id(Uuid),
}

/// Longest key, in characters.
const LONGEST_KEY: usize = 100;

impl Kind {
    /// Reads a value that is not empty, but for keys and agencies, which need more than their text.
    ///
    /// # Errors
    /// What is wrong, without the value.
    pub(super) fn read(self, text: &str) -> Result<Value, String> {
        if text.chars().any(char::is_control) {
            return Err("holds a control character".to_owned());
        }
        let known = |known: bool, what: &str| {
            known
                .then(|| Value::Text(text.to_owned()))
                .ok_or_else(|| format!("is not {what}"))
        };
        match self {
            Self::Key | Self::Of(_) => at_most(text, LONGEST_KEY),
            Self::Text(most) => at_most(text, most),
            Self::Code | Self::Agency => {
                let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-');
                known(
                    text.len() <= 64 && text.chars().all(plain),
                    "a code of at most 64 letters, digits, `.`, `_` and `-`",
                )
            }
            Self::Date => date(text)
                .map(Value::Date)
                .ok_or_else(|| "is not a date as 2015-06-01".to_owned()),
            Self::Birth => birth(text)
                .ok_or_else(|| "is not a date as 2015-06-01, nor what is known of it as 2015-06 or 2015".to_owned()),
            Self::Instant => DateTime::parse_from_rfc3339(text)
                .ok()
                .filter(|at| date(&at.date_naive().to_string()).is_some())
                .map(|at| Value::Instant(at.to_utc()))
                .ok_or_else(|| "is not an instant as 2015-06-01T10:00:00Z".to_owned()),
            Self::Flag => match text {
                "true" => Ok(Value::Flag(true)),
                "false" => Ok(Value::Flag(false)),
                _ => Err("is neither true nor false".to_owned()),
            },
            Self::Number(least, most) => text
                .parse()
                .ok()
                .filter(|number| (least..=most).contains(number))
                .map(Value::Number)
                .ok_or_else(|| format!("is not a whole number from {least} to {most}")),
            Self::OneOf(words) => known(words.contains(&text), &format!("one of {}", words.join(", "))),
            Self::AgencyKind => known(catalogue::is_agency_kind(text), "a kind of agency in the catalogue"),
            Self::Criterion => known(catalogue::criterion(text).is_some(), "a criterion in the catalogue"),
            Self::Measure => known(
                catalogue::progress_measure(text).is_some(),
                "a progress measure in the catalogue",
            ),
            Self::Domain => known(
                catalogue::distance_domain(text).is_some(),
                "a distance travelled domain in the catalogue",
            ),
            Self::Category => known(
                Category::from_code(text).is_some_and(Category::is_personal),
                "a data category about people",
            ),
        }
    }
}

fn at_most(text: &str, most: usize) -> Result<Value, String> {
    if text.chars().count() > most {
        return Err(format!("is longer than {most} characters"));
    }
    Ok(Value::Text(text.to_owned()))
}

/// A date, or what is known of it.
fn birth(text: &str) -> Option<Value> {
    let month = |first: &str| {
        let first = date(first)?;
        i32::try_from(first.month()).ok().map(|month| (first.year(), month))
    };
    match text.len() {
        4 => month(&format!("{text}-01-01")).map(|(year, _)| Value::Within(year, None)),
        7 => month(&format!("{text}-01")).map(|(year, month)| Value::Within(year, Some(month))),
        _ => date(text).map(Value::Date),
    }
}

/// A date of four, two and two digits, within reason.
fn date(text: &str) -> Option<NaiveDate> {
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let date: NaiveDate = shaped.then(|| text.parse().ok())??;
    (1880..=2199).contains(&date.year()).then_some(date)
}
