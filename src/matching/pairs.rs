//! Blocking: pairs of descriptions that share a key, as a look-up would find them.

use std::collections::HashMap;

use super::{
    Description,
    keys::{self, Kind},
};

/// A key shared by more people than this is ignored, since it would not distinguish anybody.
const MAX_PER_KEY: usize = 2_000;
/// How many pairs are collected before duplicates are merged.
const BATCH: usize = 4_000_000;

/// Two descriptions by index, and the kinds of keys that they share, as bits in the order of [`Kind::ALL`].
type Found = (usize, usize, u8);

/// The pairs of `asked` and `stored` that share a key, as indices, sorted, without duplicates. Without
/// `stored`, the pairs within `asked`, the lower index first.
pub fn blocked(asked: &[Description], stored: Option<&[Description]>) -> Vec<(usize, usize)> {
    let found = with_kinds(asked, stored);
    found.into_iter().map(|(one, other, _)| (one, other)).collect()
}

/// The same, with the kinds of keys.
pub(super) fn with_kinds(asked: &[Description], stored: Option<&[Description]>) -> Vec<Found> {
    let mut holders: HashMap<i64, Vec<usize>> = HashMap::new();
    for (place, person) in stored.unwrap_or(asked).iter().enumerate() {
        let by_place = keys::by_place(person.postcode.as_deref(), person.address.as_deref());
        for key in keys::stored(person).into_iter().chain(by_place) {
            holders.entry(key).or_default().push(place);
        }
    }
    let mut pairs: Vec<Found> = Vec::new();
    let mut limit = BATCH;
    for (place, person) in asked.iter().enumerate() {
        for (key, kind) in keys::of_asked(person) {
            let Some(others) = holders.get(&key).filter(|all| all.len() <= MAX_PER_KEY) else {
                continue;
            };
            let found = others.iter().map(|other| (place, *other, bit(kind)));
            if stored.is_some() {
                pairs.extend(found);
            } else {
                let others = found.filter(|(one, other, _)| one != other);
                pairs.extend(others.map(|(one, other, kind)| (one.min(other), one.max(other), kind)));
            }
        }
        if pairs.len() > limit {
            merge(&mut pairs);
            limit = pairs.len() + BATCH;
        }
    }
    merge(&mut pairs);
    pairs
}

/// The bit of a kind.
pub(super) fn bit(kind: Kind) -> u8 {
    Kind::ALL
        .iter()
        .position(|own| *own == kind)
        .map_or(0, |place| 1 << place)
}

/// Sorts pairs and merges duplicates found by several keys.
fn merge(pairs: &mut Vec<Found>) {
    pairs.sort_unstable();
    pairs.dedup_by(|next, kept| {
        let same = (next.0, next.1) == (kept.0, kept.1);
        if same {
            kept.2 |= next.2;
        }
        same
    });
}
