//! From the values of a checked line to a row, and back.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::column::Value;
use crate::{
    records::{Cell, Column, Holds, Row, Table, Take, each_table},
    store::dataset::Dataset,
};

/// A row's identifier, and a value for each of its file's columns, as a line would have them.
pub(super) type Known = (Uuid, Vec<Value>);

macro_rules! tables {
    ($($rows:ident $table:ident $row:ident [$($object:ident)?];)+) => {
        /// Adds the row of a line to a data set. Values come in the order of the file's columns.
        ///
        /// # Panics
        /// Never: every line was checked against its columns before.
        pub(super) fn push(table: Table, authority: i32, values: &[Value], out: &mut Dataset) {
            let mut line = Line {
                authority,
                columns: table.in_file(),
                values,
            };
            match table {
                $(Table::$table => out.$rows.push(Row::read(&mut line).expect("a checked line has what its row must have")),)+
            }
        }
    };
}

each_table! { tables! }

/// The rows of a table among these, each as its line.
pub(super) fn values(table: Table, data: &Dataset) -> Vec<Known> {
    let rows = data.cells(table);
    rows.iter().map(|cells| known(table, cells)).collect()
}

/// A checked line. Were a value ever not of the kind that is asked for, it would be none.
struct Line<'l> {
    authority: i32,
    columns: &'static [Column],
    values: &'l [Value],
}

impl Line<'_> {
    fn find(&self, is: impl Fn(&Column) -> bool) -> Option<(&Column, &Value)> {
        let mut all = self.columns.iter().zip(self.values);
        all.find(|(column, _)| is(column))
    }

    fn value(&self, name: &str) -> &Value {
        self.find(|column| column.name == name)
            .map_or(&Value::None, |(_, value)| value)
    }

    /// A date of birth holds its year and month as well, where no more is known, and the day on which a child is expected.
    fn birth(&self) -> &Value {
        self.find(|column| column.holds == Holds::Birth)
            .map_or(&Value::None, |(_, value)| value)
    }
}

impl Take for Line<'_> {
    type Error = &'static str;

    fn text(&mut self, name: &'static str) -> Result<Option<String>, Self::Error> {
        Ok(match self.find(|column| column.name == name) {
            Some((_, Value::Text(text) | Value::Coded(_, text))) => Some(text.clone()),
            // An empty text is none.
            Some((column, _)) if !column.optional => Some(String::new()),
            _ => None,
        })
    }

    fn word<W>(&mut self, name: &'static str, of: fn(&str) -> Option<W>) -> Result<Option<W>, Self::Error> {
        match self.value(name) {
            Value::Text(word) => of(word).map(Some).ok_or(name),
            _ => Ok(None),
        }
    }

    fn key(&mut self, name: &'static str) -> Result<Option<Uuid>, Self::Error> {
        let coded = |column: &Column| name == "id" && column.holds == Holds::Code;
        let found = self.find(|column| column.name == name || coded(column));
        Ok(found.and_then(|(_, value)| value.id()))
    }

    fn number(&mut self, name: &'static str) -> Result<Option<i32>, Self::Error> {
        Ok(match (name, self.value(name), self.birth()) {
            ("authority_id", ..) => Some(self.authority),
            ("birth_year", _, Value::Within(year, _)) => Some(*year),
            ("birth_month", _, Value::Within(_, month)) => *month,
            (_, Value::Number(number), _) => Some(*number),
            _ => None,
        })
    }

    fn flag(&mut self, name: &'static str) -> Result<Option<bool>, Self::Error> {
        Ok(Some(*self.value(name) == Value::Flag(true)))
    }

    fn day(&mut self, name: &'static str) -> Result<Option<NaiveDate>, Self::Error> {
        Ok(match (name, self.value(name), self.birth()) {
            (_, Value::Date(day), _) | ("expected_on", _, Value::Expected(day)) => Some(*day),
            _ => None,
        })
    }

    fn moment(&mut self, name: &'static str) -> Result<Option<DateTime<Utc>>, Self::Error> {
        Ok(match self.value(name) {
            Value::Instant(at) => Some(*at),
            _ => None,
        })
    }

    fn wrong(column: &'static str) -> Self::Error {
        column
    }
}

/// A row as its line. A child who was not born yet stands as one who is expected, whatever the date of birth of the file was.
fn known(table: Table, cells: &[Cell]) -> Known {
    let columns = || table.columns().iter().zip(cells);
    let at = |name: &str| columns().find(|(column, _)| column.name == name).map(|(_, cell)| cell);
    let id = match at("id") {
        Some(Cell::Key(Some(id))) => *id,
        _ => Uuid::nil(),
    };
    let in_file = columns().filter(|(column, _)| !column.file.is_empty());
    let values = in_file.map(|(column, cell)| match (column.holds, cell) {
        (Holds::Code, Cell::Text(Some(code))) => Value::Coded(id, code.clone()),
        (Holds::Birth, Cell::Day(None)) => match (at("birth_year"), at("birth_month")) {
            (Some(Cell::Number(Some(year))), Some(Cell::Number(month))) => Value::Within(*year, *month),
            _ => Value::None,
        },
        _ => value(cell),
    });
    (id, values.collect())
}

/// What a cell holds. An empty text is none.
fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Text(Some(text)) if !text.is_empty() => Value::Text(text.clone()),
        Cell::Key(Some(key)) => Value::Id(*key),
        Cell::Number(Some(number)) => Value::Number(*number),
        Cell::Flag(Some(flag)) => Value::Flag(*flag),
        Cell::Day(Some(day)) => Value::Date(*day),
        Cell::Moment(Some(at)) => Value::Instant(*at),
        _ => Value::None,
    }
}
