//! From a line of a file to values: the first line's names, then one value a column.

use std::vec::IntoIter;

use chrono::{DateTime, NaiveDate, Utc};
use csv::ByteRecord;
use uuid::Uuid;

use super::{
    column::{Column, Value},
    table::Table,
};

/// Where each of the table's columns stands in the file.
#[derive(Clone, Debug)]
pub(super) struct Header {
    positions: Vec<Option<usize>>,
    /// Places without a name, as spreadsheets leave them: nothing may stand there.
    unnamed: Vec<usize>,
    width: usize,
}

impl Header {
    /// Reads the first line.
    ///
    /// # Errors
    /// For each problem, the column and what is wrong.
    pub(super) fn of(table: Table, first: &ByteRecord) -> Result<Self, Vec<(String, String)>> {
        let columns = table.columns();
        let mut problems = Vec::new();
        let mut positions = vec![None; columns.len()];
        let mut unnamed = Vec::new();
        if first.iter().all(|name| name.trim_ascii().is_empty()) {
            return Err(vec![(String::new(), "the first line must name the columns".to_owned())]);
        }
        for (at, name) in first.iter().enumerate() {
            let name = name.trim_ascii();
            if name.is_empty() {
                unnamed.push(at);
                continue;
            }
            let is_named = |column: &Column| column.name.as_bytes().eq_ignore_ascii_case(name);
            match columns.iter().position(is_named) {
                Some(column) if positions[column].is_some() => {
                    problems.push((columns[column].name.to_owned(), "the column is there twice".to_owned()));
                }
                Some(column) => positions[column] = Some(at),
                // A name that is not ours could be a value where the first line was forgotten, so it is not repeated.
                None => problems.push((String::new(), format!("there is no such column as the {}", nth(at)))),
            }
        }
        for (column, position) in columns.iter().zip(&positions) {
            if column.present && position.is_none() {
                problems.push((column.name.to_owned(), "the column is missing".to_owned()));
            }
        }
        if problems.is_empty() {
            Ok(Self {
                positions,
                unnamed,
                width: first.len(),
            })
        } else {
            Err(problems)
        }
    }

    /// How many values each line must have.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Which of the table's columns the file has.
    pub(super) fn given(&self) -> Vec<bool> {
        self.positions.iter().map(Option::is_some).collect()
    }

    /// Whether something stands where the first line names no column.
    pub(super) fn beside(&self, record: &ByteRecord) -> bool {
        let fields = self.unnamed.iter().filter_map(|at| record.get(*at));
        fields.into_iter().any(|field| !field.trim_ascii().is_empty())
    }

    /// What the line holds in the column of that number; nothing where the file does not have the column.
    pub(super) fn field<'r>(&self, record: &'r ByteRecord, column: usize) -> &'r [u8] {
        self.positions[column]
            .and_then(|at| record.get(at))
            .unwrap_or_default()
            .trim_ascii()
    }
}

fn nth(at: usize) -> String {
    format!("one in place {}", at + 1)
}

/// A field read by its column's kind; keys and agencies are still texts.
///
/// # Errors
/// What is wrong.
pub(super) fn value(column: &Column, field: &[u8]) -> Result<Value, String> {
    let text = std::str::from_utf8(field).map_err(|_| {
        // Whatever else writes one byte a letter is mostly this, and reads as this.
        "is not UTF-8 but most likely Windows-1252: save the file as `CSV UTF-8`".to_owned()
    })?;
    match text.trim() {
        "" if column.required => Err("is empty".to_owned()),
        "" => Ok(Value::None),
        text => column.kind.read(text),
    }
}

/// Day, year, month and the expected day of a birth.
pub(super) type Birth = (Option<NaiveDate>, Option<i32>, Option<i32>, Option<NaiveDate>);

/// The values of a good line, taken one after the other in the order of the columns.
///
/// Every line was checked against its columns before, so a value is of the kind that is asked for. Were it ever not, it would be empty.
#[derive(Debug)]
pub(super) struct Values(IntoIter<Value>);

impl Values {
    pub(super) fn new(values: Vec<Value>) -> Self {
        Self(values.into_iter())
    }

    fn take(&mut self) -> Value {
        self.0.next().unwrap_or(Value::None)
    }

    pub(super) fn text_or_none(&mut self) -> Option<String> {
        match self.take() {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn text(&mut self) -> String {
        self.text_or_none().unwrap_or_default()
    }

    pub(super) fn date_or_none(&mut self) -> Option<NaiveDate> {
        match self.take() {
            Value::Date(date) => Some(date),
            _ => None,
        }
    }

    /// A date of birth, its year and its month where no more is known, and the day on which a child is expected.
    pub(super) fn birth(&mut self) -> Birth {
        match self.take() {
            Value::Date(day) => (Some(day), None, None, None),
            Value::Within(year, month) => (None, Some(year), month, None),
            Value::Expected(day) => (None, None, None, Some(day)),
            _ => (None, None, None, None),
        }
    }

    pub(super) fn date(&mut self) -> NaiveDate {
        self.date_or_none().unwrap_or_default()
    }

    pub(super) fn instant_or_none(&mut self) -> Option<DateTime<Utc>> {
        match self.take() {
            Value::Instant(at) => Some(at),
            _ => None,
        }
    }

    pub(super) fn instant(&mut self) -> DateTime<Utc> {
        self.instant_or_none().unwrap_or_default()
    }

    pub(super) fn flag(&mut self) -> bool {
        self.take() == Value::Flag(true)
    }

    pub(super) fn number(&mut self) -> i32 {
        match self.take() {
            Value::Number(number) => number,
            _ => 0,
        }
    }

    pub(super) fn id_or_none(&mut self) -> Option<Uuid> {
        self.take().id()
    }

    /// An agency's identifier and its code.
    pub(super) fn coded(&mut self) -> (Uuid, String) {
        match self.take() {
            Value::Coded(id, code) => (id, code),
            _ => (Uuid::nil(), String::new()),
        }
    }

    pub(super) fn id(&mut self) -> Uuid {
        self.id_or_none().unwrap_or_default()
    }
}
