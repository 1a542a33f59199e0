//! From a line of a file to values: the first line's names, then one value a column.

use csv::ByteRecord;

use super::column::Value;
use crate::records::{Column, Table};

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
        let columns = table.in_file();
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
            let is_named = |column: &Column| column.file.as_bytes().eq_ignore_ascii_case(name);
            match columns.iter().position(is_named) {
                Some(column) if positions[column].is_some() => {
                    problems.push((columns[column].file.to_owned(), "the column is there twice".to_owned()));
                }
                Some(column) => positions[column] = Some(at),
                // A name that is not ours could be a value where the first line was forgotten, so it is not repeated.
                None => problems.push((String::new(), format!("there is no such column as the {}", nth(at)))),
            }
        }
        for (column, position) in columns.iter().zip(&positions) {
            if column.present && position.is_none() {
                problems.push((column.file.to_owned(), "the column is missing".to_owned()));
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
        text => column.holds.read(text),
    }
}
