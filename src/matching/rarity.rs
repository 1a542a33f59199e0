//! Name rarity: how much stronger evidence a shared rare name is than a frequent one.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

/// A name is listed in a model only if this many descriptions have it: fewer could be one family, and a model
/// must not contain personal data.
const MIN_LISTED: u32 = 20;
/// The most names listed in a model.
const MAX_LISTED: usize = 1_000;
/// With fewer descriptions than this, nothing is known of name frequencies.
const MIN_KNOWN: u32 = 500;
/// The largest weight of rarity, for or against, in bits.
pub(super) const MAX_WEIGHT: f64 = 6.0;
/// The resolution of weights: steps per bit.
const STEPS_PER_BIT: f64 = 4.0;

/// The weight of sharing a name relative to the average, in bits: negative for a frequent name.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rarity {
    /// The listed names, folded.
    pub(super) listed: HashMap<String, f64>,
    /// The weight of all other names.
    pub(super) others: f64,
}

impl Rarity {
    /// The weight of a name.
    pub(super) fn of(&self, name: &str) -> f64 {
        self.listed.get(name).copied().unwrap_or(self.others)
    }

    /// The weight of a name for chance agreement: an unlisted name counts like the rarest listed one.
    pub(super) fn by_chance(&self, name: &str) -> f64 {
        let rarest = || self.listed.values().copied().fold(self.others, f64::max);
        self.listed.get(name).copied().unwrap_or_else(rarest)
    }

    /// Counts names; with too few of them every name has the same weight.
    pub(super) fn count<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        for name in names.filter(|name| !name.is_empty()) {
            *counts.entry(name).or_default() += 1;
        }
        let all: u32 = counts.values().sum();
        if all < MIN_KNOWN {
            return Self::default();
        }
        let mut frequent: Vec<(&str, u32)> = counts.into_iter().collect();
        frequent.sort_by_key(|(name, count)| (Reverse(*count), *name));
        let listed = frequent
            .iter()
            .take(MAX_LISTED)
            .take_while(|(_, count)| *count >= MIN_LISTED);
        let (listed, others) = frequent.split_at(listed.count());
        let average = chance_of_sharing(&frequent, all);
        let bits = |share: f64| {
            let bits = (average / share).log2().clamp(-MAX_WEIGHT, MAX_WEIGHT);
            // Turns negative zero into zero.
            (bits * STEPS_PER_BIT).round() / STEPS_PER_BIT + 0.0
        };
        let others = if others.is_empty() {
            0.0
        } else {
            bits(chance_of_sharing(others, all))
        };
        let listed = listed
            .iter()
            .map(|(name, count)| ((*name).to_owned(), bits(f64::from(*count) / f64::from(all))));
        Self {
            listed: listed.collect(),
            others,
        }
    }
}

/// The probability that another person shares the name of somebody who has one of these names, among `all`
/// people.
fn chance_of_sharing(names: &[(&str, u32)], all: u32) -> f64 {
    let (pairs, people) = names.iter().fold((0.0, 0.0), |(pairs, people), (_, count)| {
        let count = f64::from(*count);
        (pairs + count * (count - 1.0), people + count)
    });
    // A name that nobody shares yet may still be shared by one more person.
    f64::max(pairs, 1.0) / f64::max(people, 1.0) / f64::from(all - 1)
}
