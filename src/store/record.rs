//! Rows as they are read: the columns of each, by name from the library, and in their order over a pipeline.

use sea_orm::FromQueryResult;
use tokio_postgres::types::FromSqlOwned;

use super::session::StoreError;

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
        let at = self.order.get(self.next).copied().unwrap_or(usize::MAX);
        self.next += 1;
        // The words of the error could hold what is stored.
        self.row
            .try_get(at)
            .map_err(|_| StoreError::Corrupt(format!("column {at} of a row has another type than expected")))
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
