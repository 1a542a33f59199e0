//! Bounds how many operations run and wait, so that a flood is turned away at once instead of slowing everybody down.

use std::{sync::Arc, time::Duration};

use prometheus::IntCounter;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Of this many turns one may be an event's, so that a change that thousands wait for does not keep operations out.
const SHARE_OF_EVENTS: usize = 4;

/// Turns for a bounded number of operations, and places for a bounded number that wait for one.
#[derive(Clone, Debug)]
pub(super) struct Gate {
    running: Arc<Semaphore>,
    events: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    patience: Duration,
    turns: usize,
    places: usize,
    turned_away: IntCounter,
}

impl Gate {
    /// `running` turns, `waiting` places, how long one waits, and the counter of those that were turned away.
    pub(super) fn new(running: usize, waiting: usize, patience: Duration, turned_away: IntCounter) -> Self {
        let running = running.min(Semaphore::MAX_PERMITS);
        let waiting = waiting.min(Semaphore::MAX_PERMITS);
        Self {
            turns: running,
            places: waiting,
            turned_away,
            running: Arc::new(Semaphore::new(running)),
            events: Arc::new(Semaphore::new((running / SHARE_OF_EVENTS).max(1))),
            waiting: Arc::new(Semaphore::new(waiting)),
            patience,
        }
    }

    /// A turn, given back when it is dropped; `None` when the queue is full or the wait too long.
    pub(super) async fn enter(&self) -> Option<OwnedSemaphorePermit> {
        let turn = self.turn().await;
        if turn.is_none() {
            self.turned_away.inc();
        }
        turn
    }

    /// How many operations run and how many wait for a turn, now.
    pub(super) fn occupied(&self) -> (usize, usize) {
        (
            self.turns - self.running.available_permits().min(self.turns),
            self.places - self.waiting.available_permits().min(self.places),
        )
    }

    async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(turn) = self.running.clone().try_acquire_owned() {
            return Some(turn);
        }
        let _place = self.waiting.try_acquire().ok()?;
        tokio::time::timeout(self.patience, self.running.clone().acquire_owned())
            .await
            .ok()?
            .ok()
    }

    /// A turn to make one event, or to begin a subscription. Events wait as long as it takes, in the order in which they came, and few of them at once
    /// stand in line with operations.
    pub(super) async fn enter_for_event(&self) -> Option<EventTurn> {
        // Neither semaphore is ever closed, so there is a turn in the end.
        let event = self.events.clone().acquire_owned().await.ok()?;
        let turn = self.running.clone().acquire_owned().await.ok()?;
        Some(EventTurn(event, turn))
    }
}

/// A turn to make one event, given back when it is dropped.
#[derive(Debug)]
pub(super) struct EventTurn(
    #[expect(dead_code, reason = "held until it is dropped")] OwnedSemaphorePermit,
    #[expect(dead_code, reason = "held until it is dropped")] OwnedSemaphorePermit,
);

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(running: usize, waiting: usize, patience: Duration) -> Gate {
        Gate::new(
            running,
            waiting,
            patience,
            IntCounter::new("turned_away", "Tests.").expect("a name"),
        )
    }

    #[tokio::test]
    async fn one_runs_one_waits_and_the_third_is_turned_away() {
        let gate = gate(1, 1, Duration::from_secs(20));
        let first = gate.enter().await.expect("a free turn");
        let waiting = tokio::spawn({
            let gate = gate.clone();
            async move { gate.enter().await.is_some() }
        });
        while gate.waiting.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(gate.occupied(), (1, 1));
        assert!(gate.enter().await.is_none());
        assert_eq!(gate.turned_away.get(), 1);
        drop(first);
        assert!(waiting.await.expect("no panic"));
        assert!(gate.enter().await.is_some());
    }

    #[tokio::test]
    async fn events_leave_turns_to_operations() {
        let gate = gate(4, 0, Duration::from_secs(20));
        let event = gate.enter_for_event().await.expect("a free turn");
        let waiting = gate.enter_for_event();
        tokio::pin!(waiting);
        assert!(futures_util::poll!(waiting.as_mut()).is_pending());
        for _ in 0..3 {
            gate.enter().await.expect("a free turn").forget();
        }
        assert!(gate.enter().await.is_none());
        drop(event);
        assert!(waiting.await.is_some());
    }

    #[tokio::test]
    async fn nobody_waits_for_ever() {
        let gate = gate(1, 1, Duration::from_millis(5));
        let _first = gate.enter().await.expect("a free turn");
        assert!(gate.enter().await.is_none());
    }
}
