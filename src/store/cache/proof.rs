//! Whether the database notes every write of a family. Where it does not, or nobody has looked, nothing that was read before is used.

use std::sync::{Mutex, PoisonError};

use super::{Life, Written};

/// What is known of that.
#[derive(Debug, Default)]
pub(in crate::store) struct Proof(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    looked: Option<Life>,
    /// The triggers that do not note what they should.
    silent: Vec<String>,
    /// Whether numbers were seen last that are not drawn in order.
    backwards: bool,
    /// How often that began.
    lapses: u64,
}

/// Whether what was read before may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Holds {
    /// Somebody has to look at the triggers first.
    Unknown,
    /// It may not.
    No,
    /// It may, if it was read after so many lapses.
    Since(u64),
}

/// Why nothing is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unproved {
    /// The triggers that are missing, switched off, or do not fire whoever writes. By name.
    pub silent: Vec<String>,
    /// Whether the numbers of writes run backwards.
    pub backwards: bool,
}

impl Proof {
    /// Whether what was read before may be used at that moment.
    pub(in crate::store) fn holds(&self, written: &Written) -> Holds {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let backwards = written.drawn < written.number;
        if backwards && !state.backwards {
            // Whatever is kept may lack what is written until they have caught up, or are set right.
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

    /// Keeps what somebody has found who looked at the triggers in such a life.
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

    /// Why nothing is kept, where that is so.
    pub(in crate::store) fn unproved(&self) -> Option<Unproved> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = Unproved {
            silent: state.silent.clone(),
            backwards: state.backwards,
        };
        (found != Unproved::default()).then_some(found)
    }
}
