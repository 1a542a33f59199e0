//! Whose turn it is to write.
//!
//! PostgreSQL lets writers go on at the same time and refuses some of them afterwards, also where they had nothing to do with each other: what they have read stands on
//! the same page. So a change has two ways to be made. First beside others, as all of them are. If it was refused, then alone, when those have ended and before others begin: nothing
//! can come in between. Before that, whoever writes in this process queues up, so
//! that there is a connection for each: waiting for one ends soon, and in SQLite, which has one writer, it is not by turns.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbBackend, DbErr};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{failure::StoreError, fence::OF_WRITERS, session::Mode};

/// For so long after a refusal everybody writes alone: where one was refused, the next ones would be as well, for nothing.
const CROWDED: Duration = Duration::from_millis(250);

/// Whoever waits to write alone keeps all others waiting, so nobody waits longer than this at a time: then it counts as having come second, and is tried again.
const LONGEST_WAIT_MS: u32 = 1_000;

/// The writers of this process.
#[derive(Debug)]
pub(super) struct Turns {
    writers: Arc<Semaphore>,
    crowded: Mutex<Option<Instant>>,
}

impl Turns {
    /// Turns for so many at the same time.
    pub(super) fn of(writers: usize) -> Self {
        Self {
            writers: Arc::new(Semaphore::new(writers)),
            crowded: Mutex::default(),
        }
    }

    /// Waits for the turn to write; it ends when it is dropped.
    pub(super) async fn wait(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        let turn = Arc::clone(&self.writers).acquire_owned().await;
        turn.map_err(|_| StoreError::Unavailable("nobody writes any more"))
    }

    /// Notes that somebody was refused because another came first.
    pub(super) fn was_refused(&self) {
        *self.crowded.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Whether somebody was refused just now.
    pub(super) fn are_crowded(&self) -> bool {
        let crowded = *self.crowded.lock().unwrap_or_else(PoisonError::into_inner);
        crowded.is_some_and(|since| since.elapsed() < CROWDED)
    }
}

/// Waits for the turn in a transaction that has just begun; it ends with the transaction. A lock of a table is the one that a transaction takes before it has a moment: with any other it would wait,
/// and then see what was before those for whom it has waited. No row is ever in that table, and nobody else takes a lock of it. Whoever writes anything at all waits as well while a fence is put up.
pub(super) async fn take(transaction: &DatabaseTransaction, mode: Mode) -> Result<(), DbErr> {
    if transaction.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let turn = match mode {
        Mode::Read => return Ok(()),
        Mode::Feed => "",
        Mode::Write => "LOCK TABLE write_turn IN ROW EXCLUSIVE MODE;",
        Mode::Alone => "LOCK TABLE write_turn IN SHARE ROW EXCLUSIVE MODE;",
    };
    let text = format!(
        "SET LOCAL lock_timeout = '{LONGEST_WAIT_MS}ms'; {OF_WRITERS}; {turn} SET LOCAL lock_timeout TO DEFAULT"
    );
    transaction.execute_unprepared(&text).await.map(|_| ())
}
