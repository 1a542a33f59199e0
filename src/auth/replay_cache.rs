//! The replay cache of `DPoP` proofs, so that none is accepted twice. Its size is bounded, and when it is full
//! no further proof is accepted: evicting a proof too early would make it valid again.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use super::{
    credentials::Thumbprint,
    proof::{MAX_AGE_SECONDS, MAX_CLOCK_AHEAD_SECONDS},
    refusal::AuthRefusal,
};

/// How long a proof can be accepted after its first use, in seconds: it may have been made ahead of time.
const GENERATION_SECONDS: i64 = MAX_AGE_SECONDS + MAX_CLOCK_AHEAD_SECONDS + 1;

/// The recent proofs in two generations, each of a span of time: proofs of older generations have expired.
#[derive(Debug)]
pub(super) struct ReplayCache {
    generations: Mutex<Generations>,
    capacity: usize,
}

#[derive(Debug, Default)]
struct Generations {
    generation: i64,
    young: HashSet<Thumbprint>,
    old: HashSet<Thumbprint>,
}

impl ReplayCache {
    /// A cache for this many proofs per generation.
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            generations: Mutex::default(),
            capacity,
        }
    }

    /// Records a proof used at `now` (seconds since 1970). Refused: a replayed proof, and any proof while the
    /// cache is full.
    pub(super) fn check_and_record(&self, id: &Thumbprint, now: i64, dry_run: bool) -> Result<(), AuthRefusal> {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        // Setting the clock back changes nothing, so that it cannot evict anything.
        let generation = now.div_euclid(GENERATION_SECONDS).max(generations.generation);
        if generation != generations.generation {
            let previous = std::mem::take(&mut generations.young);
            generations.old = if generation == generations.generation + 1 {
                previous
            } else {
                HashSet::new()
            };
            generations.generation = generation;
        }
        if generations.young.contains(id) || generations.old.contains(id) {
            return Err(AuthRefusal::ProofShownBefore);
        }
        if generations.young.len() >= self.capacity {
            return Err(AuthRefusal::ProofsTooMany);
        }
        if !dry_run {
            generations.young.insert(*id);
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
    fn a_proof_is_accepted_once_while_it_could_be_valid() {
        for first in [
            GENERATION_SECONDS * 1000,
            GENERATION_SECONDS * 1000 + GENERATION_SECONDS / 2,
            GENERATION_SECONDS * 1001 - 1,
        ] {
            let replays = ReplayCache::new(10);
            assert_eq!(replays.check_and_record(&id(1), first, true), Ok(()));
            assert_eq!(replays.check_and_record(&id(1), first, false), Ok(()));
            for later in 0..GENERATION_SECONDS {
                let again = replays.check_and_record(&id(1), first + later, false);
                assert_eq!(again, Err(AuthRefusal::ProofShownBefore), "after {later} seconds");
            }
            assert_eq!(
                replays.check_and_record(&id(1), first + 2 * GENERATION_SECONDS, false),
                Ok(())
            );
        }
    }

    #[test]
    fn setting_the_clock_back_does_not_make_a_replay_valid() {
        let replays = ReplayCache::new(10);
        assert_eq!(
            replays.check_and_record(&id(1), GENERATION_SECONDS * 1000, false),
            Ok(())
        );
        for at in [0, GENERATION_SECONDS * 500, GENERATION_SECONDS * 999] {
            assert_eq!(
                replays.check_and_record(&id(1), at, false),
                Err(AuthRefusal::ProofShownBefore)
            );
        }
    }

    #[test]
    fn a_full_cache_accepts_nothing_and_evicts_nothing() {
        let replays = ReplayCache::new(3);
        for number in 0..3 {
            assert_eq!(
                replays.check_and_record(&id(number), GENERATION_SECONDS * 1000, false),
                Ok(())
            );
        }
        assert_eq!(
            replays.check_and_record(&id(3), GENERATION_SECONDS * 1000, false),
            Err(AuthRefusal::ProofsTooMany)
        );
        assert_eq!(
            replays.check_and_record(&id(0), GENERATION_SECONDS * 1000, false),
            Err(AuthRefusal::ProofShownBefore)
        );
        assert_eq!(
            replays.check_and_record(&id(3), GENERATION_SECONDS * 1001, false),
            Ok(())
        );
        assert_eq!(
            replays.check_and_record(&id(0), GENERATION_SECONDS * 1001, false),
            Err(AuthRefusal::ProofShownBefore)
        );
    }
}
