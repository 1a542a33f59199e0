//! How much more it says that two people have a rare name in common than a frequent one.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

/// A name is told by itself if so many descriptions have it: fewer could be those of one family, and a model holds no personal data.
const LEAST_TOLD: u32 = 20;
/// The most names that are told by themselves.
const MOST_TOLD: usize = 1_000;
/// Fewer descriptions than this say nothing of how frequent names are.
const LEAST_KNOWN: u32 = 500;
/// The most that a name speaks for or against by being rare or frequent, in bits.
pub(super) const FURTHEST: f64 = 6.0;
/// Names are told in steps of so many bits: the parts of one.
const STEPS: f64 = 4.0;

/// What having a name in common says beside what it says on average, in bits: less than 0 for a frequent name.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rarity {
    /// The names that are told by themselves, folded.
    pub(super) told: HashMap<String, f64>,
    /// All others.
    pub(super) others: f64,
}

impl Rarity {
    /// What a name says.
    pub(super) fn of(&self, name: &str) -> f64 {
        self.told.get(name).copied().unwrap_or(self.others)
    }

    /// What a name says of whether two have it by chance: one that the model has not met is no more frequent than the rarest that it tells.
    pub(super) fn by_chance(&self, name: &str) -> f64 {
        let rarest = || self.told.values().copied().fold(self.others, f64::max);
        self.told.get(name).copied().unwrap_or_else(rarest)
    }

    /// Counts names; with too few of them every name says the same.
    pub(super) fn count<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        for name in names.filter(|name| !name.is_empty()) {
            *counts.entry(name).or_default() += 1;
        }
        let all: u32 = counts.values().sum();
        if all < LEAST_KNOWN {
            return Self::default();
        }
        let mut frequent: Vec<(&str, u32)> = counts.into_iter().collect();
        frequent.sort_by_key(|(name, count)| (Reverse(*count), *name));
        let told = frequent
            .iter()
            .take(MOST_TOLD)
            .take_while(|(_, count)| *count >= LEAST_TOLD);
        let (told, others) = frequent.split_at(told.count());
        let average = in_common(&frequent, all);
        let bits = |share: f64| {
            let bits = (average / share).log2().clamp(-FURTHEST, FURTHEST);
            // Nought has one sign.
            (bits * STEPS).round() / STEPS + 0.0
        };
        let others = if others.is_empty() {
            0.0
        } else {
            bits(in_common(others, all))
        };
        let told = told
            .iter()
            .map(|(name, count)| ((*name).to_owned(), bits(f64::from(*count) / f64::from(all))));
        Self {
            told: told.collect(),
            others,
        }
    }
}

/// How likely it is that somebody else has the name of somebody who has one of these names, among so many in all.
fn in_common(names: &[(&str, u32)], all: u32) -> f64 {
    let (pairs, people) = names.iter().fold((0.0, 0.0), |(pairs, people), (_, count)| {
        let count = f64::from(*count);
        (pairs + count * (count - 1.0), people + count)
    });
    // Names that nobody has twice may yet be had by one more.
    f64::max(pairs, 1.0) / f64::max(people, 1.0) / f64::from(all - 1)
}
