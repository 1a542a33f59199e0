//! A few connections, each of one operation at a time. The one that was used last is used first, so that few are busy.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
    task::AbortHandle,
    time::timeout,
};
use tokio_postgres::{Client, Config, NoTls, Statement};

use super::{address, failed::failed};
use crate::store::{
    connect::{Connections, Reading},
    database_url::DatabaseUrl,
    recovery,
    session::StoreError,
};

/// Prepared statements that a connection keeps; there are fewer texts than that.
const PREPARED: usize = 256;

/// Connections that read.
#[derive(Clone)]
pub(in crate::store) struct Pool(Arc<Shared>);

struct Shared {
    config: Config,
    most: usize,
    standby_will_do: bool,
    turns: Arc<Semaphore>,
    idle: Mutex<Vec<Connection>>,
    wait: Duration,
    /// Longer than any statement may take: a server that has said nothing by then is not there any more.
    silence: Duration,
    made: AtomicU64,
    lost: AtomicU64,
    refused: AtomicU64,
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
    /// The task that reads and writes.
    task: AbortHandle,
    prepared: Mutex<HashMap<String, Statement>>,
}

impl Pool {
    /// A pool of at most so many connections, none of them made yet; none at all where the server cannot be reached in this way.
    pub(in crate::store) fn new(
        url: &DatabaseUrl,
        most: usize,
        wait: Duration,
        statement_timeout: Duration,
        standby_will_do: bool,
    ) -> Option<Self> {
        let config = address::config(url, statement_timeout, wait)?;
        Some(Self(Arc::new(Shared {
            config,
            most: most.max(1),
            standby_will_do,
            turns: Arc::new(Semaphore::new(most.max(1))),
            idle: Mutex::default(),
            wait,
            silence: statement_timeout * 2 + wait,
            made: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            refused: AtomicU64::new(0),
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

    /// What has become of them so far.
    pub(in crate::store) fn reading(&self) -> Reading {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Reading {
            made: read(&self.0.made),
            lost: read(&self.0.lost),
            refused: read(&self.0.refused),
        }
    }

    /// Closes the connections that nobody uses, and lets nobody have one any more.
    pub(in crate::store) fn close(&self) {
        self.0.turns.close();
        self.idle().clear();
    }

    /// Gives up the connections that nobody uses: they are no better than one that was lost.
    pub(super) fn give_up_idle(&self) {
        let gone = std::mem::take(&mut *self.idle());
        self.0.lost.fetch_add(gone.len() as u64, Ordering::Relaxed);
    }

    /// A connection, when there is a turn.
    pub(super) async fn take(&self) -> Result<Taken, StoreError> {
        let taken = self.try_take().await;
        if taken.is_err() {
            self.0.refused.fetch_add(1, Ordering::Relaxed);
        }
        taken
    }

    async fn try_take(&self) -> Result<Taken, StoreError> {
        let turn = timeout(self.0.wait, Arc::clone(&self.0.turns).acquire_owned())
            .await
            .map_err(|_| StoreError::Unavailable("no connection was free in time"))?
            .map_err(|_| StoreError::Unavailable("the connections are closed"))?;
        let (connection, kept) = loop {
            let Some(known) = self.idle().pop() else {
                let made = connect(&self.0.config, self.0.wait, self.0.standby_will_do).await?;
                self.0.made.fetch_add(1, Ordering::Relaxed);
                break (made, false);
            };
            if !known.client.is_closed() {
                break (known, true);
            }
            self.0.lost.fetch_add(1, Ordering::Relaxed);
        };
        Ok(Taken {
            connection: Some(connection),
            kept,
            silent: AtomicBool::new(false),
            pool: self.clone(),
            turn: Some(turn),
        })
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn connect(config: &Config, wait: Duration, standby_will_do: bool) -> Result<Connection, StoreError> {
    const UNREACHED: StoreError = StoreError::Unavailable("the connection failed");
    let connecting = timeout(wait, config.connect(NoTls));
    let (client, connection) = connecting.await.map_err(|_| UNREACHED)?.map_err(|_| UNREACHED)?;
    // It ends when the client is gone or the server is.
    let task = tokio::spawn(connection).abort_handle();
    let asked = timeout(wait, client.query_one(recovery::ASK, &[])).await;
    let standby: Result<bool, StoreError> = match asked.map(|asked| asked.and_then(|row| row.try_get(0))) {
        Ok(Ok(true)) if !standby_will_do => Err(StoreError::Unavailable(recovery::STANDBY)),
        Ok(Ok(standby)) => Ok(standby),
        Ok(Err(_)) | Err(_) => Err(UNREACHED),
    };
    if let Err(refused) = standby {
        task.abort();
        return Err(refused);
    }
    Ok(Connection {
        client,
        task,
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
    /// Whether somebody has used it before.
    pub(super) kept: bool,
    /// Whether the server has left a statement without an answer.
    silent: AtomicBool,
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

    /// The answer, unless the server says nothing for so long that it cannot be there any more. Nobody else gets such a connection.
    pub(super) async fn unless_silent<T>(
        &self,
        answer: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        timeout(self.pool.0.silence, answer).await.unwrap_or_else(|_| {
            self.silent.store(true, Ordering::Relaxed);
            Err(StoreError::Unavailable("the server said nothing"))
        })
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
        let Some(connection) = self.connection.take() else {
            return;
        };
        if *self.silent.get_mut() {
            // It would wait for the rest for as long as the system thinks that the server is there.
            connection.task.abort();
            self.pool.0.lost.fetch_add(1, Ordering::Relaxed);
        } else if connection.client.is_closed() {
            self.pool.0.lost.fetch_add(1, Ordering::Relaxed);
        } else if !self.pool.0.turns.is_closed() {
            self.pool.idle().push(connection);
        }
    }
}
