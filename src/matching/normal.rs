//! Normalisation: texts are folded to plain lower-case letters and digits, without differences in spelling
//! conventions.
//!
//! Every text is truncated first, so that hostile input cannot make later steps slow.

use std::{collections::HashSet, sync::LazyLock};

use super::{lists, nicknames, placeholders, repair};

/// The most letters of a text that are read.
const MAX_LENGTH: usize = 160;
/// The most parts of a name.
const MAX_PARTS: usize = 4;
/// The most letters of a whole name, after folding.
const MAX_NAME: usize = 48;
/// Stands for a lost letter.
pub(super) const LOST: char = '?';

/// Words that can be read in two ways.
const WORDS: &str = include_str!("words.txt");
static TITLES: LazyLock<HashSet<&str>> = LazyLock::new(|| words("titles"));
static PARTICLES: LazyLock<HashSet<&str>> = LazyLock::new(|| words("particles"));
static SHARED: LazyLock<HashSet<&str>> = LazyLock::new(|| words("shared"));

fn words(section: &str) -> HashSet<&'static str> {
    lists::lines(WORDS, section)
        .flat_map(str::split_ascii_whitespace)
        .collect()
}

/// Whether a name is one that all brothers in a family may have.
pub(super) fn is_shared(word: &str) -> bool {
    SHARED.contains(word)
}

/// Whether a word is part of many names, so that sharing it is weak evidence.
pub(super) fn is_common_part(word: &str) -> bool {
    is_shared(word) || PARTICLES.contains(word) || TITLES.contains(word)
}

/// Whether a word may be a title.
pub(super) fn is_title(word: &str) -> bool {
    TITLES.contains(word)
}

/// One reading of a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reading {
    /// Its parts.
    pub(super) parts: Vec<String>,
    /// The parts concatenated.
    pub(super) whole: String,
}

impl Reading {
    /// The first part.
    pub(super) fn first(&self) -> &str {
        self.parts.first().map_or("", String::as_str)
    }

    fn push(&mut self, word: &str, joined: bool) {
        let room = MAX_NAME.saturating_sub(self.whole.len());
        let word = word.get(..room).unwrap_or(word);
        if word.is_empty() {
            return;
        }
        self.whole.push_str(word);
        let full = self.parts.len() >= MAX_PARTS;
        match self.parts.last_mut() {
            Some(begun) if joined => begun.push_str(word),
            _ if full => {}
            _ => self.parts.push(word.to_owned()),
        }
    }
}

/// A name, as usually read, and word by word if that differs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Name {
    /// Without titles, and with particles joined to the next word.
    pub(super) usual: Reading,
    /// Every word on its own, if there are titles or particles.
    pub(super) literal: Option<Reading>,
    /// A value was given, but it is a placeholder.
    pub(super) is_placeholder: bool,
}

impl Name {
    pub(super) fn is_empty(&self) -> bool {
        self.usual.whole.is_empty()
    }

    /// The first part.
    pub(super) fn first(&self) -> &str {
        self.usual.first()
    }

    /// The first part's formal name from the nickname list, or the part itself.
    pub(super) fn formal(&self) -> &str {
        nicknames::formal(self.first()).unwrap_or_else(|| self.first())
    }

    /// The name, or an empty one if it is a placeholder.
    pub(super) fn known(self, is_placeholder: bool) -> Self {
        if is_placeholder {
            Self {
                is_placeholder,
                ..Self::default()
            }
        } else {
            self
        }
    }
}

/// Plain lower-case letters and digits, with words separated by one space. Apostrophes join, everything else
/// separates.
pub(super) fn fold(text: &str) -> String {
    folded(text, false)
}

/// The same, with lost letters kept as [`LOST`] if wanted.
fn folded(text: &str, lost: bool) -> String {
    let mut folded = String::with_capacity(text.len().min(MAX_LENGTH));
    for letter in text.chars().take(MAX_LENGTH) {
        match letter {
            '\'' | '\u{2019}' | '\u{2018}' | '\u{02BC}' | '`' | '\u{00B4}' => {}
            LOST | char::REPLACEMENT_CHARACTER if lost => folded.push(LOST),
            _ if letter.is_ascii() => push(&mut folded, letter),
            _ => any_ascii::any_ascii_char(letter)
                .chars()
                .for_each(|plain| push(&mut folded, plain)),
        }
        if folded.len() >= MAX_LENGTH {
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

/// The readings of a family name; empty for a placeholder.
pub(super) fn family_name(text: &str) -> Name {
    let folded = of_name(text);
    read(&folded).known(placeholders::is_name(&folded))
}

/// The readings of a given name; empty for a placeholder.
pub(super) fn given_name(text: &str) -> Name {
    let folded = of_name(text);
    read(&folded).known(placeholders::is_given_name(&folded))
}

/// The readings of a name, whatever it is.
pub(super) fn name(text: &str) -> Name {
    read(&of_name(text))
}

fn of_name(text: &str) -> String {
    let end = text.char_indices().nth(MAX_LENGTH).map_or(text.len(), |(at, _)| at);
    folded(&repair::repaired(&text[..end]), true)
}

fn read(folded: &str) -> Name {
    let is_word = |word: &&str| word.bytes().any(|byte| byte.is_ascii_alphanumeric());
    let words: Vec<&str> = folded.split(' ').filter(is_word).map(as_written).collect();
    let untitled: Vec<&str> = words.iter().copied().filter(|word| !TITLES.contains(word)).collect();
    let mut name = Name::default();
    // A person's name may be Master or Lord, and nothing else.
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

/// One spelling for words with two spellings.
fn as_written(word: &str) -> &str {
    match word {
        "saint" | "sainte" | "ste" => "st",
        _ => word,
    }
}

/// Letters and digits without separators, in capitals, as postcodes and numbers are written.
pub(super) fn code(text: &str) -> String {
    let mut code = fold(text);
    code.retain(|letter| letter != ' ');
    code.truncate(MAX_NAME);
    code.make_ascii_uppercase();
    code
}
