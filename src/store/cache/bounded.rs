//! A bounded cache that evicts the least recently used half.

use std::{collections::HashMap, hash::Hash};

/// How much of the limit a value takes.
pub(super) trait Size {
    /// An approximate size in bytes.
    fn bytes(&self) -> usize;
}

/// A cache in two generations: a hit moves to the young one, and when that is full it replaces the old one,
/// which is evicted. Each value has a stamp and is only returned for the same stamp.
#[derive(Debug)]
pub(super) struct Bounded<K, S, V> {
    half: usize,
    young: HashMap<K, (S, V)>,
    young_bytes: usize,
    old: HashMap<K, (S, V)>,
    evicted: Vec<HashMap<K, (S, V)>>,
}

impl<K: Eq + Hash, S: PartialEq, V: Clone + Size> Bounded<K, S, V> {
    /// A cache of at most `capacity` bytes, plus one value.
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            half: capacity.div_ceil(2),
            young: HashMap::new(),
            young_bytes: 0,
            old: HashMap::new(),
            evicted: Vec::new(),
        }
    }

    /// The evicted values. Dropping so many takes time, which is best spent outside the lock.
    pub(super) fn take_evicted(&mut self) -> Vec<HashMap<K, (S, V)>> {
        std::mem::take(&mut self.evicted)
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

    pub(super) fn insert(&mut self, stamp: S, key: K, value: V) {
        self.old.remove(&key);
        self.keep(key, stamp, value);
    }

    fn keep(&mut self, key: K, stamp: S, value: V) {
        if self.young_bytes >= self.half {
            let young = std::mem::take(&mut self.young);
            self.evicted.push(std::mem::replace(&mut self.old, young));
            self.young_bytes = 0;
        }
        self.young_bytes += value.bytes();
        if let Some((_, before)) = self.young.insert(key, (stamp, value)) {
            self.young_bytes -= before.bytes();
        }
    }

    pub(super) fn remove(&mut self, key: &K) {
        if let Some((_, before)) = self.young.remove(key) {
            self.young_bytes -= before.bytes();
        }
        self.old.remove(key);
    }
}
