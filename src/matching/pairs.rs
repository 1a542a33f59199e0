//! Pairs of descriptions that share a key, as a look-up would find them.

use std::collections::HashMap;

use super::{Description, keys};

/// A key that more people have than this finds nobody: so many would not tell anybody apart.
const MOST_WITH_A_KEY: usize = 2_000;

/// The pairs of `asked` and `stored` that share a key, by their places, sorted, each once. Without `stored`, the pairs within `asked`, the earlier
/// place first.
pub fn blocked(asked: &[Description], stored: Option<&[Description]>) -> Vec<(usize, usize)> {
    let mut holders: HashMap<i64, Vec<usize>> = HashMap::new();
    for (place, person) in stored.unwrap_or(asked).iter().enumerate() {
        for key in all_stored(person) {
            holders.entry(key).or_default().push(place);
        }
    }
    let mut pairs = Vec::new();
    for (place, person) in asked.iter().enumerate() {
        let found = keys::asked(person).into_iter().filter_map(|key| holders.get(&key));
        let others = found.filter(|all| all.len() <= MOST_WITH_A_KEY).flatten();
        if stored.is_some() {
            pairs.extend(others.map(|other| (place, *other)));
        } else {
            pairs.extend(
                others
                    .filter(|other| **other != place)
                    .map(|other| (place.min(*other), place.max(*other))),
            );
        }
        // Sorting now and then keeps what is gathered twice from filling the memory.
        if pairs.len() > 2 * pairs.capacity() / 3 && pairs.len() > 1_000_000 {
            pairs.sort_unstable();
            pairs.dedup();
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// All keys under which a person is kept, that by place included.
fn all_stored(person: &Description) -> Vec<i64> {
    let mut all = keys::stored(person);
    all.extend(keys::by_place(person.postcode.as_deref(), person.address.as_deref()));
    all
}
