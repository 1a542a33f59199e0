//! Reads descriptions of people from a CSV file: the first line names the columns, the others have one
//! description each.

use std::{collections::BTreeSet, fs::File, path::Path};

use chrono::{Datelike as _, NaiveDate};

use super::Failure;
use crate::matching::{BornAbout, Description, Identifier, Sex};

/// Most descriptions in one file.
const MAX_DESCRIPTIONS: usize = 1_000_000;
/// The prefix of a column of identifiers; the system's code follows.
const IDENTIFIER_PREFIX: &str = "identifier.";

/// Descriptions, with their ids in the file.
pub(super) struct People {
    /// The values of the column `id`, or line numbers.
    pub(super) ids: Vec<String>,
    /// The descriptions.
    pub(super) descriptions: Vec<Description>,
}

/// The meaning of a column.
enum Column {
    Id,
    GivenName,
    FamilyName,
    DateOfBirth,
    Postcode,
    Address,
    Sex,
    Identifier(String),
}

impl People {
    /// Reads a file.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let file = path.display();
        let line_error = |line: u64, why: &str| Failure::problem(format!("{file}:{line}: {why}"));
        let unreadable = |error: csv::Error| {
            let line = error.position().map_or(1, csv::Position::line);
            Failure::problem(match error.kind() {
                csv::ErrorKind::Io(error) => format!("{file} cannot be read: {error}"),
                csv::ErrorKind::Utf8 { .. } => format!("{file}:{line}: not UTF-8 text"),
                _ => format!("{file}:{line}: want as many values as there are columns"),
            })
        };
        let file = File::open(path).map_err(|error| Failure::problem(format!("{file} cannot be read: {error}")))?;
        let mut reader = csv::Reader::from_reader(file);
        let columns = columns(reader.headers().map_err(unreadable)?).map_err(|why| line_error(1, &why))?;
        let mut people = Self {
            ids: Vec::new(),
            descriptions: Vec::new(),
        };
        for record in reader.records() {
            let record = record.map_err(unreadable)?;
            let line = record.position().map_or(0, csv::Position::line);
            if people.ids.len() == MAX_DESCRIPTIONS {
                return Err(line_error(
                    line,
                    &format!("want at most {MAX_DESCRIPTIONS} descriptions"),
                ));
            }
            let (id, description) = read_line(&columns, &record).map_err(|why| line_error(line, why))?;
            people.ids.push(id.unwrap_or_else(|| line.to_string()));
            people.descriptions.push(description);
        }
        Ok(people)
    }
}

fn columns(header: &csv::StringRecord) -> Result<Vec<Column>, String> {
    let mut seen = BTreeSet::new();
    let column = |name: &str| {
        if !seen.insert(name.to_owned()) {
            return Err("a column is named twice".to_owned());
        }
        Ok(match name {
            "id" => Column::Id,
            "given_name" => Column::GivenName,
            "family_name" => Column::FamilyName,
            "date_of_birth" => Column::DateOfBirth,
            "postcode" => Column::Postcode,
            "address" => Column::Address,
            "sex" => Column::Sex,
            _ => match name.strip_prefix(IDENTIFIER_PREFIX) {
                Some(system) if !system.is_empty() => Column::Identifier(system.to_owned()),
                _ => {
                    return Err(format!(
                        "want columns named id, given_name, family_name, date_of_birth, postcode, address, sex or {IDENTIFIER_PREFIX}SYSTEM"
                    ));
                }
            },
        })
    };
    header.iter().map(str::trim).map(column).collect()
}

fn read_line(columns: &[Column], record: &csv::StringRecord) -> Result<(Option<String>, Description), &'static str> {
    let mut id = None;
    let mut description = Description::default();
    for (column, value) in columns.iter().zip(record) {
        let value = value.trim();
        if value.is_empty() {
            continue;
        }
        match column {
            Column::Id if is_id(value) => id = Some(value.to_owned()),
            Column::Id => return Err("id: want up to 100 letters, digits and - _ . :"),
            Column::GivenName => description.given_name = Some(value.to_owned()),
            Column::FamilyName => description.family_name = Some(value.to_owned()),
            Column::DateOfBirth => parse_birth(value, &mut description)?,
            Column::Postcode => description.postcode = Some(value.to_owned()),
            Column::Address => description.address = Some(value.to_owned()),
            Column::Sex => description.sex = Some(parse_sex(value)?),
            Column::Identifier(system) => description.identifiers.push(Identifier {
                system: system.clone(),
                value: value.to_owned(),
            }),
        }
    }
    Ok((id, description))
}

fn is_id(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    text.len() <= 100 && text.bytes().all(plain)
}

/// Parses a full date, a year and month, or a year.
fn parse_birth(text: &str, description: &mut Description) -> Result<(), &'static str> {
    let refused = "date_of_birth: want YYYY-MM-DD, YYYY-MM or YYYY, or nothing where it is not known";
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        description.date_of_birth = Some(day);
        return Ok(());
    }
    let (year, month) = text
        .split_once('-')
        .map_or((text, None), |(year, month)| (year, Some(month)));
    let first = format!("{year}-{}-01", month.unwrap_or("01"));
    let first = NaiveDate::parse_from_str(&first, "%Y-%m-%d").map_err(|_| refused)?;
    description.born_about = Some(BornAbout::within(first.year(), month.map(|_| first.month())));
    Ok(())
}

fn parse_sex(text: &str) -> Result<Sex, &'static str> {
    match text {
        "female" => Ok(Sex::Female),
        "male" => Ok(Sex::Male),
        "other" => Ok(Sex::Other),
        _ => Err("sex: want female, male or other, or nothing where it is not known"),
    }
}
