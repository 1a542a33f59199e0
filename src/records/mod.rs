//! The tables: each said once, with its columns, what they may hold, whom a row is about and how rows are tied to each other; one file an aggregate.
//!
//! Knows no SQL, no GraphQL and no file. The store reads and writes rows by what is said here, import and export take columns by name, the schema takes its code lists, and
//! tests hold both databases against [`Table::columns`]. `each_table` names all tables, in an order in which every row comes after those it points to.

mod access_check;
mod assessment;
mod authority;
mod barred;
mod cell;
mod column;
mod consent;
mod contact;
mod emergency;
mod family;
mod involvement;
mod marker;
mod meeting;
mod merge;
mod need;
mod people;
mod plan;
mod plan_history;
mod table;

use std::collections::HashMap;

use uuid::Uuid;

pub use crate::code::Code;

pub(crate) use self::table::{each_locked_table, each_table};
pub use self::{
    access_check::*,
    assessment::*,
    authority::*,
    barred::*,
    cell::{Cell, InColumn, Take},
    column::{Change, Column, Holds},
    consent::*,
    contact::*,
    emergency::*,
    family::*,
    involvement::*,
    marker::*,
    meeting::*,
    merge::*,
    need::*,
    people::*,
    plan::*,
    plan_history::*,
    table::{Table, TableSet},
};
use crate::{
    catalogue,
    sharing::{category::CategorySet, facts::RowFacts, grant::Linked},
};

/// A row of a table.
pub trait Row: Clone + std::fmt::Debug + PartialEq + Send + Sync + 'static {
    /// Its table.
    const TABLE: Table;
    /// The table's name in the database.
    const NAME: &'static str;
    /// Its file's name.
    const FILE: &'static str;
    /// Its columns, in the order in which they are read and given.
    const COLUMNS: &'static [Column];
    /// Their names.
    const NAMES: &'static [&'static str];
    /// The same, with commas between them.
    const LIST: &'static str;
    /// Whether it is read with families, so that the database notes when it is written.
    const NOTED: bool;

    /// Takes its columns one after the other.
    ///
    /// # Errors
    /// When a column is missing or holds what it may not: then there is no row.
    fn read<T: Take>(from: &mut T) -> Result<Self, T::Error>;

    /// What its columns hold, in their order.
    fn cells(&self) -> Vec<Cell>;

    /// The authority it belongs to.
    fn authority(&self) -> i32;
}

/// Takes a column.
fn take<V: InColumn, T: Take>(from: &mut T, column: &'static str) -> Result<V, T::Error> {
    V::take(from, column)?.ok_or_else(|| T::wrong(column))
}

/// A row of a family, as it is locked up.
pub trait OfFamily: Row + Linked {
    /// The tables without which nobody can say what it is about.
    const NEEDS: &'static [Table];

    /// The family.
    fn family(&self) -> Uuid;

    /// Its place among the family's rows of the table.
    fn order(&self) -> impl Ord + use<Self>;

    /// Whom it is about, whence it came, and what it is about beside its fields.
    fn facts(&self, beside: &Beside) -> RowFacts;
}

/// What rows of one family say about others of it.
#[derive(Debug, Default)]
pub struct Beside {
    /// What each goal is about.
    of_goal: HashMap<Uuid, CategorySet>,
    /// The agency that made each assessment.
    assessed_by: HashMap<Uuid, Uuid>,
}

impl Beside {
    /// What these goals and assessments say.
    pub fn of(goals: &[GoalRow], assessments: &[AssessmentRow]) -> Self {
        let about = |goal: &GoalRow| (goal.id, criterion_if_any(goal.criterion.as_deref()));
        Self {
            of_goal: goals.iter().map(about).collect(),
            assessed_by: assessments.iter().map(|of| (of.id, of.agency_id)).collect(),
        }
    }
}

/// The categories of the criterion that a row may be tied to.
pub fn criterion_if_any(code: Option<&str>) -> CategorySet {
    code.map_or(CategorySet::EMPTY, catalogue::categories_of_criterion)
}
