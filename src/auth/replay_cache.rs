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
mod tests;
