//! Whether the database notes every write of a family. If it does not, or nobody has checked, the cache is
//! not used.

use std::sync::{Mutex, PoisonError};

use super::{Life, Written};

/// The state of that check.
#[derive(Debug, Default)]
pub(in crate::store) struct Proof(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    looked: Option<Life>,
    /// The triggers that do not note what they should.
    silent: Vec<String>,
    /// Whether the last numbers seen were out of order.
    backwards: bool,
    /// How often that has begun.
    lapses: u64,
}

/// Whether cached data may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Holds {
    /// The triggers must be checked first.
    Unknown,
    /// It may not.
    No,
    /// Yes, if it was cached after this many lapses.
    Since(u64),
}

/// Why the cache is disabled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CacheDisabled {
    /// The names of triggers that are missing, disabled, or do not fire for every writer.
    pub silent: Vec<String>,
    /// Whether the numbers of writes run backwards.
    pub backwards: bool,
}

impl Proof {
    /// Whether cached data may be used at that write number.
    pub(in crate::store) fn holds(&self, written: &Written) -> Holds {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let backwards = written.drawn < written.number;
        if backwards && !state.backwards {
            // Cached data may lack writes until the numbers have caught up, or have been corrected.
            state.lapses += 1;
            tracing::error!(
                "store.numbers_run_backwards: what was read of families is not used until the sequences are set right"
            );
        }
        state.backwards = backwards;
        if backwards {
            Holds::No
        } else if state.looked != Some(written.life) {
            Holds::Unknown
        } else if state.silent.is_empty() {
            Holds::Since(state.lapses)
        } else {
            Holds::No
        }
    }

    /// Stores the result of a check of the triggers in this life of the database.
    pub(in crate::store) fn looked(&self, life: Life, silent: Vec<String>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.silent != silent {
            if silent.is_empty() {
                tracing::info!("store.writes_are_noted: all triggers are there again");
            } else {
                tracing::error!(triggers = %silent.join(" "), "store.writes_not_noted: what was read of families is not used");
            }
        }
        (state.looked, state.silent) = (Some(life), silent);
    }

    /// Why the cache is disabled, if it is.
    pub(in crate::store) fn cache_disabled(&self) -> Option<CacheDisabled> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = CacheDisabled {
            silent: state.silent.clone(),
            backwards: state.backwards,
        };
        (found != CacheDisabled::default()).then_some(found)
    }
}
