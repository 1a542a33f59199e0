//! Rows of either database, and what statements are given.

use std::{error::Error, future::Future};

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::statements::Statement;

/// A value that a statement is given.
#[derive(Clone, Copy, Debug)]
pub(super) enum Given<'g> {
    /// An authority.
    Number(i32),
    /// A name, a reference.
    Text(&'g str),
    /// A day.
    Day(NaiveDate),
}

/// A row, by the place of its columns. The statements say which type each has; a null where none is expected is an empty value.
pub(super) trait Cells {
    fn text(&self, at: usize) -> Option<&str>;
    fn day(&self, at: usize) -> Option<NaiveDate>;
    fn moment(&self, at: usize) -> Option<DateTime<Utc>>;
    fn flag(&self, at: usize) -> bool;
    fn key(&self, at: usize) -> Uuid;
    fn count(&self, at: usize) -> i64;
}

/// A database that answers the statements.
pub(super) trait Store: Send + Sync + 'static {
    type Row: Cells + Send + Sync;
    type Failure: Error + Send;

    fn rows(
        &self,
        statement: Statement,
        given: &[Given<'_>],
    ) -> impl Future<Output = Result<Vec<Self::Row>, Self::Failure>> + Send;
}
