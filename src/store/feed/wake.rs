//! How those who wait for changes are woken: by commits of this process at once, by those of other processes through the database's
//! notifications, and every few seconds whatever happens. Being woken means only that it is worth looking.

use std::{sync::OnceLock, time::Duration};

use sea_orm::sqlx::{
    self,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};
use tokio::{sync::watch, task::AbortHandle, time::sleep};

use crate::store::database_url::{Address, DatabaseUrl};

/// The channel of PostgreSQL on which changes are announced.
pub const CHANNEL: &str = "thinkfamily";
/// How soon a lost connection is made again, at first.
const SOON: Duration = Duration::from_millis(50);
/// How long it takes at most until it is tried again.
const LATE: Duration = Duration::from_secs(5);

/// Wakes those who wait, in one process.
#[derive(Debug)]
pub struct Wake {
    counter: watch::Sender<u64>,
    url: DatabaseUrl,
    poll: Duration,
    task: OnceLock<Task>,
}

/// A task that ends with its owner.
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

    /// Something was committed here.
    pub fn poke(&self) {
        poke(&self.counter);
    }

    /// Somebody waits from now on. The first one has the database listened to.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.task.get_or_init(|| {
            let task = watch_over(self.counter.clone(), self.url.clone(), self.poll);
            Task(tokio::spawn(task).abort_handle())
        });
        self.counter.subscribe()
    }

    /// Nobody is woken by other processes any more.
    pub fn close(&self) {
        if let Some(task) = self.task.get() {
            task.0.abort();
        }
    }
}

fn poke(counter: &watch::Sender<u64>) {
    counter.send_modify(|count| *count = count.wrapping_add(1));
}

async fn watch_over(counter: watch::Sender<u64>, url: DatabaseUrl, poll: Duration) {
    let listening = async {
        if let Address::Postgres(options, _) = url.address() {
            listen_always(&counter, options).await;
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

/// Listens, over a connection of its own, and makes it again whenever it is lost.
async fn listen_always(counter: &watch::Sender<u64>, options: &PgConnectOptions) {
    let options = options.clone().application_name("thinkfamily/listen");
    let mut pause = SOON;
    loop {
        let Err(error) = listen(counter, options.clone(), &mut pause).await;
        tracing::warn!(kind = kind(&error), "store.listening_interrupted");
        sleep(pause).await;
        pause = (pause * 2).min(LATE);
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
        .acquire_timeout(LATE)
        .connect_lazy_with(options);
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.listen(CHANNEL).await?;
    *pause = SOON;
    loop {
        // At first, because of what was committed before we listened; then because something was, or because the connection was lost and made
        // again, and nobody knows what was said in between.
        poke(counter);
        listener.try_recv().await?;
    }
}

/// The database's own words may hold what is stored; the kind of an error says enough.
fn kind(error: &sqlx::Error) -> &'static str {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) => "the connection failed",
        sqlx::Error::PoolTimedOut => "no connection could be made in time",
        sqlx::Error::Database(_) => "the database ended it",
        _ => "it did not do what it was asked",
    }
}
