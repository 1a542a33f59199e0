//! What every attempt needs, and counts of the outcomes.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use uuid::Uuid;

use super::{seal::Sealer, sender::Sender, settings::Settings};
use crate::{
    audit::Trail,
    store::{Store, outbox::Settled},
};

/// Makes the public id of a contact or an alert from the authority, the family (for a contact) and the row.
pub type PublicId = Arc<dyn Fn(i32, Option<Uuid>, Uuid) -> String + Send + Sync>;

/// Counts of deliveries since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Accepted by their receivers.
    pub delivered: u64,
    /// Failed attempts that are retried.
    pub failed: u64,
    /// Given up (dead letters).
    pub dead: u64,
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) delivered: AtomicU64,
    pub(super) failed: AtomicU64,
    pub(super) dead: AtomicU64,
}

/// What every attempt needs.
pub(super) struct Context {
    pub(super) store: Store,
    pub(super) trail: Trail,
    pub(super) sealer: Arc<Sealer>,
    pub(super) sender: Sender,
    pub(super) public_id: PublicId,
    pub(super) settings: Settings,
    pub(super) counters: Counters,
}

impl Context {
    /// Counts an outcome.
    pub(super) fn count(&self, settled: &Settled) {
        let counter = match settled {
            Settled::Delivered { .. } => &self.counters.delivered,
            Settled::Dead { .. } => &self.counters.dead,
            Settled::Retry { .. } | Settled::Postponed { .. } => &self.counters.failed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}
