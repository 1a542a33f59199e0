//! A bounded cache, limited in bytes. The least used values are evicted.

use std::hash::Hash;

use quick_cache::{DefaultHashBuilder, Lifecycle, Weighter, unsync::Cache};

/// How much of the limit a value takes.
pub(super) trait Size {
    /// An approximate size in bytes.
    fn bytes(&self) -> usize;
}

/// A cache of values with stamps: a value is only returned for the stamp that it was inserted with.
#[derive(Debug)]
pub(super) struct Bounded<K, S, V> {
    cache: Cache<K, (S, V), BySize, DefaultHashBuilder, CollectEvicted>,
    evicted: Vec<(S, V)>,
}

#[derive(Clone, Debug)]
struct BySize;

impl<K, S, V: Size> Weighter<K, (S, V)> for BySize {
    fn weight(&self, _: &K, (_, value): &(S, V)) -> u64 {
        value.bytes() as u64
    }
}

/// Collects evicted values, so that they are dropped outside the lock.
#[derive(Clone, Debug)]
struct CollectEvicted;

impl<K, S, V> Lifecycle<K, (S, V)> for CollectEvicted {
    type RequestState = Vec<(S, V)>;

    fn on_evict(&self, evicted: &mut Self::RequestState, _: K, value: (S, V)) {
        evicted.push(value);
    }
}

impl<K: Eq + Hash, S: PartialEq, V: Clone + Size> Bounded<K, S, V> {
    /// A cache of at most `capacity` bytes, for values of about `each` bytes.
    pub(super) fn new(capacity: usize, each: usize) -> Self {
        let hasher = DefaultHashBuilder::default();
        Self {
            cache: Cache::with(capacity / each, capacity as u64, BySize, hasher, CollectEvicted),
            evicted: Vec::new(),
        }
    }

    /// The evicted values. Dropping them takes time.
    pub(super) fn take_evicted(&mut self) -> Vec<(S, V)> {
        std::mem::take(&mut self.evicted)
    }

    pub(super) fn get(&self, stamp: &S, key: &K) -> Option<V> {
        let (inserted_with, value) = self.cache.get(key)?;
        (inserted_with == stamp).then(|| value.clone())
    }

    pub(super) fn insert(&mut self, stamp: S, key: K, value: V) {
        self.cache.insert_with_lifecycle(key, (stamp, value), &mut self.evicted);
    }

    pub(super) fn remove(&mut self, key: &K) {
        self.evicted.extend(self.cache.remove(key).map(|(_, value)| value));
    }
}
