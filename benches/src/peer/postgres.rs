//! PostgreSQL: four shared connections that pipeline.

use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, NaiveDate, Utc};
use tokio_postgres::{Client, Error, NoTls, Row, types::ToSql};
use uuid::Uuid;

use super::{
    cells::{Cells, Given, Store},
    statements::Statement,
};

struct Connection {
    client: Client,
    /// In the order of [`Statement::ALL`].
    prepared: Vec<tokio_postgres::Statement>,
}

/// The database.
pub(super) struct Postgres {
    connections: Vec<Connection>,
    next: AtomicUsize,
}

impl Postgres {
    pub(super) async fn open(url: &str) -> Result<Self, Error> {
        let mut connections = Vec::new();
        for _ in 0..4 {
            let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
            tokio::spawn(connection);
            client.batch_execute("SET plan_cache_mode = force_generic_plan").await?;
            let mut prepared = Vec::new();
            for statement in Statement::ALL {
                prepared.push(client.prepare(&statement.text()).await?);
            }
            connections.push(Connection { client, prepared });
        }
        Ok(Self {
            connections,
            next: AtomicUsize::new(0),
        })
    }
}

impl Store for Postgres {
    type Row = Row;
    type Failure = Error;

    async fn rows(&self, statement: Statement, given: &[Given<'_>]) -> Result<Vec<Row>, Error> {
        let at = self.next.fetch_add(1, Ordering::Relaxed) % self.connections.len();
        let connection = &self.connections[at];
        let given: Vec<&(dyn ToSql + Sync)> = given
            .iter()
            .map(|value| match value {
                Given::Number(number) => number as &(dyn ToSql + Sync),
                Given::Text(text) => text,
                Given::Day(day) => day,
            })
            .collect();
        connection
            .client
            .query(&connection.prepared[statement as usize], &given)
            .await
    }
}

impl Cells for Row {
    fn text(&self, at: usize) -> Option<&str> {
        self.get(at)
    }

    fn day(&self, at: usize) -> Option<NaiveDate> {
        self.get(at)
    }

    fn moment(&self, at: usize) -> Option<DateTime<Utc>> {
        self.get(at)
    }

    fn flag(&self, at: usize) -> bool {
        self.get::<_, Option<bool>>(at).unwrap_or_default()
    }

    fn key(&self, at: usize) -> Uuid {
        self.get(at)
    }

    fn count(&self, at: usize) -> i64 {
        self.get(at)
    }
}
