//! The rows of one query, over whichever connection they came.

use sea_orm::QueryResult;

use super::{failure::StoreError, pipeline::Answer, record::Record};

/// The rows of one query, undecoded.
pub(super) enum Rows {
    Pipelined(Answer),
    Library(Vec<QueryResult>),
}

impl Rows {
    /// The rows as records.
    pub(super) fn records<R: Record>(&self) -> Result<Vec<R>, StoreError> {
        match self {
            Self::Pipelined(answer) => answer.records(),
            Self::Library(rows) => rows
                .iter()
                .map(|row| R::from_query_result(row, "").map_err(StoreError::from))
                .collect(),
        }
    }
}
