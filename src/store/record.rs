//! Rows as they are read: the columns of each, by name from the library, and in their order over a pipeline.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{DbBackend, DbErr, FromQueryResult, QueryResult, Statement, TryGetable, Value};
use tokio_postgres::types::{FromSql, FromSqlOwned};
use uuid::Uuid;

use super::session::StoreError;
use crate::records::{self, Cell, Row, Take, each_table};

/// A row that can be read over any connection.
pub trait Record: FromQueryResult {
    /// Its columns' names in the order in which [`Record::read`] takes them.
    const COLUMNS: &'static [&'static str];
    /// The same as a list for a select.
    const LIST: &'static str;

    /// Takes the columns one after the other.
    fn read(cells: &mut Cells<'_>) -> Result<Self, StoreError>;
}

/// The columns of one row that came over a pipeline, to be taken one after the other.
pub struct Cells<'r> {
    row: &'r tokio_postgres::Row,
    order: &'r [usize],
    next: usize,
}

impl<'r> Cells<'r> {
    /// A row whose columns are to be taken in this order.
    pub(super) fn of(row: &'r tokio_postgres::Row, order: &'r [usize]) -> Self {
        Self { row, order, next: 0 }
    }

    /// The next column.
    pub(super) fn next<T: FromSqlOwned>(&mut self) -> Result<T, StoreError> {
        self.borrowed()
    }

    fn borrowed<T: FromSql<'r>>(&mut self) -> Result<T, StoreError> {
        let at = self.order.get(self.next).copied().unwrap_or(usize::MAX);
        self.next += 1;
        // The words of the error could hold what is stored.
        self.row
            .try_get(at)
            .map_err(|_| StoreError::Corrupt(format!("column {at} of a row has another type than expected")))
    }
}

impl Take for Cells<'_> {
    type Error = StoreError;

    fn text(&mut self, _: &'static str) -> Result<Option<String>, StoreError> {
        self.next()
    }

    fn word<W>(&mut self, column: &'static str, of: fn(&str) -> Option<W>) -> Result<Option<W>, StoreError> {
        let word: Option<&str> = self.borrowed()?;
        word.map(|word| of(word).ok_or_else(|| Self::wrong(column))).transpose()
    }

    fn key(&mut self, _: &'static str) -> Result<Option<Uuid>, StoreError> {
        self.next()
    }

    fn number(&mut self, _: &'static str) -> Result<Option<i32>, StoreError> {
        self.next()
    }

    fn flag(&mut self, _: &'static str) -> Result<Option<bool>, StoreError> {
        self.next()
    }

    fn day(&mut self, _: &'static str) -> Result<Option<NaiveDate>, StoreError> {
        self.next()
    }

    fn moment(&mut self, _: &'static str) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.next()
    }

    fn wrong(column: &'static str) -> StoreError {
        StoreError::Corrupt(format!("the column {column} holds what it may not"))
    }
}

/// A row as the library gives it, whose columns are taken by name.
struct Named<'r>(&'r QueryResult, &'r str);

impl Named<'_> {
    fn get<T: TryGetable>(&self, column: &str) -> Result<Option<T>, DbErr> {
        self.0.try_get(self.1, column)
    }
}

impl Take for Named<'_> {
    type Error = DbErr;

    fn text(&mut self, column: &'static str) -> Result<Option<String>, DbErr> {
        self.get(column)
    }

    fn word<W>(&mut self, column: &'static str, of: fn(&str) -> Option<W>) -> Result<Option<W>, DbErr> {
        let word: Option<String> = self.get(column)?;
        word.map(|word| of(&word).ok_or_else(|| Self::wrong(column)))
            .transpose()
    }

    fn key(&mut self, column: &'static str) -> Result<Option<Uuid>, DbErr> {
        self.get(column)
    }

    fn number(&mut self, column: &'static str) -> Result<Option<i32>, DbErr> {
        self.get(column)
    }

    fn flag(&mut self, column: &'static str) -> Result<Option<bool>, DbErr> {
        self.get(column)
    }

    fn day(&mut self, column: &'static str) -> Result<Option<NaiveDate>, DbErr> {
        self.get(column)
    }

    fn moment(&mut self, column: &'static str) -> Result<Option<DateTime<Utc>>, DbErr> {
        self.get(column)
    }

    fn wrong(column: &'static str) -> DbErr {
        DbErr::Type(format!("the column {column} holds what it may not"))
    }
}

impl<R: Row + FromQueryResult> Record for R {
    const COLUMNS: &'static [&'static str] = R::NAMES;
    const LIST: &'static str = <R as Row>::LIST;

    fn read(cells: &mut Cells<'_>) -> Result<Self, StoreError> {
        <R as Row>::read(cells)
    }
}

macro_rules! from_query_results {
    ($($rows:ident $table:ident $row:ident [$($object:ident)?];)+) => {
        $(impl FromQueryResult for records::$row {
            fn from_query_result(row: &QueryResult, before: &str) -> Result<Self, DbErr> {
                Row::read(&mut Named(row, before))
            }
        })+
    };
}

each_table! { from_query_results! }

/// What a column holds, for a statement.
pub(super) fn value(cell: Cell) -> Value {
    match cell {
        Cell::Text(text) => text.into(),
        Cell::Key(key) => key.into(),
        Cell::Number(number) => number.into(),
        Cell::Flag(flag) => flag.into(),
        Cell::Day(day) => day.into(),
        Cell::Moment(moment) => moment.into(),
    }
}

/// Says which columns a row has, once: the names of its fields.
macro_rules! record {
    ($row:ident: $first:ident $($column:ident)*) => {
        impl $crate::store::record::Record for $row {
            const COLUMNS: &'static [&'static str] = &[stringify!($first), $(stringify!($column)),*];
            const LIST: &'static str = concat!(stringify!($first), $(", ", stringify!($column)),*);

            fn read(
                cells: &mut $crate::store::record::Cells<'_>,
            ) -> Result<Self, $crate::store::session::StoreError> {
                Ok(Self {
                    $first: cells.next()?,
                    $($column: cells.next()?,)*
                })
            }
        }
    };
}

pub(super) use record;

/// A statement that adds rows.
pub(super) fn insert<R: Row>(rows: &[R], backend: DbBackend) -> Statement {
    let text = insert_text(R::NAME, R::NAMES, rows.len(), backend);
    let cells = rows.iter().flat_map(Row::cells);
    Statement::from_sql_and_values(backend, text, cells.map(value))
}

/// `INSERT INTO table (a, b) VALUES ($1, $2), ($3, $4)`. For SQLite `(?, ?)`: there `$1` is a name, and the driver looks each name up among all.
fn insert_text(table: &str, columns: &[&str], rows: usize, backend: DbBackend) -> String {
    use std::fmt::Write as _;
    let mut text = format!("INSERT INTO {table} ({}) VALUES ", columns.join(", "));
    for at in 0..rows * columns.len() {
        text.push_str(match (at % columns.len(), at) {
            (0, 0) => "(",
            (0, _) => "), (",
            _ => ", ",
        });
        if backend == DbBackend::Sqlite {
            text.push('?');
        } else {
            // Writing to a string cannot fail.
            let _ = write!(text, "${}", at + 1);
        }
    }
    text.push(')');
    text
}

/// A statement that sets columns of one row of a family. `of` says which: authority, key and family.
pub(super) fn update<R: Row>(of: [Value; 3], columns: Vec<(&'static str, Cell)>, backend: DbBackend) -> Statement {
    let set: Vec<String> = (4..)
        .zip(&columns)
        .map(|(at, (column, _))| format!("{column} = ${at}"))
        .collect();
    let text = format!(
        "UPDATE {} SET {} WHERE authority_id = $1 AND id = $2 AND family_id = $3",
        R::NAME,
        set.join(", ")
    );
    let cells = columns.into_iter().map(|(_, cell)| value(cell));
    Statement::from_sql_and_values(backend, text, of.into_iter().chain(cells))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_names_every_value_once() {
        let text = |columns: &[&str], rows, backend| insert_text("t", columns, rows, backend);
        assert_eq!(
            text(&["a", "b"], 2, DbBackend::Postgres),
            "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4)"
        );
        assert_eq!(text(&["a"], 1, DbBackend::Postgres), "INSERT INTO t (a) VALUES ($1)");
        assert_eq!(
            text(&["a", "b"], 2, DbBackend::Sqlite),
            "INSERT INTO t (a, b) VALUES (?, ?), (?, ?)"
        );
    }
}
