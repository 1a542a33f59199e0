//! What every attempt needs, and what has become of them.

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

/// Makes the public id of a contact or an alert: authority, family if it is a contact, row.
pub type PublicId = Arc<dyn Fn(i32, Option<Uuid>, Uuid) -> String + Send + Sync>;

/// What has become of deliveries since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Taken by their receivers.
    pub delivered: u64,
    /// Attempts that failed and are made again.
    pub failed: u64,
    /// Given up.
    pub dead: u64,
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) delivered: AtomicU64,
    pub(super) failed: AtomicU64,
    pub(super) dead: AtomicU64,
}

/// What every attempt needs.
pub(super) struct Parts {
    pub(super) store: Store,
    pub(super) trail: Trail,
    pub(super) sealer: Arc<Sealer>,
    pub(super) sender: Sender,
    pub(super) public_id: PublicId,
    pub(super) settings: Settings,
    pub(super) counters: Counters,
}

impl Parts {
    /// Counts what became of one.
    pub(super) fn count(&self, settled: &Settled) {
        let counter = match settled {
            Settled::Delivered { .. } => &self.counters.delivered,
            Settled::Dead { .. } => &self.counters.dead,
            Settled::Again { .. } | Settled::NotTried { .. } => &self.counters.failed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}
