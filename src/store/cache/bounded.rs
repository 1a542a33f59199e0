//! Things that are kept up to a bound, in bytes. What is asked for least makes room.

use std::hash::Hash;

use quick_cache::{DefaultHashBuilder, Lifecycle, Weighter, unsync::Cache};

/// What a thing takes of the bound.
pub(super) trait Size {
    /// In bytes, about.
    fn bytes(&self) -> usize;
}

/// Things under stamps: each is there for whoever asks under the stamp that it was put under.
#[derive(Debug)]
pub(super) struct Bounded<K, S, V> {
    kept: Cache<K, (S, V), BySize, DefaultHashBuilder, HandOut>,
    forgotten: Vec<(S, V)>,
}

#[derive(Clone, Debug)]
struct BySize;

impl<K, S, V: Size> Weighter<K, (S, V)> for BySize {
    fn weight(&self, _: &K, (_, value): &(S, V)) -> u64 {
        value.bytes() as u64
    }
}

/// Gives out what has to go, so that it goes when nobody waits for it.
#[derive(Clone, Debug)]
struct HandOut;

impl<K, S, V> Lifecycle<K, (S, V)> for HandOut {
    type RequestState = Vec<(S, V)>;

    fn on_evict(&self, forgotten: &mut Self::RequestState, _: K, value: (S, V)) {
        forgotten.push(value);
    }
}

impl<K: Eq + Hash, S: PartialEq, V: Clone + Size> Bounded<K, S, V> {
    /// At most so many bytes, of things that take about so many.
    pub(super) fn new(most: usize, each: usize) -> Self {
        let hasher = DefaultHashBuilder::default();
        Self {
            kept: Cache::with(most / each, most as u64, BySize, hasher, HandOut),
            forgotten: Vec::new(),
        }
    }

    /// What has been forgotten. It takes its time to go.
    pub(super) fn take_forgotten(&mut self) -> Vec<(S, V)> {
        std::mem::take(&mut self.forgotten)
    }

    pub(super) fn get(&self, stamp: &S, key: &K) -> Option<V> {
        let (kept_under, value) = self.kept.get(key)?;
        (kept_under == stamp).then(|| value.clone())
    }

    pub(super) fn put(&mut self, stamp: S, key: K, value: V) {
        self.kept
            .insert_with_lifecycle(key, (stamp, value), &mut self.forgotten);
    }

    pub(super) fn forget(&mut self, key: &K) {
        self.forgotten.extend(self.kept.remove(key).map(|(_, value)| value));
    }
}
