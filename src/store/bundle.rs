//! Several selects at once: on PostgreSQL one statement that brings each result as JSON, so that a page costs one round trip and not one a table; on
//! SQLite, where there is no way to go, one statement each. The selects are the same, and so are the rows.

use std::marker::PhantomData;

use sea_orm::{
    ConnectionTrait, DatabaseBackend, EntityTrait, FromQueryResult, QueryResult, QueryTrait, Select,
    sea_query::{Expr, Query, SelectStatement, SubQueryStatement},
};
use serde::de::DeserializeOwned;

use super::session::{Session, StoreError};

/// Selects that are sent together.
pub(super) struct Bundle {
    selects: Vec<SelectStatement>,
}

/// Where in a bundle the rows of one select are.
pub(super) struct Slot<R> {
    at: usize,
    row: PhantomData<R>,
}

/// What came of a bundle.
pub(super) struct Fetched {
    results: Vec<Fetch>,
}

/// One select's rows.
enum Fetch {
    /// As JSON; nothing where there are none.
    Json(Option<String>),
    /// As the driver gives them.
    Rows(Vec<QueryResult>),
}

impl Bundle {
    pub(super) fn new() -> Self {
        Self { selects: Vec::new() }
    }

    /// Adds a select.
    pub(super) fn add<E: EntityTrait, R>(&mut self, select: Select<E>) -> Slot<R> {
        self.selects.push(select.into_query());
        Slot {
            at: self.selects.len() - 1,
            row: PhantomData,
        }
    }

    /// Sends them all.
    pub(super) async fn fetch(self, session: &Session) -> Result<Fetched, StoreError> {
        let backend = session.backend();
        let mut results = Vec::with_capacity(self.selects.len());
        if backend == DatabaseBackend::Postgres {
            let statement = backend.build(&in_one(self.selects.iter()));
            let row = session.transaction().query_one_raw(statement).await?;
            let row = row.ok_or_else(|| StoreError::Corrupt("a select without a result".to_owned()))?;
            for at in 0..self.selects.len() {
                results.push(Fetch::Json(row.try_get_by_index(at)?));
            }
        } else {
            for select in &self.selects {
                let rows = session.transaction().query_all_raw(backend.build(select)).await?;
                results.push(Fetch::Rows(rows));
            }
        }
        Ok(Fetched { results })
    }
}

/// `SELECT (SELECT json_agg(t)::text FROM (…) AS t), …`
fn in_one<'s>(selects: impl Iterator<Item = &'s SelectStatement>) -> SelectStatement {
    let mut all = Query::select();
    for select in selects {
        let as_json = Query::select()
            .expr(Expr::cust("json_agg(t)::text"))
            .from_subquery(select.clone(), "t")
            .to_owned();
        all.expr(Expr::SubQuery(
            None,
            Box::new(SubQueryStatement::SelectStatement(as_json)),
        ));
    }
    all
}

impl Fetched {
    /// The rows of a select that may not have been asked for; then there are none.
    pub(super) fn take_if<R: FromQueryResult + DeserializeOwned>(
        &mut self,
        slot: Option<&Slot<R>>,
    ) -> Result<Vec<R>, StoreError> {
        slot.map_or(Ok(Vec::new()), |slot| self.take(slot))
    }

    /// The rows of one select; a second time there are none.
    pub(super) fn take<R: FromQueryResult + DeserializeOwned>(&mut self, slot: &Slot<R>) -> Result<Vec<R>, StoreError> {
        let Some(result) = self.results.get_mut(slot.at) else {
            return Ok(Vec::new());
        };
        match std::mem::replace(result, Fetch::Json(None)) {
            Fetch::Json(None) => Ok(Vec::new()),
            // The words of the error could hold what is stored.
            Fetch::Json(Some(text)) => serde_json::from_str(&text)
                .map_err(|error| StoreError::Corrupt(format!("a row as JSON, column {}", error.column()))),
            Fetch::Rows(rows) => rows
                .iter()
                .map(|row| R::from_query_result(row, "").map_err(StoreError::from))
                .collect(),
        }
    }
}
