//! Name frequencies: the share of people with a name, or with one that sounds, begins or ends like it; that
//! is, how often an agency comes across the same by chance.
//!
//! Chance repetitions are not guessing. So too small a share obstructs honest users, and too large a one
//! allows more values to be tried: the larger of the built-in list's share and the model's counts.

use std::collections::{BTreeMap, HashMap};

use super::{Agreement, Field, Model, keys};

/// Each line says how many of 100,000 people have each of its names.
const LIST: &str = include_str!("frequent.txt");
const OF: f64 = 100_000.0;

/// Which name of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Which {
    Family,
    Given,
}

/// Which feature of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Of {
    Sound,
    Head,
    Tail,
}

impl Of {
    /// The share assumed for names that are on no list.
    const fn floor(self, which: Which) -> f64 {
        match (which, self) {
            (Which::Family, Self::Sound) => 0.0004,
            (Which::Family, Self::Head) => 0.001,
            (Which::Family, Self::Tail) | (Which::Given, Self::Sound | Self::Head) => 0.0015,
            (Which::Given, Self::Tail) => 0.003,
        }
    }

    /// By how much to scale shares of listed names up to everybody: unlisted names begin and end like listed
    /// ones.
    const fn scale(self, which: Which) -> f64 {
        match (which, self) {
            (_, Self::Sound) => 1.0,
            (Which::Family, _) => 1.6,
            (Which::Given, _) => 1.2,
        }
    }
}

/// The beginning and the end of a name: at most half of it each, so that a mistake in one letter leaves one
/// of them unchanged.
pub(super) fn ends(name: &str) -> [(Of, &str); 2] {
    ends_of(name, length(name.len()))
}

/// The same for every length of the name within one typing mistake, so that two such names share one of them.
pub(super) fn ends_when_slipped(name: &str) -> Vec<(Of, &str)> {
    let letters = name.len();
    let mut lengths = [letters.saturating_sub(1), letters, letters + 1].map(length).to_vec();
    lengths.dedup();
    lengths.into_iter().flat_map(|length| ends_of(name, length)).collect()
}

/// The length of the beginning, and of the end, for a name with this many letters.
const fn length(letters: usize) -> usize {
    match letters {
        0..4 => 1,
        4..6 => 2,
        _ => 3,
    }
}

fn ends_of(name: &str, length: usize) -> [(Of, &str); 2] {
    let head = name.get(..length).unwrap_or(name);
    let tail = name.get(name.len().saturating_sub(length)..).unwrap_or(name);
    [(Of::Head, head), (Of::Tail, tail)]
}

/// The shares of names and their features.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frequencies(HashMap<(Which, Of, String), f64>);

impl Frequencies {
    /// From the built-in list and the names listed in a model.
    pub fn of(model: &Model) -> Self {
        // In a fixed order, so that the sums are the same everywhere.
        let mut names: BTreeMap<(Which, &str), f64> = BTreeMap::new();
        let mut which = Which::Family;
        for line in LIST.lines().filter(|line| !line.starts_with('#')) {
            let mut words = line.split_ascii_whitespace();
            match words.next() {
                Some("[family]") => which = Which::Family,
                Some("[given]") => which = Which::Given,
                Some(many) => {
                    let share = many.parse().unwrap_or(0.0) / OF;
                    names.extend(words.map(|name| ((which, name), share)));
                }
                None => {}
            }
        }
        for (which, field, rarity) in [
            (Which::Family, Field::FamilyName, &model.rarity[0]),
            (Which::Given, Field::GivenName, &model.rarity[1]),
        ] {
            // Rarity is relative to the probability that two people share a name.
            let average = model.by_chance(field, Agreement::Exact);
            for (name, bits) in &rarity.listed {
                let share = average * (-bits).exp2();
                let known = names.entry((which, name)).or_default();
                *known = known.max(share);
            }
        }
        let mut shares: HashMap<(Which, Of, String), f64> = HashMap::new();
        for ((which, name), share) in names {
            let sound = keys::sound(name).unwrap_or_default();
            for (of, text) in ends_when_slipped(name).into_iter().chain([(Of::Sound, sound.as_str())]) {
                *shares.entry((which, of, text.to_owned())).or_default() += share * of.scale(which);
            }
        }
        Self(shares)
    }

    /// The share of people with that feature.
    pub(super) fn share(&self, which: Which, of: Of, text: &str) -> f64 {
        let known = self.0.get(&(which, of, text.to_owned())).copied().unwrap_or_default();
        (known + of.floor(which)).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequent_names_have_large_shares_and_rare_ones_small_ones() {
        let all = Frequencies::of(Model::standard());
        let sound = |which, name: &str| all.share(which, Of::Sound, &keys::sound(name).unwrap());
        assert!(sound(Which::Family, "smith") > 0.011);
        assert!((sound(Which::Family, "smith") - sound(Which::Family, "smyth")).abs() < 1e-12);
        assert!(sound(Which::Family, "quillfeather") < 0.0005);
        assert!(sound(Which::Given, "john") > 0.009);
        assert!(all.share(Which::Family, Of::Head, "sm") > sound(Which::Family, "smith"));
        assert!(all.share(Which::Family, Of::Tail, "son") > 0.03);
    }

    #[test]
    fn beginnings_and_ends_are_no_more_than_half_of_a_name() {
        let parts = |name| ends(name).map(|(_, part)| part);
        assert_eq!(parts("hardman"), ["har", "man"]);
        assert_eq!(parts("susan"), ["su", "an"]);
        assert_eq!(parts("lee"), ["l", "e"]);
        assert_eq!(parts("ng"), ["n", "g"]);
        assert_eq!(parts(""), ["", ""]);
    }
}
