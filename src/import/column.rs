//! From a field of a file to a value, by what its column may hold.

use chrono::{DateTime, Datelike as _, NaiveDate, SubsecRound as _, Utc};
use uuid::Uuid;

use crate::{catalogue, clock::day_of, records::Holds, sharing::category::Category};

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
    /// An agency's identifier, and the code that is its key.
    Coded(Uuid, String),
}

impl Value {
    /// The identifier, where it is one.
    pub(super) fn id(&self) -> Option<Uuid> {
        match self {
            Self::Id(id) | Self::Coded(id, _) => Some(*id),
            _ => None,
        }
    }
}

/// Longest key, in characters.
const LONGEST_KEY: usize = 100;

impl Holds {
    /// Whether a column of the kind takes this word.
    pub fn takes(self, text: &str) -> bool {
        self.read(text).is_ok()
    }

    /// Reads a value that is not empty, but for keys and agencies, which need more than their text.
    ///
    /// # Errors
    /// What is wrong, without the value.
    pub(in crate::import) fn read(self, text: &str) -> Result<Value, String> {
        let line_ends = |letter: char| matches!((self, letter), (Self::Lines(_), '\n' | '\r' | '\t'));
        if text.chars().any(|letter| letter.is_control() && !line_ends(letter)) {
            return Err("holds a control character".to_owned());
        }
        let known = |known: bool, what: &str| {
            known
                .then(|| Value::Text(text.to_owned()))
                .ok_or_else(|| format!("is not {what}"))
        };
        match self {
            Self::Key | Self::Authority | Self::Of(_) => at_most(text, LONGEST_KEY),
            Self::Text(most) | Self::Lines(most) => at_most(text, most),
            Self::Code | Self::Agency => {
                let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-');
                known(
                    text.len() <= 64 && text.chars().all(plain),
                    "a code of at most 64 letters, digits, `.`, `_` and `-`",
                )
            }
            Self::Date => date(midnight(text)).map(Value::Date).ok_or_else(|| {
                shown_by_spreadsheets(text)
                    .unwrap_or("is not a date as 2015-06-01")
                    .to_owned()
            }),
            Self::Birth => birth(midnight(text)).ok_or_else(|| {
                let otherwise = "is not a date as 2015-06-01, nor what is known of it as 2015-06 or 2015";
                shown_by_spreadsheets(text).unwrap_or(otherwise).to_owned()
            }),
            Self::Instant => DateTime::parse_from_rfc3339(text)
                .ok()
                // What both databases keep.
                .map(|at| at.to_utc().trunc_subsecs(6))
                .filter(|at| date(&day_of(*at).to_string()).is_some())
                .map(Value::Instant)
                .ok_or_else(|| "is not an instant as 2015-06-01T10:00:00Z".to_owned()),
            // As Excel, pandas and databases write them.
            Self::Flag => match text.to_ascii_lowercase().as_str() {
                "true" | "1" => Ok(Value::Flag(true)),
                "false" | "0" => Ok(Value::Flag(false)),
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
            Self::Purposes => known(
                text.split(' ').all(catalogue::is_purpose),
                "purposes of the catalogue with a blank between them",
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

/// A date without the midnight that spreadsheets and databases put behind it.
fn midnight(text: &str) -> &str {
    match text.split_at_checked(10) {
        Some((day, " 00:00" | " 00:00:00" | "T00:00:00" | " 00:00:00.000")) => day,
        _ => text,
    }
}

/// What is wrong with a date as spreadsheets show it, where it is one: day or month may come first, and nobody can tell which does.
fn shown_by_spreadsheets(text: &str) -> Option<&'static str> {
    let day = text.split(' ').next().unwrap_or_default();
    let parts: Vec<&str> = day.split(['/', '.', '-']).collect();
    let digits = |part: &str| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    let [first, middle, last] = parts[..] else {
        let serial = day.len() == 5 && day.bytes().all(|byte| byte.is_ascii_digit());
        return serial
            .then_some("is not a date but the number that a spreadsheet keeps for one: write it as 2015-06-01");
    };
    let named = middle.len() >= 3 && middle.bytes().all(|byte| byte.is_ascii_alphabetic());
    (first.len() <= 2 && digits(first) && (digits(middle) || named) && digits(last)).then_some(
        "is not a date as 2015-06-01 but as a spreadsheet shows it, where day or month may come first: have the column written as 2015-06-01",
    )
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
