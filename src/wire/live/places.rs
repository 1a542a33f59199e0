//! How many connections may stay: in all, and of one client of an agency.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use crate::{sharing::caller::Caller, wire::limits::LiveLimits};

/// A client of an agency: authority, agency, client.
type Client = (i32, Uuid, String);

/// Places for sockets and event streams.
#[derive(Clone, Debug)]
pub(in crate::wire) struct Places {
    all: Arc<Semaphore>,
    taken: Arc<Mutex<HashMap<Client, usize>>>,
    per_client: usize,
}

impl Places {
    pub(in crate::wire) fn new(limits: &LiveLimits) -> Self {
        Self {
            all: Arc::new(Semaphore::new(limits.sockets.min(Semaphore::MAX_PERMITS))),
            taken: Arc::default(),
            per_client: limits.sockets_per_client,
        }
    }

    /// A place, given back when it is dropped.
    pub(super) fn take(&self) -> Option<OwnedSemaphorePermit> {
        self.all.clone().try_acquire_owned().ok()
    }

    /// One of the places that the caller's client has, given back when it is dropped.
    pub(super) fn take_for(&self, caller: &Caller) -> Option<ClientPlace> {
        let client = (
            caller.authority,
            caller.portal.as_ref().unwrap_or(&caller.principal).agency,
            caller.client.clone(),
        );
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(client.clone()).or_default();
        if *count >= self.per_client {
            return None;
        }
        *count += 1;
        Some(ClientPlace {
            taken: Arc::clone(&self.taken),
            client,
        })
    }
}

/// A place of one client.
#[derive(Debug)]
pub(super) struct ClientPlace {
    taken: Arc<Mutex<HashMap<Client, usize>>>,
    client: Client,
}

impl Drop for ClientPlace {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.client);
            }
        }
    }
}
