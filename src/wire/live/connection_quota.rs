//! The quota of authenticated long-lived connections: overall, and per client of an agency. Unauthenticated
//! sockets are limited elsewhere (`unauthenticated`).

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::close_code::{self, CloseCode};
use crate::{
    sharing::caller::Caller,
    wire::{
        client_quota::{ClientQuota, ClientSlot},
        limits::LiveLimits,
        respond::Problem,
    },
};

/// The quota of sockets and event streams.
#[derive(Clone, Debug)]
pub(in crate::wire) struct ConnectionQuota {
    total: Arc<Semaphore>,
    clients: ClientQuota,
}

/// A slot of the quota, released on drop.
#[derive(Debug)]
pub(super) struct ConnectionSlot {
    total: OwnedSemaphorePermit,
    client: ClientSlot,
}

/// Which quota is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum QuotaExceeded {
    /// The overall one.
    Total,
    /// The client's.
    PerClient,
}

impl ConnectionQuota {
    pub(in crate::wire) fn new(limits: &LiveLimits) -> Self {
        Self {
            total: Arc::new(Semaphore::new(limits.sockets.min(Semaphore::MAX_PERMITS))),
            clients: ClientQuota::new(limits.sockets_per_client),
        }
    }

    /// Takes a slot for the caller's client.
    pub(super) fn try_acquire(&self, caller: &Caller) -> Result<ConnectionSlot, QuotaExceeded> {
        let total = self
            .total
            .clone()
            .try_acquire_owned()
            .map_err(|_| QuotaExceeded::Total)?;
        self.with_client_slot(total, caller)
    }

    /// The same for a connection that may have a slot already, perhaps of another client.
    pub(super) fn transfer(
        &self,
        previous: Option<ConnectionSlot>,
        caller: &Caller,
    ) -> Result<ConnectionSlot, QuotaExceeded> {
        match previous {
            Some(ConnectionSlot { total, client }) => {
                // Released first: it may be the client's last one.
                drop(client);
                self.with_client_slot(total, caller)
            }
            None => self.try_acquire(caller),
        }
    }

    fn with_client_slot(&self, total: OwnedSemaphorePermit, caller: &Caller) -> Result<ConnectionSlot, QuotaExceeded> {
        let client = self.clients.try_acquire(caller).ok_or(QuotaExceeded::PerClient)?;
        Ok(ConnectionSlot { total, client })
    }
}

impl From<QuotaExceeded> for Problem {
    fn from(full: QuotaExceeded) -> Self {
        match full {
            QuotaExceeded::Total => Self::unavailable(),
            QuotaExceeded::PerClient => Self::too_many_connections(),
        }
    }
}

impl From<QuotaExceeded> for CloseCode {
    fn from(full: QuotaExceeded) -> Self {
        match full {
            QuotaExceeded::Total => close_code::TRY_LATER,
            QuotaExceeded::PerClient => close_code::TOO_MANY_CONNECTIONS,
        }
    }
}
