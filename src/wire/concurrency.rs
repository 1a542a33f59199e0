//! The concurrency limit: how many operations run at once and how many may wait. Beyond that they are
//! rejected at once (load shedding), instead of slowing everybody down.

use std::{sync::Arc, time::Duration};

use prometheus::IntCounter;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// One in this many slots may be taken by events, so that a change that thousands wait for does not keep
/// operations out.
const EVENT_SHARE: usize = 4;

/// Slots for a bounded number of running operations, and a bounded queue of those that wait for one.
#[derive(Clone, Debug)]
pub(super) struct ConcurrencyLimit {
    running: Arc<Semaphore>,
    events: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    max_wait: Duration,
    slots: usize,
    connection_quota: usize,
    rejected: IntCounter,
}

impl ConcurrencyLimit {
    /// `running` slots, a queue of `waiting`, how long an operation waits in it, and the counter of those
    /// rejected.
    pub(super) fn new(running: usize, waiting: usize, max_wait: Duration, rejected: IntCounter) -> Self {
        let running = running.min(Semaphore::MAX_PERMITS);
        let waiting = waiting.min(Semaphore::MAX_PERMITS);
        Self {
            slots: running,
            connection_quota: waiting,
            rejected,
            running: Arc::new(Semaphore::new(running)),
            events: Arc::new(Semaphore::new((running / EVENT_SHARE).max(1))),
            waiting: Arc::new(Semaphore::new(waiting)),
            max_wait,
        }
    }

    /// Acquires a slot, released on drop; `None` when the queue is full or the wait too long.
    pub(super) async fn acquire(&self) -> Option<OwnedSemaphorePermit> {
        let slot = self.slot().await;
        if slot.is_none() {
            self.rejected.inc();
        }
        slot
    }

    /// How many operations are running and how many are waiting now.
    pub(super) fn in_use(&self) -> (usize, usize) {
        (
            self.slots - self.running.available_permits().min(self.slots),
            self.connection_quota - self.waiting.available_permits().min(self.connection_quota),
        )
    }

    async fn slot(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(slot) = self.running.clone().try_acquire_owned() {
            return Some(slot);
        }
        let _queued = self.waiting.try_acquire().ok()?;
        tokio::time::timeout(self.max_wait, self.running.clone().acquire_owned())
            .await
            .ok()?
            .ok()
    }

    /// Acquires a slot to produce one event, or to start a subscription. Events wait without a time limit,
    /// first come first served, and only a few at once compete with operations.
    pub(super) async fn acquire_for_event(&self) -> Option<EventSlot> {
        // Neither semaphore is ever closed, so this ends with a slot.
        let event_slot = self.events.clone().acquire_owned().await.ok()?;
        let slot = self.running.clone().acquire_owned().await.ok()?;
        Some(EventSlot(event_slot, slot))
    }
}

/// A slot to produce one event, released on drop.
#[derive(Debug)]
pub(super) struct EventSlot(
    #[expect(dead_code, reason = "held until it is dropped")] OwnedSemaphorePermit,
    #[expect(dead_code, reason = "held until it is dropped")] OwnedSemaphorePermit,
);

#[cfg(test)]
mod tests;
