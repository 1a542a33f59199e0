//! How much of something each client of an agency may have at once, so that none takes all of it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::sharing::caller::{Caller, Program};

/// So many for each client.
#[derive(Clone, Debug)]
pub(super) struct Shares {
    taken: Arc<Mutex<HashMap<Program, usize>>>,
    each: usize,
}

impl Shares {
    pub(super) fn new(each: usize) -> Self {
        Self {
            taken: Arc::default(),
            each,
        }
    }

    /// One of those that the caller's client has, given back when it is dropped.
    pub(super) fn take(&self, caller: &Caller) -> Option<Share> {
        let program = caller.program();
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(program.clone()).or_default();
        if *count >= self.each {
            return None;
        }
        *count += 1;
        Some(Share {
            taken: Arc::clone(&self.taken),
            program,
        })
    }
}

/// One of a client's.
#[derive(Debug)]
pub(super) struct Share {
    taken: Arc<Mutex<HashMap<Program, usize>>>,
    program: Program,
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.program) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.program);
            }
        }
    }
}
