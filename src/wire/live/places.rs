//! How many connections of those who have signed in may stay: in all, and of one client of an agency. Sockets on which nobody has signed in yet are
//! strangers, and take none of these.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::closing::{self, Closing};
use crate::{
    sharing::caller::Caller,
    wire::{
        limits::LiveLimits,
        respond::Problem,
        shares::{Share, Shares},
    },
};

/// Places for sockets and event streams.
#[derive(Clone, Debug)]
pub(in crate::wire) struct Places {
    all: Arc<Semaphore>,
    of_clients: Shares,
}

/// One of them, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    all: OwnedSemaphorePermit,
    of_client: Share,
}

/// Why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// All are taken.
    All,
    /// The client has as many as it may.
    OfClient,
}

impl Places {
    pub(in crate::wire) fn new(limits: &LiveLimits) -> Self {
        Self {
            all: Arc::new(Semaphore::new(limits.sockets.min(Semaphore::MAX_PERMITS))),
            of_clients: Shares::new(limits.sockets_per_client),
        }
    }

    /// A place for the caller's client.
    pub(super) fn take(&self, caller: &Caller) -> Result<Place, Full> {
        let all = self.all.clone().try_acquire_owned().map_err(|_| Full::All)?;
        self.for_client(all, caller)
    }

    /// The same for a connection that may have one already, perhaps of another client.
    pub(super) fn take_over(&self, had: Option<Place>, caller: &Caller) -> Result<Place, Full> {
        match had {
            Some(Place { all, of_client }) => {
                // It may be the client's last one.
                drop(of_client);
                self.for_client(all, caller)
            }
            None => self.take(caller),
        }
    }

    fn for_client(&self, all: OwnedSemaphorePermit, caller: &Caller) -> Result<Place, Full> {
        let of_client = self.of_clients.take(caller).ok_or(Full::OfClient)?;
        Ok(Place { all, of_client })
    }
}

impl From<Full> for Problem {
    fn from(full: Full) -> Self {
        match full {
            Full::All => Self::unavailable(),
            Full::OfClient => Self::too_many_connections(),
        }
    }
}

impl From<Full> for Closing {
    fn from(full: Full) -> Self {
        match full {
            Full::All => closing::TRY_LATER,
            Full::OfClient => closing::TOO_MANY,
        }
    }
}
