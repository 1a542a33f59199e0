//! A set of rows to load, table by table, in an order in which every row comes after those it points to.
//!
//! Touches nothing but the rows.

use std::collections::BTreeSet;

use crate::records::{self, Cell, Row, Table, each_table};

macro_rules! dataset {
    ($($rows:ident $table:ident $row:ident [$($object:ident)?];)+) => {
        /// Rows of any tables.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct Dataset {
            $(#[doc = concat!("Each a [`", stringify!($row), "`](records::", stringify!($row), ").")] pub $rows: Vec<records::$row>,)+
        }

        impl Dataset {
            /// The number of rows of each table, in the order in which tables must be loaded.
            pub fn counts(&self) -> [(&'static str, usize); Table::ALL.len()] {
                [$((records::$row::NAME, self.$rows.len())),+]
            }

            /// The authorities of which there is a row that is read with families.
            pub(super) fn authorities_of_rows(&self) -> BTreeSet<i32> {
                fn of<R: Row>(rows: &[R]) -> impl Iterator<Item = i32> {
                    rows.iter().filter(|_| R::NOTED).map(Row::authority)
                }
                std::iter::empty()$(.chain(of(&self.$rows)))+.collect()
            }

            /// What the rows of a table hold, each in the order of the table's columns.
            pub fn cells(&self, table: Table) -> Vec<Vec<Cell>> {
                match table {
                    $(Table::$table => self.$rows.iter().map(Row::cells).collect(),)+
                }
            }

            /// Takes over the rows of another set.
            pub fn append(&mut self, other: Self) {
                $(self.$rows.extend(other.$rows);)+
            }
        }
    };
}

each_table! { dataset! }

impl Dataset {
    /// The number of rows of all tables.
    pub fn len(&self) -> usize {
        self.counts().iter().map(|(_, count)| count).sum()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
