//! A few connections, each of one operation at a time. The one that was used last is used first, so that few are busy.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tokio_postgres::{Client, Config, NoTls, Statement};

use super::{
    address,
    snapshot::{Answer, Asked, Snapshot, failed},
};
use crate::store::{connect::Connections, database_url::DatabaseUrl, session::StoreError};

/// Prepared statements that a connection keeps; there are fewer texts than that.
const PREPARED: usize = 256;

/// Connections that read.
#[derive(Clone)]
pub(in crate::store) struct Pool(Arc<Shared>);

struct Shared {
    config: Config,
    most: usize,
    turns: Arc<Semaphore>,
    idle: Mutex<Vec<Connection>>,
    wait: Duration,
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool")
            .field("most", &self.0.most)
            .finish_non_exhaustive()
    }
}

/// One connection with what it has prepared.
pub(super) struct Connection {
    pub(super) client: Client,
    prepared: Mutex<HashMap<String, Statement>>,
}

impl Pool {
    /// A pool of at most so many connections, none of them made yet; none at all where the server cannot be reached in this way.
    pub(in crate::store) fn new(
        url: &DatabaseUrl,
        most: usize,
        wait: Duration,
        statement_timeout: Duration,
    ) -> Option<Self> {
        let config = address::config(url, statement_timeout, wait)?;
        Some(Self(Arc::new(Shared {
            config,
            most: most.max(1),
            turns: Arc::new(Semaphore::new(most.max(1))),
            idle: Mutex::default(),
            wait,
        })))
    }

    /// Whether the server lets us in.
    pub(in crate::store) async fn answers(&self) -> bool {
        self.take().await.is_ok()
    }

    /// How many connections there are.
    pub(in crate::store) fn connections(&self) -> Connections {
        let idle = self.idle().len();
        let busy = self.0.most - self.0.turns.available_permits().min(self.0.most);
        Connections {
            open: (idle + busy) as u64,
            idle: idle as u64,
        }
    }

    /// Closes the connections that nobody uses, and lets nobody have one any more.
    pub(in crate::store) fn close(&self) {
        self.0.turns.close();
        self.idle().clear();
    }

    /// Begins to read with a first statement.
    pub(in crate::store) async fn snapshot(&self, first: Asked<'_>) -> Result<(Snapshot, Answer), StoreError> {
        Snapshot::begin(self.take().await?, first).await
    }

    async fn take(&self) -> Result<Taken, StoreError> {
        let turn = timeout(self.0.wait, Arc::clone(&self.0.turns).acquire_owned())
            .await
            .map_err(|_| StoreError::Unavailable("no connection was free in time"))?
            .map_err(|_| StoreError::Unavailable("the connections are closed"))?;
        let connection = loop {
            let Some(known) = self.idle().pop() else {
                break connect(&self.0.config, self.0.wait).await?;
            };
            if !known.client.is_closed() {
                break known;
            }
        };
        Ok(Taken {
            connection: Some(connection),
            pool: self.clone(),
            turn: Some(turn),
        })
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn connect(config: &Config, wait: Duration) -> Result<Connection, StoreError> {
    const UNREACHED: StoreError = StoreError::Unavailable("the connection failed");
    let connecting = timeout(wait, config.connect(NoTls));
    let (client, connection) = connecting.await.map_err(|_| UNREACHED)?.map_err(|_| UNREACHED)?;
    // It ends when the client is gone or the server is.
    tokio::spawn(connection);
    Ok(Connection {
        client,
        prepared: Mutex::default(),
    })
}

impl Connection {
    /// The statement with this text, prepared once.
    pub(super) async fn statement(&self, text: &str) -> Result<Statement, StoreError> {
        if let Some(known) = self.prepared().get(text) {
            return Ok(known.clone());
        }
        let statement = self.client.prepare(text).await.map_err(|error| failed(&error))?;
        let mut prepared = self.prepared();
        if prepared.len() >= PREPARED {
            prepared.clear();
        }
        prepared.insert(text.to_owned(), statement.clone());
        Ok(statement)
    }

    fn prepared(&self) -> std::sync::MutexGuard<'_, HashMap<String, Statement>> {
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that one operation has. It goes back when it is dropped.
pub(super) struct Taken {
    connection: Option<Connection>,
    pool: Pool,
    /// Held until it is dropped.
    turn: Option<OwnedSemaphorePermit>,
}

impl Taken {
    pub(super) fn connection(&self) -> Result<&Connection, StoreError> {
        self.connection
            .as_ref()
            .ok_or(StoreError::Unavailable("the connection is gone"))
    }

    /// Has the server stop what runs, and gives the connection up: the word to stop comes by another way and may be late, and nobody else's statement is to be
    /// stopped by it. The place is kept until the server has heard it.
    pub(super) fn stop(&mut self) {
        let Some(connection) = self.connection.take() else {
            return;
        };
        let (turn, wait) = (self.turn.take(), self.pool.0.wait);
        // Without a runtime everything ends anyway.
        let Ok(runtime) = Handle::try_current() else { return };
        let word = connection.client.cancel_token();
        runtime.spawn(async move {
            if !matches!(timeout(wait, word.cancel_query(NoTls)).await, Ok(Ok(()))) {
                tracing::warn!("store.not_stopped: the server did not hear that a statement is not wanted any more");
            }
            drop((connection, turn));
        });
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take().filter(|known| !known.client.is_closed())
            && !self.pool.0.turns.is_closed()
        {
            self.pool.idle().push(connection);
        }
    }
}
