//! Things that are kept up to a bound, those that were asked for least lately forgotten first.

use std::{collections::HashMap, hash::Hash};

/// What a thing takes of the bound.
pub(super) trait Size {
    /// In bytes, about.
    fn bytes(&self) -> usize;
}

/// Things in two halves: what is asked for moves to the young one, and when that is full it takes the place of the old one, which is forgotten. Each is kept under a stamp, and
/// is there for whoever asks under the same.
#[derive(Debug)]
pub(super) struct Bounded<K, S, V> {
    half: usize,
    young: HashMap<K, (S, V)>,
    young_bytes: usize,
    old: HashMap<K, (S, V)>,
    forgotten: Vec<HashMap<K, (S, V)>>,
}

impl<K: Eq + Hash, S: PartialEq, V: Clone + Size> Bounded<K, S, V> {
    /// At most so many bytes, and one thing more.
    pub(super) fn new(most: usize) -> Self {
        Self {
            half: most.div_ceil(2),
            young: HashMap::new(),
            young_bytes: 0,
            old: HashMap::new(),
            forgotten: Vec::new(),
        }
    }

    /// What has been forgotten. It is many things at once, which take their time to go: they had better go when nobody waits.
    pub(super) fn take_forgotten(&mut self) -> Vec<HashMap<K, (S, V)>> {
        std::mem::take(&mut self.forgotten)
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
        if self.young_bytes >= self.half {
            let young = std::mem::take(&mut self.young);
            self.forgotten.push(std::mem::replace(&mut self.old, young));
            self.young_bytes = 0;
        }
        self.young_bytes += value.bytes();
        if let Some((_, before)) = self.young.insert(key, (stamp, value)) {
            self.young_bytes -= before.bytes();
        }
    }

    pub(super) fn forget(&mut self, key: &K) {
        if let Some((_, before)) = self.young.remove(key) {
            self.young_bytes -= before.bytes();
        }
        self.old.remove(key);
    }
}
