//! One operation's reads in a single snapshot, without extra round trips to begin or end the transaction.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{FutureExt, future::try_join_all};
use tokio_postgres::{Row, types::ToSql};

use super::{
    Bind,
    failed::failed,
    pool::{Connection, Pool, PooledConnection},
};
use crate::store::{
    failure::StoreError,
    record::{Cells, Record},
};

const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

/// A snapshot of the database.
pub(in crate::store) struct Snapshot {
    taken: Box<PooledConnection>,
    /// Statements sent and not answered yet. A caller that stops waiting leaves its statement here.
    unanswered: AtomicUsize,
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshot").finish_non_exhaustive()
    }
}

/// A statement: text and parameters.
pub(in crate::store) type Asked<'a> = (&'a str, &'a [Bind]);

/// The rows of one statement.
pub(in crate::store) struct Answer(Vec<Row>);

impl Pool {
    /// Begins a snapshot with a first statement. A pooled connection may have been lost unnoticed: nothing
    /// has been read yet, so this is retried over a new one.
    pub(in crate::store) async fn snapshot(&self, first: Asked<'_>) -> Result<(Snapshot, Answer), StoreError> {
        let taken = self.take().await?;
        let reused = taken.reused;
        match Snapshot::begin(taken, first).await {
            Err(StoreError::Unavailable(_)) if reused => {
                self.give_up_idle();
                Snapshot::begin(self.take().await?, first).await
            }
            begun => begun,
        }
    }
}

impl Snapshot {
    /// Begins with a first statement, which fixes the snapshot of all others.
    pub(super) async fn begin(taken: PooledConnection, first: Asked<'_>) -> Result<(Self, Answer), StoreError> {
        // Created before anything is sent, so that whatever was begun is ended.
        let snapshot = Self {
            taken: Box::new(taken),
            unanswered: AtomicUsize::new(0),
        };
        let begun = async {
            let client = &snapshot.taken.connection()?.client;
            let begun = async { client.batch_execute(BEGIN).await.map_err(|error| failed(&error)) };
            snapshot.taken.with_silence_timeout(begun).await
        };
        let ((), answer) = futures_util::future::try_join(begun, snapshot.ask(first)).await?;
        Ok((snapshot, answer))
    }

    /// Runs one statement.
    pub(in crate::store) async fn ask(&self, (text, values): Asked<'_>) -> Result<Answer, StoreError> {
        let connection = self.taken.connection()?;
        self.unanswered.fetch_add(1, Ordering::Relaxed);
        let answered = self
            .taken
            .with_silence_timeout(Self::rows(connection, text, values))
            .await;
        self.unanswered.fetch_sub(1, Ordering::Relaxed);
        answered
    }

    async fn rows(connection: &Connection, text: &str, values: &[Bind]) -> Result<Answer, StoreError> {
        let statement = connection.statement(text).await?;
        let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        let rows = connection.client.query(&statement, &values).await;
        rows.map(Answer).map_err(|error| failed(&error))
    }

    /// Runs several statements, sent together.
    pub(in crate::store) async fn ask_all(&self, asked: &[Asked<'_>]) -> Result<Vec<Answer>, StoreError> {
        try_join_all(asked.iter().map(|asked| self.ask(*asked))).await
    }
}

impl Drop for Snapshot {
    /// The end of the transaction is sent after everything else, and nobody waits for it. A running statement
    /// is cancelled.
    fn drop(&mut self) {
        if *self.unanswered.get_mut() > 0 {
            return self.taken.stop();
        }
        if let Ok(connection) = self.taken.connection() {
            let _ = connection.client.batch_execute("ROLLBACK").now_or_never();
        }
    }
}

impl Answer {
    /// The rows as records.
    pub(in crate::store) fn records<R: Record>(&self) -> Result<Vec<R>, StoreError> {
        let Some(first) = self.0.first() else {
            return Ok(Vec::new());
        };
        let place = |name: &&str| first.columns().iter().position(|column| column.name() == *name);
        let order: Option<Vec<usize>> = R::COLUMNS.iter().map(place).collect();
        let order = order.ok_or_else(|| StoreError::Corrupt("a row lacks a column".to_owned()))?;
        self.0.iter().map(|row| R::read(&mut Cells::of(row, &order))).collect()
    }
}
