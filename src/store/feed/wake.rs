//! Waking readers that wait for changes: at once after a commit of this process, by database notifications
//! after a commit of another, and every few seconds by polling. Being woken only means that it is worth
//! looking.

use std::{sync::OnceLock, time::Duration};

use sea_orm::sqlx::{
    self,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};
use tokio::{sync::watch, task::AbortHandle, time::sleep};

use crate::store::database_url::{Address, DatabaseUrl};

/// The PostgreSQL notification channel for changes.
pub const CHANNEL: &str = "thinkfamily";
/// The first delay before reconnecting.
const MIN_BACKOFF: Duration = Duration::from_millis(50);
/// The longest delay before reconnecting.
const MAX_BACKOFF: Duration = Duration::from_secs(5);

/// Wakes waiting readers within a process.
#[derive(Debug)]
pub struct Wake {
    counter: watch::Sender<u64>,
    url: DatabaseUrl,
    poll: Duration,
    task: OnceLock<Task>,
}

/// A task that is aborted when its owner is dropped.
#[derive(Debug)]
struct Task(AbortHandle);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Wake {
    pub fn new(url: &DatabaseUrl, poll: Duration) -> Self {
        Self {
            counter: watch::Sender::new(0),
            url: url.clone(),
            poll,
            task: OnceLock::new(),
        }
    }

    /// Something was committed in this process.
    pub fn poke(&self) {
        poke(&self.counter);
    }

    /// A receiver of wake-ups. The first one starts listening to the database.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.task.get_or_init(|| {
            let task = run(self.counter.clone(), self.url.clone(), self.poll);
            Task(tokio::spawn(task).abort_handle())
        });
        self.counter.subscribe()
    }

    /// Stops listening to other processes.
    pub fn close(&self) {
        if let Some(task) = self.task.get() {
            task.0.abort();
        }
    }
}

fn poke(counter: &watch::Sender<u64>) {
    counter.send_modify(|count| *count = count.wrapping_add(1));
}

async fn run(counter: watch::Sender<u64>, url: DatabaseUrl, poll: Duration) {
    let listening = async {
        if let Address::Postgres(options, _) = url.address() {
            listen_with_reconnect(&counter, options).await;
        }
    };
    let looking = async {
        loop {
            sleep(poll).await;
            poke(&counter);
        }
    };
    tokio::join!(listening, looking);
}

/// Listens over a dedicated connection, and reconnects whenever it is lost.
async fn listen_with_reconnect(counter: &watch::Sender<u64>, options: &PgConnectOptions) {
    let options = options.clone().application_name("thinkfamily/listen");
    let mut pause = MIN_BACKOFF;
    loop {
        let Err(error) = listen(counter, options.clone(), &mut pause).await;
        tracing::warn!(kind = kind(&error), "store.listening_interrupted");
        sleep(pause).await;
        pause = (pause * 2).min(MAX_BACKOFF);
    }
}

async fn listen(
    counter: &watch::Sender<u64>,
    options: PgConnectOptions,
    pause: &mut Duration,
) -> Result<std::convert::Infallible, sqlx::Error> {
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .max_lifetime(None)
        .idle_timeout(None)
        .acquire_timeout(MAX_BACKOFF)
        .connect_lazy_with(options);
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.listen(CHANNEL).await?;
    *pause = MIN_BACKOFF;
    loop {
        // The first wake-up is for commits before listening began; later ones are for a notification, or
        // because the connection was lost and restored and notifications may have been missed.
        poke(counter);
        listener.try_recv().await?;
    }
}

/// The database's error text may contain stored data; the kind of error is enough.
fn kind(error: &sqlx::Error) -> &'static str {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) => "the connection failed",
        sqlx::Error::PoolTimedOut => "no connection could be made in time",
        sqlx::Error::Database(_) => "the database ended it",
        _ => "it did not do what it was asked",
    }
}
