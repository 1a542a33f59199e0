//! From rows to the files in which they can be imported again.

use std::collections::HashMap;

use chrono::SecondsFormat;
use uuid::Uuid;

use super::{column::Value, keys, rows};
use crate::{
    records::{Holds, Table},
    store::dataset::Dataset,
};

/// Why rows cannot be written out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: a row names an agency that is not there", .0.file_name())]
pub struct Unwritable(Table);

/// Writes the rows of one authority as lines of their files.
#[derive(Clone, Debug)]
pub struct Exporter {
    agencies: HashMap<Uuid, String>,
}

impl Exporter {
    /// An exporter for an authority that has these agencies (identifier and code).
    pub fn new(agencies: impl IntoIterator<Item = (Uuid, String)>) -> Self {
        Self {
            agencies: agencies.into_iter().collect(),
        }
    }

    /// The first line of a table's file.
    pub fn header(table: Table) -> Vec<u8> {
        let names: Vec<&str> = table.in_file().iter().map(|column| column.file).collect();
        let mut line = names.join(",").into_bytes();
        line.push(b'\n');
        line
    }

    /// A line for each of the table's rows.
    ///
    /// # Errors
    /// When a row names an agency that is not there.
    pub fn lines(&self, table: Table, data: &Dataset) -> Result<Vec<u8>, Unwritable> {
        let mut lines = csv::WriterBuilder::new().from_writer(Vec::new());
        for (_, values) in rows::values(table, data) {
            let fields: Option<Vec<String>> = table
                .in_file()
                .iter()
                .zip(values)
                .map(|(column, value)| self.field(column.holds, value))
                .collect();
            // Writing to memory cannot fail.
            let _ = lines.write_record(fields.ok_or(Unwritable(table))?);
        }
        lines.into_inner().map_err(|_| Unwritable(table))
    }

    /// A value as its column is read; none for an agency that is not there.
    fn field(&self, kind: Holds, value: Value) -> Option<String> {
        Some(match value {
            Value::None => String::new(),
            Value::Text(text) | Value::Coded(_, text) => text,
            Value::Date(day) | Value::Expected(day) => day.to_string(),
            Value::Within(year, None) => format!("{year:04}"),
            Value::Within(year, Some(month)) => format!("{year:04}-{month:02}"),
            Value::Instant(at) => at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
            Value::Flag(flag) => flag.to_string(),
            Value::Number(number) => number.to_string(),
            Value::Id(id) if matches!(kind, Holds::Agency) => self.agencies.get(&id)?.clone(),
            Value::Id(id) => keys::by_id(id),
        })
    }
}
