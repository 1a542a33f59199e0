//! Texts as they are compared: folded to plain lower-case letters and digits, without what people write differently.
//!
//! Every text is cut to a bounded length first, so that nothing that follows can be made to take long.

use std::{collections::HashSet, sync::LazyLock};

use super::{lists, nicknames, placeholders, repair};

/// The most letters of a text that are looked at.
const LONGEST: usize = 160;
/// The most parts of a name.
const MOST_PARTS: usize = 4;
/// The most letters of a name in all, after folding.
const LONGEST_NAME: usize = 48;
/// A letter that got lost.
pub(super) const LOST: char = '?';

/// Words that are read in two ways.
const WORDS: &str = include_str!("words.txt");
static TITLES: LazyLock<HashSet<&str>> = LazyLock::new(|| words("titles"));
static PARTICLES: LazyLock<HashSet<&str>> = LazyLock::new(|| words("particles"));
static SHARED: LazyLock<HashSet<&str>> = LazyLock::new(|| words("shared"));

fn words(section: &str) -> HashSet<&'static str> {
    lists::lines(WORDS, section)
        .flat_map(str::split_ascii_whitespace)
        .collect()
}

/// Whether a name is one that whole families of brothers have.
pub(super) fn is_shared(word: &str) -> bool {
    SHARED.contains(word)
}

/// Whether a word stands beside many names, so that to have it in common says little.
pub(super) fn is_beside(word: &str) -> bool {
    is_shared(word) || PARTICLES.contains(word) || TITLES.contains(word)
}

/// Whether a word may be a title.
pub(super) fn is_title(word: &str) -> bool {
    TITLES.contains(word)
}

/// One way to read a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reading {
    /// Its parts.
    pub(super) parts: Vec<String>,
    /// The parts without anything between them.
    pub(super) whole: String,
}

impl Reading {
    /// The first part.
    pub(super) fn first(&self) -> &str {
        self.parts.first().map_or("", String::as_str)
    }

    fn push(&mut self, word: &str, joined: bool) {
        let room = LONGEST_NAME.saturating_sub(self.whole.len());
        let word = word.get(..room).unwrap_or(word);
        if word.is_empty() {
            return;
        }
        self.whole.push_str(word);
        let full = self.parts.len() >= MOST_PARTS;
        match self.parts.last_mut() {
            Some(begun) if joined => begun.push_str(word),
            _ if full => {}
            _ => self.parts.push(word.to_owned()),
        }
    }
}

/// A name, as it is read at first, and word by word where that is another thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Name {
    /// Without titles, particles joined to what they begin.
    pub(super) usual: Reading,
    /// Every word by itself, if there are titles or particles.
    pub(super) literal: Option<Reading>,
    /// It was given, and what was given stands for nothing.
    pub(super) stands_for_none: bool,
}

impl Name {
    pub(super) fn is_empty(&self) -> bool {
        self.usual.whole.is_empty()
    }

    /// The first part.
    pub(super) fn first(&self) -> &str {
        self.usual.first()
    }

    /// The first part as the nickname list's own name for it, or as it is.
    pub(super) fn formal(&self) -> &str {
        nicknames::formal(self.first()).unwrap_or_else(|| self.first())
    }

    /// The name, or none at all if it is a text for what is not known.
    pub(super) fn known(self, stands_for_none: bool) -> Self {
        if stands_for_none {
            Self {
                stands_for_none,
                ..Self::default()
            }
        } else {
            self
        }
    }
}

/// Plain lower-case letters and digits, words apart by one blank. Apostrophes join, everything else divides.
pub(super) fn fold(text: &str) -> String {
    folded(text, false)
}

/// The same, letters that got lost kept as [`LOST`] if wanted.
fn folded(text: &str, lost: bool) -> String {
    let mut folded = String::with_capacity(text.len().min(LONGEST));
    for letter in text.chars().take(LONGEST) {
        match letter {
            '\'' | '\u{2019}' | '\u{2018}' | '\u{02BC}' | '`' | '\u{00B4}' => {}
            LOST | char::REPLACEMENT_CHARACTER if lost => folded.push(LOST),
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

/// A family name in its readings; none if it stands for one that is not known.
pub(super) fn family_name(text: &str) -> Name {
    let folded = of_name(text);
    read(&folded).known(placeholders::is_name(&folded))
}

/// A given name in its readings; none if it stands for one that is not known.
pub(super) fn given_name(text: &str) -> Name {
    let folded = of_name(text);
    read(&folded).known(placeholders::is_given_name(&folded))
}

/// A name in its readings, whatever it says.
pub(super) fn name(text: &str) -> Name {
    read(&of_name(text))
}

fn of_name(text: &str) -> String {
    let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(at, _)| at);
    folded(&repair::repaired(&text[..end]), true)
}

fn read(folded: &str) -> Name {
    let is_word = |word: &&str| word.bytes().any(|byte| byte.is_ascii_alphanumeric());
    let words: Vec<&str> = folded.split(' ').filter(is_word).map(as_written).collect();
    let untitled: Vec<&str> = words.iter().copied().filter(|word| !TITLES.contains(word)).collect();
    let mut name = Name::default();
    // Somebody may be called Master or Lord, and nothing else.
    let mut joined = false;
    for word in if untitled.is_empty() { &words } else { &untitled } {
        name.usual.push(word, joined);
        joined = PARTICLES.contains(word);
    }
    if words
        .iter()
        .any(|word| TITLES.contains(word) || PARTICLES.contains(word))
    {
        let mut literal = Reading::default();
        for word in &words {
            literal.push(word, false);
        }
        name.literal = Some(literal).filter(|literal| *literal != name.usual);
    }
    name
}

/// The same word for those that are written in two ways.
fn as_written(word: &str) -> &str {
    match word {
        "saint" | "sainte" | "ste" => "st",
        _ => word,
    }
}

/// Letters and digits without anything between them, in capitals as postcodes and numbers are written.
pub(super) fn code(text: &str) -> String {
    let mut code = fold(text);
    code.retain(|letter| letter != ' ');
    code.truncate(LONGEST_NAME);
    code.make_ascii_uppercase();
    code
}
