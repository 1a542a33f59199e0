//! Comparing addresses: by their letter pairs (bigrams) in any order, and by their numbers.

use super::{Agreement, normal, placeholders};

/// The similarity from which the words are the same.
const SAME: f64 = 0.9;
/// The similarity from which they are alike.
const ALIKE: f64 = 0.5;
/// The similarity from which they agree in part.
const PARTLY: f64 = 0.35;
/// The similarity of a whole address contained in a longer one.
const WITHIN: f64 = 0.85;
/// Fewer letter pairs than this inside a longer address are no evidence.
const MIN_PAIRS: usize = 5;

/// Words with several spellings, and the one that they are compared as.
const WORDS: [(&str, &str); 32] = [
    ("street", "st"),
    ("str", "st"),
    ("saint", "st"),
    ("road", "rd"),
    ("avenue", "av"),
    ("ave", "av"),
    ("lane", "ln"),
    ("drive", "dr"),
    ("close", "cl"),
    ("court", "ct"),
    ("crescent", "cr"),
    ("cres", "cr"),
    ("place", "pl"),
    ("gardens", "gdns"),
    ("garden", "gdns"),
    ("gdn", "gdns"),
    ("square", "sq"),
    ("terrace", "ter"),
    ("terr", "ter"),
    ("walk", "wk"),
    ("way", "wy"),
    ("grove", "gr"),
    ("circuit", "cct"),
    ("parade", "pde"),
    ("apartment", "flat"),
    ("apt", "flat"),
    ("flt", "flat"),
    ("house", "hse"),
    ("building", "bldg"),
    ("north", "n"),
    ("south", "s"),
    ("the", ""),
];

/// An address prepared for comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Address {
    /// Words with digits, sorted.
    numbers: Vec<String>,
    /// The letter pairs of all other words concatenated, sorted.
    pairs: Vec<[u8; 2]>,
}

impl Address {
    pub(super) fn of(text: &str) -> Self {
        let folded = normal::fold(text);
        let mut address = Self::default();
        if placeholders::is_address(&folded) {
            return address;
        }
        let mut letters = String::with_capacity(folded.len());
        for word in folded.split(' ').filter(|word| !word.is_empty()) {
            if word.starts_with(|first: char| first.is_ascii_digit()) {
                address.numbers.push(word.to_owned());
            } else {
                let written = WORDS.iter().find(|(long, _)| *long == word);
                letters.push_str(written.map_or(word, |(_, short)| short));
            }
        }
        address.numbers.sort();
        address.numbers.dedup();
        address.pairs = letters.as_bytes().windows(2).map(|pair| [pair[0], pair[1]]).collect();
        address.pairs.sort_unstable();
        address
    }

    /// The normalised address: the same or nearly so, whatever the spelling and order of its words.
    pub(super) fn plain(text: &str) -> String {
        let address = Self::of(text);
        let pairs = address.pairs.iter().flatten().map(|letter| char::from(*letter));
        let numbers = address.numbers.iter().flat_map(|number| number.chars().chain([' ']));
        numbers.chain(pairs).collect()
    }

    /// Each number of an address with the words of its street: the first word after it, and the next if that
    /// is followed by a word for a street.
    pub(super) fn streets(text: &str) -> Vec<(String, String)> {
        let folded = normal::fold(text);
        if placeholders::is_address(&folded) {
            return Vec::new();
        }
        let words: Vec<&str> = folded.split(' ').collect();
        let is_number = |word: &str| word.starts_with(|first: char| first.is_ascii_digit());
        let is_street = |word: &str| WORDS.iter().any(|(long, short)| word == *long || word == *short);
        let names_it = |word: &str| word.len() > 2 && !is_number(word) && !is_street(word);
        let mut streets = Vec::new();
        for (at, number) in words.iter().enumerate().filter(|(_, word)| is_number(word)) {
            let after = &words[at + 1..];
            let Some(first) = after.iter().position(|word| names_it(word)) else {
                continue;
            };
            streets.push(((*number).to_owned(), after[first].to_owned()));
            if let [second, third, ..] = &after[first + 1..]
                && names_it(second)
                && is_street(third)
            {
                streets.push(((*number).to_owned(), (*second).to_owned()));
            }
        }
        streets
    }

    fn is_empty(&self) -> bool {
        self.numbers.is_empty() && self.pairs.is_empty()
    }
}

/// How well two addresses agree.
pub(super) fn addresses(one: &Address, other: &Address) -> Agreement {
    if one.is_empty() || other.is_empty() || one.pairs.is_empty() != other.pairs.is_empty() {
        return Agreement::Missing;
    }
    let alike = likeness(&one.pairs, &other.pairs);
    let known = !one.numbers.is_empty() && !other.numbers.is_empty();
    let numbers_differ = known && !one.numbers.iter().any(|number| other.numbers.contains(number));
    match alike {
        // Only numbers, and different ones.
        _ if one.pairs.is_empty() && numbers_differ => Agreement::Disagrees,
        _ if alike >= SAME && !numbers_differ => Agreement::Exact,
        _ if alike >= SAME => Agreement::Near,
        _ if alike >= ALIKE && !numbers_differ => Agreement::Similar,
        _ if alike >= PARTLY => Agreement::Part,
        _ => Agreement::Disagrees,
    }
}

/// The overlap of two sorted lists, from 0 to 1: relative to both, or to the shorter one at a discount.
fn likeness(one: &[[u8; 2]], other: &[[u8; 2]]) -> f64 {
    let (mut left, mut right, mut common) = (0, 0, 0_u32);
    while let (Some(first), Some(second)) = (one.get(left), other.get(right)) {
        match first.cmp(second) {
            std::cmp::Ordering::Less => left += 1,
            std::cmp::Ordering::Greater => right += 1,
            std::cmp::Ordering::Equal => {
                common += 1;
                left += 1;
                right += 1;
            }
        }
    }
    let (shorter, both) = (one.len().min(other.len()), one.len() + other.len());
    if both == 0 {
        // Only numbers on both sides.
        return 1.0;
    }
    let share = |of: usize| f64::from(common) / f64::from(u32::try_from(of).unwrap_or(u32::MAX));
    let of_both = 2.0 * share(both);
    if shorter >= MIN_PAIRS {
        of_both.max(WITHIN * share(shorter))
    } else {
        of_both
    }
}
