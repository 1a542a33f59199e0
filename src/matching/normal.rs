//! Texts as they are compared: folded to plain lower-case letters and digits, without what people write differently.
//!
//! Every text is cut to a bounded length first, so that nothing that follows can be made to take long.

use super::{Description, nicknames};

/// The most letters of a text that are looked at.
const LONGEST: usize = 160;
/// The most parts of a name.
const MOST_PARTS: usize = 6;
/// The most letters of a name in all, after folding.
const LONGEST_NAME: usize = 48;
/// The most identifiers of one person that are looked at.
const MOST_IDENTIFIERS: usize = 12;

/// Written before or after names, and not part of them.
const TITLES: [&str; 22] = [
    "mr", "mrs", "ms", "miss", "mx", "master", "mstr", "dr", "prof", "rev", "revd", "sir", "lady", "lord", "dame",
    "cllr", "jr", "jnr", "junior", "sr", "snr", "esq",
];
/// Beginnings of family names that are written apart or together, and never stand alone.
const PARTICLES: [&str; 27] = [
    "o", "mc", "mac", "st", "saint", "de", "del", "della", "di", "da", "dos", "du", "la", "le", "van", "von", "der",
    "den", "ter", "ten", "al", "el", "abd", "abdul", "bin", "ibn", "ap",
];

/// A name: its parts, and all of them in one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Name {
    /// The parts, particles joined to what they begin.
    pub(super) parts: Vec<String>,
    /// The parts without anything between them.
    pub(super) whole: String,
}

impl Name {
    pub(super) fn is_empty(&self) -> bool {
        self.whole.is_empty()
    }

    /// The first part.
    pub(super) fn first(&self) -> &str {
        self.parts.first().map_or("", String::as_str)
    }

    /// The first part as the nickname list's own name for it, or as it is.
    pub(super) fn formal(&self) -> &str {
        nicknames::formal(self.first()).unwrap_or_else(|| self.first())
    }
}

/// Plain lower-case letters and digits, words apart by one blank. Apostrophes join, everything else divides.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len().min(LONGEST));
    for letter in text.chars().take(LONGEST) {
        match letter {
            '\'' | '\u{2019}' | '\u{2018}' | '\u{02BC}' | '`' | '\u{00B4}' => {}
            _ if letter.is_ascii() => push(&mut folded, letter),
            _ => any_ascii::any_ascii_char(letter)
                .chars()
                .for_each(|plain| push(&mut folded, plain)),
        }
        if folded.len() >= LONGEST {
            break;
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

fn push(folded: &mut String, letter: char) {
    if letter.is_ascii_alphanumeric() {
        folded.push(letter.to_ascii_lowercase());
    } else if letter != '\'' && !folded.is_empty() && !folded.ends_with(' ') {
        folded.push(' ');
    }
}

/// A name without titles, in parts.
pub(super) fn name(text: &str) -> Name {
    let folded = fold(text);
    let words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    let untitled: Vec<&str> = words.iter().copied().filter(|word| !TITLES.contains(word)).collect();
    // Somebody may be called Master or Lord, and nothing else.
    let words = if untitled.is_empty() { words } else { untitled };
    let mut name = Name::default();
    let mut begun = String::new();
    for word in words {
        let room = LONGEST_NAME.saturating_sub(name.whole.len());
        let word = word.get(..room).unwrap_or(word);
        name.whole.push_str(word);
        begun.push_str(word);
        if !PARTICLES.contains(&word) && !begun.is_empty() && name.parts.len() < MOST_PARTS {
            name.parts.push(std::mem::take(&mut begun));
        }
    }
    if !begun.is_empty() && name.parts.len() < MOST_PARTS {
        name.parts.push(begun);
    }
    name
}

/// Letters and digits without anything between them, in capitals as postcodes and numbers are written.
pub(super) fn code(text: &str) -> String {
    let mut code = fold(text);
    code.retain(|letter| letter != ' ');
    code.truncate(LONGEST_NAME);
    code.make_ascii_uppercase();
    code
}

/// The identifiers that say something, as system and value.
pub(super) fn identifiers(description: &Description) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = description
        .identifiers
        .iter()
        .take(MOST_IDENTIFIERS)
        .map(|identifier| (code(&identifier.system), code(&identifier.value)))
        .filter(|(system, value)| !system.is_empty() && !value.is_empty())
        .collect();
    all.sort();
    all.dedup();
    all
}
