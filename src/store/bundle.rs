//! Several queries at once: over a pipeline they are sent together, so that a page costs one round trip and
//! not one per table; otherwise one after the other. The queries are the same, and so are the rows.

use std::marker::PhantomData;

use sea_orm::{ConnectionTrait, Statement};
use tracing::{Instrument as _, info_span};

use super::{
    read_rows::Rows,
    record::Record,
    select::Select,
    session::{On, Session, StoreError},
};

/// Queries that are sent together.
pub(super) struct Bundle {
    selects: Vec<Select>,
}

/// The position of one query's rows in a bundle.
pub(super) struct Slot<R> {
    at: usize,
    row: PhantomData<R>,
}

/// The results of a bundle.
pub(super) struct Fetched {
    results: Vec<Rows>,
}

impl Bundle {
    pub(super) fn new() -> Self {
        Self { selects: Vec::new() }
    }

    /// Adds a query.
    pub(super) fn add<R: Record>(&mut self, select: Select) -> Slot<R> {
        self.selects.push(select);
        Slot {
            at: self.selects.len() - 1,
            row: PhantomData,
        }
    }

    /// Sends them all.
    pub(super) async fn fetch(self, session: &Session) -> Result<Fetched, StoreError> {
        let span = info_span!("statements", count = self.selects.len());
        self.fetch_all(session).instrument(span).await
    }

    async fn fetch_all(self, session: &Session) -> Result<Fetched, StoreError> {
        let results = match session.on() {
            On::Pipelined(snapshot) => {
                session.count(self.selects.len());
                let asked: Vec<_> = self
                    .selects
                    .iter()
                    .map(|select| (select.text.as_str(), &*select.values))
                    .collect();
                let answers = snapshot.ask_all(&asked).await?;
                answers.into_iter().map(Rows::Pipelined).collect()
            }
            On::Library(transaction) => {
                let backend = transaction.get_database_backend();
                let mut results = Vec::with_capacity(self.selects.len());
                for select in self.selects {
                    session.count(1);
                    let values = select.values.into_iter().map(|value| value.into_value(backend));
                    let statement = Statement::from_sql_and_values(backend, select.text, values);
                    results.push(Rows::Library(transaction.query_all_raw(statement).await?));
                }
                results
            }
        };
        Ok(Fetched { results })
    }
}

impl Fetched {
    /// The rows of an optional query; empty if it was not added.
    pub(super) fn take_if<R: Record>(&self, slot: Option<&Slot<R>>) -> Result<Vec<R>, StoreError> {
        slot.map_or(Ok(Vec::new()), |slot| self.take(slot))
    }

    /// The rows of one query.
    pub(super) fn take<R: Record>(&self, slot: &Slot<R>) -> Result<Vec<R>, StoreError> {
        self.results.get(slot.at).map_or(Ok(Vec::new()), Rows::records)
    }
}
