//! Bounds how many operations run and wait, so that a flood is turned away at once instead of slowing everybody down.

use std::{sync::Arc, time::Duration};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Turns for a bounded number of operations, and places for a bounded number that wait for one.
#[derive(Clone, Debug)]
pub(super) struct Gate {
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    patience: Duration,
}

impl Gate {
    /// `running` turns, `waiting` places, and how long one waits.
    pub(super) fn new(running: usize, waiting: usize, patience: Duration) -> Self {
        Self {
            running: Arc::new(Semaphore::new(running.min(Semaphore::MAX_PERMITS))),
            waiting: Arc::new(Semaphore::new(waiting.min(Semaphore::MAX_PERMITS))),
            patience,
        }
    }

    /// A turn, given back when it is dropped; `None` when the queue is full or the wait too long.
    pub(super) async fn enter(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(turn) = self.running.clone().try_acquire_owned() {
            return Some(turn);
        }
        let _place = self.waiting.try_acquire().ok()?;
        tokio::time::timeout(self.patience, self.running.clone().acquire_owned())
            .await
            .ok()?
            .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_runs_one_waits_and_the_third_is_turned_away() {
        let gate = Gate::new(1, 1, Duration::from_secs(20));
        let first = gate.enter().await.expect("a free turn");
        let waiting = tokio::spawn({
            let gate = gate.clone();
            async move { gate.enter().await.is_some() }
        });
        while gate.waiting.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(gate.enter().await.is_none());
        drop(first);
        assert!(waiting.await.expect("no panic"));
        assert!(gate.enter().await.is_some());
    }

    #[tokio::test]
    async fn nobody_waits_for_ever() {
        let gate = Gate::new(1, 1, Duration::from_millis(5));
        let _first = gate.enter().await.expect("a free turn");
        assert!(gate.enter().await.is_none());
    }
}
