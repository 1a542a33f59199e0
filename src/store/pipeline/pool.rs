//! A small connection pool for reads; each connection serves one operation at a time. The one used last is
//! reused first, so that few are busy.

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
    connect::{Connections, ReadStats},
    database_url::DatabaseUrl,
    recovery,
    session::StoreError,
};

/// The capacity of a connection's cache of prepared statements; there are fewer texts than that.
const STATEMENT_CACHE: usize = 256;

/// The pool of reading connections.
#[derive(Clone)]
pub(in crate::store) struct Pool(Arc<Shared>);

struct Shared {
    config: Config,
    most: usize,
    accept_standby: bool,
    turns: Arc<Semaphore>,
    idle: Mutex<Vec<Connection>>,
    wait: Duration,
    /// Longer than any statement may take: a server that has not responded by then is gone.
    silence_timeout: Duration,
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

/// A connection with its prepared statements.
pub(super) struct Connection {
    pub(super) client: Client,
    /// The task that reads and writes the socket.
    task: AbortHandle,
    prepared: Mutex<HashMap<String, Statement>>,
}

impl Pool {
    /// A pool of limited size with no open connections yet; `None` if the server cannot be reached in this
    /// way.
    pub(in crate::store) fn new(
        url: &DatabaseUrl,
        most: usize,
        wait: Duration,
        statement_timeout: Duration,
        accept_standby: bool,
    ) -> Option<Self> {
        let config = address::config(url, statement_timeout, wait)?;
        Some(Self(Arc::new(Shared {
            config,
            most: most.max(1),
            accept_standby,
            turns: Arc::new(Semaphore::new(most.max(1))),
            idle: Mutex::default(),
            wait,
            silence_timeout: statement_timeout * 2 + wait,
            made: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        })))
    }

    /// Whether a connection can be made.
    pub(in crate::store) async fn answers(&self) -> bool {
        self.take().await.is_ok()
    }

    /// The number of connections.
    pub(in crate::store) fn connections(&self) -> Connections {
        let idle = self.idle().len();
        let busy = self.0.most - self.0.turns.available_permits().min(self.0.most);
        Connections {
            open: (idle + busy) as u64,
            idle: idle as u64,
        }
    }

    /// Statistics so far.
    pub(in crate::store) fn reading(&self) -> ReadStats {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        ReadStats {
            made: read(&self.0.made),
            lost: read(&self.0.lost),
            refused: read(&self.0.refused),
        }
    }

    /// Closes idle connections, and gives out no more.
    pub(in crate::store) fn close(&self) {
        self.0.turns.close();
        self.idle().clear();
    }

    /// Gives up the idle connections: they are just as stale as one that was lost.
    pub(super) fn give_up_idle(&self) {
        let gone = std::mem::take(&mut *self.idle());
        self.0.lost.fetch_add(gone.len() as u64, Ordering::Relaxed);
    }

    /// A connection, as soon as there is a permit.
    pub(super) async fn take(&self) -> Result<PooledConnection, StoreError> {
        let taken = self.try_take().await;
        if taken.is_err() {
            self.0.refused.fetch_add(1, Ordering::Relaxed);
        }
        taken
    }

    async fn try_take(&self) -> Result<PooledConnection, StoreError> {
        let permit = timeout(self.0.wait, Arc::clone(&self.0.turns).acquire_owned())
            .await
            .map_err(|_| StoreError::Unavailable("no connection was free in time"))?
            .map_err(|_| StoreError::Unavailable("the connections are closed"))?;
        let (connection, reused) = loop {
            let Some(known) = self.idle().pop() else {
                let made = connect(&self.0.config, self.0.wait, self.0.accept_standby).await?;
                self.0.made.fetch_add(1, Ordering::Relaxed);
                break (made, false);
            };
            if !known.client.is_closed() {
                break (known, true);
            }
            self.0.lost.fetch_add(1, Ordering::Relaxed);
        };
        Ok(PooledConnection {
            connection: Some(connection),
            reused,
            silent: AtomicBool::new(false),
            pool: self.clone(),
            permit: Some(permit),
        })
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn connect(config: &Config, wait: Duration, accept_standby: bool) -> Result<Connection, StoreError> {
    const UNREACHED: StoreError = StoreError::Unavailable("the connection failed");
    let connecting = timeout(wait, config.connect(NoTls));
    let (client, connection) = connecting.await.map_err(|_| UNREACHED)?.map_err(|_| UNREACHED)?;
    // It ends when the client or the server goes.
    let task = tokio::spawn(connection).abort_handle();
    let asked = timeout(wait, client.query_one(recovery::ASK, &[])).await;
    let standby: Result<bool, StoreError> = match asked.map(|asked| asked.and_then(|row| row.try_get(0))) {
        Ok(Ok(true)) if !accept_standby => Err(StoreError::Unavailable(recovery::STANDBY)),
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
    /// The prepared statement of this text.
    pub(super) async fn statement(&self, text: &str) -> Result<Statement, StoreError> {
        if let Some(known) = self.prepared().get(text) {
            return Ok(known.clone());
        }
        let statement = self.client.prepare(text).await.map_err(|error| failed(&error))?;
        let mut prepared = self.prepared();
        if prepared.len() >= STATEMENT_CACHE {
            prepared.clear();
        }
        prepared.insert(text.to_owned(), statement.clone());
        Ok(statement)
    }

    fn prepared(&self) -> std::sync::MutexGuard<'_, HashMap<String, Statement>> {
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection taken by one operation. It goes back to the pool when this is dropped.
pub(super) struct PooledConnection {
    connection: Option<Connection>,
    /// Whether it has been used before.
    pub(super) reused: bool,
    /// Whether the server has left a statement unanswered.
    silent: AtomicBool,
    pool: Pool,
    /// Held until this is dropped.
    permit: Option<OwnedSemaphorePermit>,
}

impl PooledConnection {
    pub(super) fn connection(&self) -> Result<&Connection, StoreError> {
        self.connection
            .as_ref()
            .ok_or(StoreError::Unavailable("the connection is gone"))
    }

    /// The response, unless the server has been silent for so long that it must be gone. Such a connection is
    /// not reused.
    pub(super) async fn with_silence_timeout<T>(
        &self,
        answer: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        timeout(self.pool.0.silence_timeout, answer).await.unwrap_or_else(|_| {
            self.silent.store(true, Ordering::Relaxed);
            Err(StoreError::Unavailable("the server said nothing"))
        })
    }

    /// Asks the server to cancel the running statement, and gives up the connection: the cancel request goes
    /// over another connection and may arrive late, when it must not stop somebody else's statement. The
    /// permit is held until the server has received it.
    pub(super) fn stop(&mut self) {
        let Some(connection) = self.connection.take() else {
            return;
        };
        let (permit, wait) = (self.permit.take(), self.pool.0.wait);
        // Without a runtime the process is ending anyway.
        let Ok(runtime) = Handle::try_current() else { return };
        let word = connection.client.cancel_token();
        runtime.spawn(async move {
            if !matches!(timeout(wait, word.cancel_query(NoTls)).await, Ok(Ok(()))) {
                tracing::warn!("store.not_stopped: the server did not hear that a statement is not wanted any more");
            }
            drop((connection, permit));
        });
    }
}

impl Drop for PooledConnection {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else {
            return;
        };
        if *self.silent.get_mut() {
            // It would wait for the rest for as long as the operating system believes that the server is
            // there.
            connection.task.abort();
            self.pool.0.lost.fetch_add(1, Ordering::Relaxed);
        } else if connection.client.is_closed() {
            self.pool.0.lost.fetch_add(1, Ordering::Relaxed);
        } else if !self.pool.0.turns.is_closed() {
            self.pool.idle().push(connection);
        }
    }
}
