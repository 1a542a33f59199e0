//! How many connections may stay: in all, and of one client of an agency.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    sharing::caller::Caller,
    wire::{
        limits::LiveLimits,
        shares::{Share, Shares},
    },
};

/// Places for sockets and event streams.
#[derive(Clone, Debug)]
pub(in crate::wire) struct Places {
    all: Arc<Semaphore>,
    of_clients: Shares,
}

impl Places {
    pub(in crate::wire) fn new(limits: &LiveLimits) -> Self {
        Self {
            all: Arc::new(Semaphore::new(limits.sockets.min(Semaphore::MAX_PERMITS))),
            of_clients: Shares::new(limits.sockets_per_client),
        }
    }

    /// A place, given back when it is dropped.
    pub(super) fn take(&self) -> Option<OwnedSemaphorePermit> {
        self.all.clone().try_acquire_owned().ok()
    }

    /// One of the places that the caller's client has, given back when it is dropped.
    pub(super) fn take_for(&self, caller: &Caller) -> Option<Share> {
        self.of_clients.take(caller)
    }
}
