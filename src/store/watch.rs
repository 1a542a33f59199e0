//! Stops statements of SQLite that run for too long, or that nobody waits for any more. PostgreSQL does that by itself, and is told when nobody waits
//! (`pipeline::snapshot`).
//!
//! SQLite asks a function of ours every few thousand steps whether to go on. Which connection a session is going to get is known only once it has it, so the
//! session's watch is found where the pool gives connections out: in the task that begins the session.

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

/// Steps of SQLite's machine between two questions: some tens of microseconds. The ends of transactions take fewer and are never stopped.
const STEPS: i32 = 4_000;
/// Nothing is stopped.
const FREELY: u64 = u64::MAX;

tokio::task_local! {
    static WATCH: Arc<Watch>;
}

/// Until when the statements of one session may run.
#[derive(Debug)]
struct Watch {
    began: Stopwatch,
    /// Nanoseconds after the beginning.
    until: AtomicU64,
    /// Whether SQLite has undone the transaction: what is written after that would stand alone.
    undone: AtomicBool,
}

/// A session's side of it. When it is dropped, whatever still runs for the session is stopped.
#[derive(Debug)]
pub(super) struct Watched {
    watch: Arc<Watch>,
    each: Option<Duration>,
}

impl Watched {
    /// Statements may take so long each. Without a time they are stopped only with the session: SQLite undoes the whole transaction of a statement that
    /// writes and is stopped, and what the session then went on to write would be kept.
    pub(super) fn new(each: Option<Duration>) -> Self {
        let watch = Watch {
            began: Stopwatch::start(),
            until: AtomicU64::new(FREELY),
            undone: AtomicBool::new(false),
        };
        Self {
            watch: Arc::new(watch),
            each,
        }
    }

    /// Takes a connection: one that is taken within `taking` is watched.
    pub(super) async fn over<F: Future>(&self, taking: F) -> F::Output {
        WATCH.scope(Arc::clone(&self.watch), taking).await
    }

    /// A statement begins.
    pub(super) fn statement(&self) {
        if let Some(each) = self.each {
            let until = nanoseconds(self.watch.began.passed().saturating_add(each));
            self.watch.until.store(until, Ordering::Relaxed);
        }
    }

    /// Whether SQLite has undone the transaction by itself, as it does where the disk is full.
    pub(super) fn is_undone(&self) -> bool {
        self.watch.undone.load(Ordering::Relaxed)
    }

    /// What is done from now on is done to its end.
    pub(super) fn no_longer(&self) {
        self.watch.until.store(FREELY, Ordering::Relaxed);
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.watch.until.store(0, Ordering::Relaxed);
    }
}

impl Watch {
    fn may_go_on(&self) -> bool {
        match self.until.load(Ordering::Relaxed) {
            FREELY => true,
            until => nanoseconds(self.began.passed()) < until,
        }
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(FREELY - 1).min(FREELY - 1)
}

/// Has a pool give out no connection that is not fit, and, if `watched`, has those of its connections watched for whoever takes them.
pub(super) fn install(options: &mut ConnectOptions, watched: bool, files: Option<Arc<Files>>) {
    options
        .map_sqlx_sqlite_pool_opts(move |pool| {
            let files = files.clone();
            pool.after_connect(move |connection, _| {
                let files = files.clone();
                Box::pin(async move {
                    // Beside connections to the files that were opened there are none to others.
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
                // Where SQLite had undone the transaction by itself, the library takes it to go on still, and would take the end of a part for the end of the
                // whole. Such a connection is not used again.
                Ok(!connection.is_in_transaction())
            })
        });
}

/// The connection is given out: whose watch it had is over.
async fn take(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let watch = WATCH.try_with(Arc::clone).ok();
    let mut handle = connection.lock_handle().await?;
    if let Some(watch) = watch {
        let undone = Arc::clone(&watch);
        handle.set_rollback_hook(move || undone.undone.store(true, Ordering::Relaxed));
        handle.set_progress_handler(STEPS, move || watch.may_go_on());
    } else {
        handle.remove_rollback_hook();
        handle.remove_progress_handler();
    }
    Ok(())
}

#[cfg(test)]
mod tests;
