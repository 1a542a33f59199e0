//! A quota per client of an agency, so that no client takes all of a resource.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::sharing::caller::{Caller, Program};

/// The same limit for each client.
#[derive(Clone, Debug)]
pub(super) struct ClientQuota {
    in_use: Arc<Mutex<HashMap<Program, usize>>>,
    limit: usize,
}

impl ClientQuota {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            in_use: Arc::default(),
            limit,
        }
    }

    /// Takes one of the caller's client's quota, released on drop; `None` when it is used up.
    pub(super) fn try_acquire(&self, caller: &Caller) -> Option<ClientSlot> {
        let program = caller.program();
        let mut in_use = self.in_use.lock().unwrap_or_else(PoisonError::into_inner);
        let count = in_use.entry(program.clone()).or_default();
        if *count >= self.limit {
            return None;
        }
        *count += 1;
        Some(ClientSlot {
            in_use: Arc::clone(&self.in_use),
            program,
        })
    }
}

/// One unit of a client's quota.
#[derive(Debug)]
pub(super) struct ClientSlot {
    in_use: Arc<Mutex<HashMap<Program, usize>>>,
    program: Program,
}

impl Drop for ClientSlot {
    fn drop(&mut self) {
        let mut in_use = self.in_use.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = in_use.get_mut(&self.program) {
            *count -= 1;
            if *count == 0 {
                in_use.remove(&self.program);
            }
        }
    }
}
