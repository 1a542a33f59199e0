//! A bounded number of things, those that were asked for least lately forgotten first.

use std::{collections::HashMap, hash::Hash};

/// Things in two halves: what is asked for moves to the young one, and when that is full it takes the place of the old one, which is forgotten. Each is kept under a stamp, and
/// is there for whoever asks under the same.
#[derive(Debug)]
pub(super) struct Bounded<K, S, V> {
    half: usize,
    young: HashMap<K, (S, V)>,
    old: HashMap<K, (S, V)>,
}

impl<K: Eq + Hash, S: PartialEq, V: Clone> Bounded<K, S, V> {
    /// At most so many, or one more.
    pub(super) fn new(most: usize) -> Self {
        Self {
            half: most.div_ceil(2),
            young: HashMap::new(),
            old: HashMap::new(),
        }
    }

    pub(super) fn get(&mut self, stamp: &S, key: K) -> Option<V> {
        if let Some((kept_under, value)) = self.young.get(&key) {
            return (kept_under == stamp).then(|| value.clone());
        }
        let (kept_under, value) = self.old.remove(&key)?;
        if kept_under != *stamp {
            return None;
        }
        let found = value.clone();
        self.keep(key, kept_under, value);
        Some(found)
    }

    pub(super) fn put(&mut self, stamp: S, key: K, value: V) {
        self.old.remove(&key);
        self.keep(key, stamp, value);
    }

    fn keep(&mut self, key: K, stamp: S, value: V) {
        if self.young.len() >= self.half {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, (stamp, value));
    }

    pub(super) fn forget(&mut self, key: &K) {
        self.young.remove(key);
        self.old.remove(key);
    }
}
