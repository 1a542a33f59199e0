//! The write lock, and retrying changes alone after a conflict.
//!
//! PostgreSQL lets writers run concurrently and refuses some of them afterwards, even if they are unrelated:
//! what they read is on the same page. So a change has two ways to be made. First concurrently, as all are.
//! If it was refused, then exclusively, after those in progress have ended and before others begin: nothing
//! can come in between. Before either, the writers of this process queue, so that there is a connection for
//! each: waiting for a connection has a short timeout, and SQLite, which has one writer, does not serve
//! waiters in order.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbBackend, DbErr};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{failure::StoreError, fence::WRITERS_LOCK, mode::Mode};

/// How long everybody writes exclusively after a refusal: where one was refused, the next ones would be
/// refused as well.
const CONTENTION: Duration = Duration::from_millis(250);

/// The longest wait for the exclusive lock at a time, since all others queue behind it: after that it counts
/// as a conflict, and is retried.
const LONGEST_WAIT_MS: u32 = 1_000;

/// The write queue of this process.
#[derive(Debug)]
pub(super) struct WriteQueue {
    writers: Arc<Semaphore>,
    crowded: Mutex<Option<Instant>>,
}

impl WriteQueue {
    /// A queue that admits this many at the same time.
    pub(super) fn of(writers: usize) -> Self {
        Self {
            writers: Arc::new(Semaphore::new(writers)),
            crowded: Mutex::default(),
        }
    }

    /// Waits for a turn to write, which ends when the permit is dropped.
    pub(super) async fn acquire(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        let turn = Arc::clone(&self.writers).acquire_owned().await;
        turn.map_err(|_| StoreError::Unavailable("nobody writes any more"))
    }

    /// Notes that a change was refused because of a conflict.
    pub(super) fn note_conflict(&self) {
        *self.crowded.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Whether a change was refused just now.
    pub(super) fn is_contended(&self) -> bool {
        let crowded = *self.crowded.lock().unwrap_or_else(PoisonError::into_inner);
        crowded.is_some_and(|since| since.elapsed() < CONTENTION)
    }
}

/// Takes the lock in a transaction that has just begun; it is released with the transaction. A table lock is
/// the only one that a transaction can take before it has a snapshot: with any other it would wait, and then
/// see the state before those that it waited for. The table has no rows, and nobody else locks it. All
/// writers also wait while a fence is put up.
pub(super) async fn take(transaction: &DatabaseTransaction, mode: Mode) -> Result<(), DbErr> {
    if transaction.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let turn = match mode {
        Mode::Read => return Ok(()),
        Mode::Feed => "",
        Mode::Write => "LOCK TABLE write_turn IN ROW EXCLUSIVE MODE;",
        Mode::Exclusive => "LOCK TABLE write_turn IN SHARE ROW EXCLUSIVE MODE;",
    };
    let text = format!(
        "SET LOCAL lock_timeout = '{LONGEST_WAIT_MS}ms'; {WRITERS_LOCK}; {turn} SET LOCAL lock_timeout TO DEFAULT"
    );
    transaction.execute_unprepared(&text).await.map(|_| ())
}
