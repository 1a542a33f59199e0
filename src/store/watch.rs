//! Statement timeout and cancellation for SQLite: stops statements that run too long, or that nobody waits
//! for any more. PostgreSQL does this itself, and is told when nobody waits (`pipeline::snapshot`).
//!
//! SQLite calls a progress handler every few thousand steps, which says whether to continue. Which connection
//! a session gets is known only once it has it, so the session's watch is handed over where the pool gives
//! out connections: in a task-local of the task that begins the session.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use sea_orm::{
    ConnectOptions,
    sqlx::{self, Connection as _, sqlite::SqliteConnection},
};

use super::files::Files;
use crate::clock::Stopwatch;

/// SQLite virtual machine steps between two calls of the progress handler: some tens of microseconds. Ends of
/// transactions take fewer steps and are never stopped.
const STEPS: i32 = 4_000;
/// No time limit.
const UNLIMITED: u64 = u64::MAX;

tokio::task_local! {
    static WATCH: Arc<Watch>;
}

/// The time limit of the statements of one session.
#[derive(Debug)]
struct Watch {
    began: Stopwatch,
    /// Nanoseconds since the start of the watch.
    until: AtomicU64,
    /// Whether SQLite has rolled back the transaction: later writes would be outside it.
    rolled_back: AtomicBool,
}

/// A session's handle. When it is dropped, whatever is still running for the session is stopped.
#[derive(Debug)]
pub(super) struct StatementWatch {
    watch: Arc<Watch>,
    each: Option<Duration>,
}

impl StatementWatch {
    /// `each` is the statement timeout. Without one, statements stop only with the session: when SQLite stops
    /// a statement that writes, it rolls back the whole transaction, and what the session wrote afterwards
    /// would be kept.
    pub(super) fn new(each: Option<Duration>) -> Self {
        let watch = Watch {
            began: Stopwatch::start(),
            until: AtomicU64::new(UNLIMITED),
            rolled_back: AtomicBool::new(false),
        };
        Self {
            watch: Arc::new(watch),
            each,
        }
    }

    /// Takes a connection: one acquired within `taking` is watched.
    pub(super) async fn over<F: Future>(&self, taking: F) -> F::Output {
        WATCH.scope(Arc::clone(&self.watch), taking).await
    }

    /// Starts the time of a statement.
    pub(super) fn statement(&self) {
        if let Some(each) = self.each {
            let until = nanoseconds(self.watch.began.passed().saturating_add(each));
            self.watch.until.store(until, Ordering::Relaxed);
        }
    }

    /// Whether SQLite has rolled back the transaction by itself, as it does if the disk is full.
    pub(super) fn is_rolled_back(&self) -> bool {
        self.watch.rolled_back.load(Ordering::Relaxed)
    }

    /// From now on nothing is stopped.
    pub(super) fn stop_watching(&self) {
        self.watch.until.store(UNLIMITED, Ordering::Relaxed);
    }
}

impl Drop for StatementWatch {
    fn drop(&mut self) {
        self.watch.until.store(0, Ordering::Relaxed);
    }
}

impl Watch {
    fn may_go_on(&self) -> bool {
        match self.until.load(Ordering::Relaxed) {
            UNLIMITED => true,
            until => nanoseconds(self.began.passed()) < until,
        }
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos())
        .unwrap_or(UNLIMITED - 1)
        .min(UNLIMITED - 1)
}

/// Makes a pool reject unfit connections and, if `watched`, watch the connections of those who take them.
pub(super) fn install(options: &mut ConnectOptions, watched: bool, files: Option<Arc<Files>>) {
    options
        .map_sqlx_sqlite_pool_opts(move |pool| {
            let files = files.clone();
            pool.after_connect(move |connection, _| {
                let files = files.clone();
                Box::pin(async move {
                    // Connections to files other than those that were opened are rejected.
                    if let Some(unfit) = files.and_then(|files| files.in_place().err()) {
                        return Err(sqlx::Error::Io(io::Error::other(unfit)));
                    }
                    if watched { take(connection).await } else { Ok(()) }
                })
            })
        })
        .map_sqlx_sqlite_before_acquire(move |connection, _| {
            Box::pin(async move {
                if watched {
                    take(connection).await?;
                }
                // If SQLite rolled back a transaction by itself, the database library still believes that it
                // is inside one, and would mistake the end of a savepoint for the end of the transaction.
                // Such a connection is not reused.
                Ok(!connection.is_in_transaction())
            })
        });
}

/// Hands the connection to its new user: the previous user's watch ends.
async fn take(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let watch = WATCH.try_with(Arc::clone).ok();
    let mut handle = connection.lock_handle().await?;
    if let Some(watch) = watch {
        let rolled_back = Arc::clone(&watch);
        handle.set_rollback_hook(move || rolled_back.rolled_back.store(true, Ordering::Relaxed));
        handle.set_progress_handler(STEPS, move || watch.may_go_on());
    } else {
        handle.remove_rollback_hook();
        handle.remove_progress_handler();
    }
    Ok(())
}

#[cfg(test)]
mod tests;
