//! What the columns of made-up rows hold: what the database says that they may, or what is said of them in the records.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sea_orm::{QueryResult, Value};
use thinkfamily::records::{Holds, Table as Said};
use uuid::Uuid;

use super::tables::{Column, Table};

/// The authority of the first row of each pair; the second row's has the next number, and no row crosses over.
pub(crate) const AUTHORITY: i32 = 7;

/// The identifier of a row of a pair.
pub(crate) fn id(table: &str, row: u8) -> Uuid {
    let mut bytes = [row; 16];
    for (byte, letter) in bytes.iter_mut().zip(table.bytes().chain([0])) {
        *byte = letter;
    }
    bytes[15] = row;
    Uuid::from_bytes(bytes)
}

/// What is empty where something else of the same row is not: of a birth either the day is known, or a part, or the day on which it is expected; and
/// somebody of the family decides, or a professional.
const WITHOUT: [(&str, &str); 7] = [
    ("consent", "decided_by_agency"),
    ("consent", "decided_by_subject"),
    ("parental_responsibility", "agency_id"),
    ("parental_responsibility", "subject"),
    ("person", "birth_year"),
    ("person", "birth_month"),
    ("person", "expected_on"),
];

/// What is never empty though it may be, since what would have to stand in its place is.
const ALWAYS: [(&str, &str); 2] = [("consent", "decided_by"), ("parental_responsibility", "person_id")];

/// Words of the two rows that must fit to what else these hold; all others are the first and the last of their list.
const WORDS: [(&str, &str, [&str; 2]); 5] = [
    ("plan", "status", ["closed", "draft"]),
    ("webhook_endpoint", "events", ["contacts"; 2]),
    ("webhook_delivery", "event_type", ["contact.reported"; 2]),
    ("webhook_delivery", "state", ["dead", "pending"]),
    ("authority_fence", "state", ["moved", "here"]),
];

/// What a column of a row of a pair holds.
pub(super) fn value(table: &Table, column: &Column, row: u8) -> Value {
    let without = WITHOUT.contains(&(&table.name, &column.name));
    let always = ALWAYS.contains(&(&table.name, &column.name));
    if (row == 1 || without) && column.optional && !always {
        return nothing(column);
    }
    let at = usize::from(row);
    match column.kind.as_str() {
        "integer" => number(table, column, i32::from(row)).into(),
        "smallint" => (3 + i16::from(row)).into(),
        "bigint" => (5_000_000_000 + i64::from(row)).into(),
        "boolean" => (row == 0).into(),
        "bytea" => vec![0, 255, row].into(),
        "uuid" => id(refers_to(table, column), row).into(),
        "date" => (NaiveDate::from_ymd_opt(2015, 6, 1).unwrap() + TimeDelta::days(row.into())).into(),
        "timestamp with time zone" => instant(&column.name, row).into(),
        "text" => {
            let fits = WORDS
                .iter()
                .find(|(of, name, _)| *of == table.name && *name == column.name);
            let listed = table.words.get(&column.name).map(|words| match at {
                0 => words.first(),
                _ => words.last(),
            });
            match (fits, listed.flatten()) {
                (Some((_, _, words)), _) => words[at].into(),
                (None, Some(word)) => word.clone().into(),
                (None, None) => format!("Zoë's 🌳 \"{}\" {row}", column.name).into(),
            }
        }
        other => panic!("{}.{}: no sample for {other}", table.name, column.name),
    }
}

fn nothing(column: &Column) -> Value {
    match column.kind.as_str() {
        "integer" => Value::Int(None),
        "smallint" => Value::SmallInt(None),
        "bigint" => Value::BigInt(None),
        "boolean" => Value::Bool(None),
        "bytea" => Value::Bytes(None),
        "uuid" => Value::Uuid(None),
        "date" => Value::ChronoDate(None),
        "timestamp with time zone" => Value::ChronoDateTimeUtc(None),
        "text" => Value::String(None),
        other => panic!("{}: no empty {other}", column.name),
    }
}

/// What a column holds in a row that was read.
pub(crate) fn read(from: &QueryResult, column: &Column) -> Value {
    macro_rules! typed {
        ($ty:ty) => {
            from.try_get::<Option<$ty>>("", &column.name).unwrap().into()
        };
    }
    match column.kind.as_str() {
        "integer" => typed!(i32),
        "smallint" => typed!(i16),
        "bigint" => typed!(i64),
        "boolean" => typed!(bool),
        "bytea" => typed!(Vec<u8>),
        "uuid" => typed!(Uuid),
        "date" => typed!(NaiveDate),
        "timestamp with time zone" => typed!(DateTime<Utc>),
        "text" => typed!(String),
        other => panic!("{}: {other} is not read", column.name),
    }
}

fn number(table: &Table, column: &Column, row: i32) -> i32 {
    match (table.name.as_str(), column.name.as_str()) {
        ("authority", "id") | (_, "authority_id") => AUTHORITY + row,
        (_, "neighbour_id") => AUTHORITY + 1 - row,
        _ => {
            let said = Said::ALL.iter().find(|said| said.name() == table.name);
            let said = said.and_then(|said| said.columns().iter().find(|said| said.name == column.name));
            match said.map(|said| said.holds) {
                Some(Holds::Number(least, most)) => (3 + row).clamp(least, most),
                _ => 3 + row,
            }
        }
    }
}

fn instant(column: &str, row: u8) -> DateTime<Utc> {
    // Both databases keep microseconds; a whole second looks different in SQLite's text.
    let text = if row == 0 {
        "2015-06-01T10:11:12.345678Z"
    } else {
        "2015-06-01T10:11:12Z"
    };
    let hours = if column == "expires_at" { 8 } else { 0 };
    text.parse::<DateTime<Utc>>().unwrap() + TimeDelta::hours(hours)
}

fn refers_to<'a>(table: &'a Table, column: &'a Column) -> &'a str {
    match table.refers.get(&column.name) {
        Some(other) => other,
        None if column.name == "id" => &table.name,
        None => column.name.trim_end_matches("_id"),
    }
}
