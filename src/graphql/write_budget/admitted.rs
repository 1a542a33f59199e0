//! What an operation that is made again has counted already.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::store::write::budget::Count;

/// The changes of an operation that were counted. What is made again, because another change came first, is not counted again.
#[derive(Debug, Default)]
pub struct Admitted(Mutex<Counted>);

#[derive(Debug, Default)]
struct Counted {
    now: Vec<Vec<Count>>,
    before: Vec<Vec<Count>>,
}

impl Admitted {
    /// The operation is made again, from its beginning.
    pub fn again(&self) {
        let mut counted = self.counted();
        let now = std::mem::take(&mut counted.now);
        counted.before.extend(now);
    }

    /// Whether such a change was counted when the operation was made before, once for each time.
    pub(super) fn before(&self, counts: &[Count]) -> bool {
        let mut counted = self.counted();
        let found = counted.before.iter().position(|before| before == counts);
        if let Some(place) = found {
            let known = counted.before.swap_remove(place);
            counted.now.push(known);
        }
        found.is_some()
    }

    pub(super) fn note(&self, counts: Vec<Count>) {
        self.counted().now.push(counts);
    }

    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(holder: i64) -> Vec<Count> {
        vec![Count { holder, allowed: 3 }]
    }

    #[test]
    fn what_is_made_again_is_counted_once_and_what_is_made_twice_twice() {
        let admitted = Admitted::default();
        for holder in [1, 1, 2] {
            assert!(!admitted.before(&counts(holder)));
            admitted.note(counts(holder));
        }
        for _ in 0..2 {
            admitted.again();
            let before = [1, 2, 1, 1].map(|holder| admitted.before(&counts(holder)));
            assert_eq!(before, [true, true, true, false], "the third of its kind is new");
        }
    }
}
