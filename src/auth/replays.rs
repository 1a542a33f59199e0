//! Proofs that were shown, so that none counts twice. What is held is bounded, and when there is no room nothing more is accepted: an old
//! proof that is forgotten too early would count again.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use super::{
    asking::Thumbprint,
    proof::{AHEAD, LONGEST_AGE},
    refusal::AuthRefusal,
};

/// How long a proof can be accepted after it was first shown, in seconds: it may have been made ahead of time.
const SPAN: i64 = LONGEST_AGE + AHEAD + 1;

/// Which proofs were shown lately. Two generations, each of a span of time: what was shown in the one before last cannot hold any more.
#[derive(Debug)]
pub(super) struct Replays {
    shown: Mutex<Shown>,
    most: usize,
}

#[derive(Debug, Default)]
struct Shown {
    span: i64,
    young: HashSet<Thumbprint>,
    old: HashSet<Thumbprint>,
}

impl Replays {
    /// Room for this many proofs in a span.
    pub(super) fn new(most: usize) -> Self {
        Self {
            shown: Mutex::default(),
            most,
        }
    }

    /// Remembers a proof that is shown at `now` (seconds since 1970). Refused: one that was shown before, and any while there is no room.
    pub(super) fn show(&self, id: &Thumbprint, now: i64, rehearsal: bool) -> Result<(), AuthRefusal> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that is set back changes nothing, so that it cannot make anything be forgotten.
        let span = now.div_euclid(SPAN).max(shown.span);
        if span != shown.span {
            let last = std::mem::take(&mut shown.young);
            shown.old = if span == shown.span + 1 { last } else { HashSet::new() };
            shown.span = span;
        }
        if shown.young.contains(id) || shown.old.contains(id) {
            return Err(AuthRefusal::ProofShownBefore);
        }
        if shown.young.len() >= self.most {
            return Err(AuthRefusal::ProofsTooMany);
        }
        if !rehearsal {
            shown.young.insert(*id);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u8) -> Thumbprint {
        [number; 32]
    }

    #[test]
    fn a_proof_counts_once_for_as_long_as_it_could_hold() {
        for first in [SPAN * 1000, SPAN * 1000 + SPAN / 2, SPAN * 1001 - 1] {
            let replays = Replays::new(10);
            assert_eq!(replays.show(&id(1), first, true), Ok(()));
            assert_eq!(replays.show(&id(1), first, false), Ok(()));
            for later in 0..SPAN {
                let again = replays.show(&id(1), first + later, false);
                assert_eq!(again, Err(AuthRefusal::ProofShownBefore), "after {later} seconds");
            }
            assert_eq!(replays.show(&id(1), first + 2 * SPAN, false), Ok(()));
        }
    }

    #[test]
    fn a_clock_that_is_set_back_brings_nothing_back() {
        let replays = Replays::new(10);
        assert_eq!(replays.show(&id(1), SPAN * 1000, false), Ok(()));
        for at in [0, SPAN * 500, SPAN * 999] {
            assert_eq!(replays.show(&id(1), at, false), Err(AuthRefusal::ProofShownBefore));
        }
    }

    #[test]
    fn without_room_nothing_more_is_accepted_and_nothing_is_forgotten() {
        let replays = Replays::new(3);
        for number in 0..3 {
            assert_eq!(replays.show(&id(number), SPAN * 1000, false), Ok(()));
        }
        assert_eq!(
            replays.show(&id(3), SPAN * 1000, false),
            Err(AuthRefusal::ProofsTooMany)
        );
        assert_eq!(
            replays.show(&id(0), SPAN * 1000, false),
            Err(AuthRefusal::ProofShownBefore)
        );
        assert_eq!(replays.show(&id(3), SPAN * 1001, false), Ok(()));
        assert_eq!(
            replays.show(&id(0), SPAN * 1001, false),
            Err(AuthRefusal::ProofShownBefore)
        );
    }
}
