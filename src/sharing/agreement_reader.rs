//! Reads the values of an agreement file one by one and collects what is wrong, each with its line.
//!
//! Knows TOML and lines; what the values mean is `agreement_file`'s business.

use std::fmt;

use chrono::NaiveDate;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
    value::Datetime,
};

/// At most this many problems are told of one file.
pub const MOST_PROBLEMS: usize = 20;
/// At most this many entries in one list.
const MOST_WORDS: usize = 64;

/// One thing that is wrong with an agreement file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, in a sentence.
    pub sentence: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.sentence)
    }
}

/// Why an agreement file was refused, whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Refused {
    /// The first problems, by line.
    pub problems: Vec<Problem>,
    /// How many more there are.
    pub more: usize,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, problem) in self.problems.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        if self.more > 0 {
            write!(f, "\nand {} more", self.more)?;
        }
        Ok(())
    }
}

/// A value and where in the text it begins.
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) at: usize,
}

/// A table of the file with the name by which problems call it.
pub(super) struct Section<'s, 't> {
    pub(super) name: &'static str,
    pub(super) table: &'s DeTable<'t>,
    pub(super) at: usize,
}

impl<'s, 't> Section<'s, 't> {
    /// Where the value of a key begins; where the table does, if the key is missing.
    pub(super) fn place_of(&self, key: &str) -> usize {
        self.get(key).map_or(self.at, |value| value.span().start)
    }

    fn get(&self, key: &str) -> Option<&'s Spanned<DeValue<'t>>> {
        self.table
            .iter()
            .find(|(name, _)| name.get_ref() == key)
            .map(|(_, value)| value)
    }
}

/// The text being read and what was wrong so far.
pub(super) struct Reader<'t> {
    text: &'t str,
    /// Where, and what.
    problems: Vec<(usize, String)>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            problems: Vec::new(),
        }
    }

    /// The line, from 1, of a place in the text.
    pub(super) fn line(&self, at: usize) -> usize {
        let before = self.text.as_bytes().iter().take(at);
        1 + before.filter(|byte| **byte == b'\n').count()
    }

    pub(super) fn refuse(&mut self, at: usize, sentence: impl Into<String>) {
        self.problems.push((at, sentence.into()));
    }

    /// The result, if nothing was wrong.
    pub(super) fn finish<T>(mut self, result: Option<T>) -> Result<T, Refused> {
        match result {
            Some(result) if self.problems.is_empty() => Ok(result),
            _ => {
                if self.problems.is_empty() {
                    // A missing part always says so itself; if ever not, the file is refused all the same.
                    self.refuse(0, "the file is incomplete");
                }
                self.problems.sort_by_key(|(at, _)| *at);
                let more = self.problems.len().saturating_sub(MOST_PROBLEMS);
                let told = std::mem::take(&mut self.problems).into_iter().take(MOST_PROBLEMS);
                let problems = told.map(|(at, sentence)| Problem {
                    line: self.line(at),
                    sentence,
                });
                let problems = problems.collect();
                Err(Refused { problems, more })
            }
        }
    }

    /// The file as a table; with mistakes of TOML itself there is nothing to go on with.
    pub(super) fn parse(&mut self) -> Option<Spanned<DeTable<'t>>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            let at = error.span().map_or(0, |span| span.start);
            self.refuse(at, format!("this is not TOML: {}", error.message()));
        }
        errors.is_empty().then_some(table)
    }

    pub(super) fn only_keys(&mut self, section: &Section<'_, 't>, allowed: &[&str]) {
        for key in section.table.keys() {
            if !allowed.contains(&key.get_ref().as_ref()) {
                let sentence = format!(
                    "{} has no `{}`; it has {}",
                    section.name,
                    shown(key.get_ref()),
                    allowed.join(", ")
                );
                self.refuse(key.span().start, sentence);
            }
        }
    }

    /// A table that must be there.
    pub(super) fn section<'s>(
        &mut self,
        file: &'s DeTable<'t>,
        key: &str,
        name: &'static str,
    ) -> Option<Section<'s, 't>> {
        let Some((at, value)) = file.iter().find(|(found, _)| found.get_ref() == key) else {
            self.refuse(0, format!("there is no {name}"));
            return None;
        };
        let Some(table) = value.get_ref().as_table() else {
            self.refuse(at.span().start, format!("`{key}` must be a table, {name}"));
            return None;
        };
        let at = at.span().start;
        Some(Section { name, table, at })
    }

    /// Tables of which there must be at least one and at most so many.
    pub(super) fn sections<'s>(
        &mut self,
        file: &'s DeTable<'t>,
        key: &str,
        name: &'static str,
        most: usize,
    ) -> Vec<Section<'s, 't>> {
        let Some((at, value)) = file.iter().find(|(found, _)| found.get_ref() == key) else {
            self.refuse(
                0,
                format!("there is no {name}: the agreement would permit nothing to anyone"),
            );
            return Vec::new();
        };
        let at = at.span().start;
        let Some(values) = value.get_ref().as_array() else {
            self.refuse(at, format!("`{key}` must be written as {name}"));
            return Vec::new();
        };
        if values.is_empty() {
            self.refuse(
                at,
                format!("there is no {name}: the agreement would permit nothing to anyone"),
            );
        }
        if values.len() > most {
            self.refuse(
                at,
                format!("there are {} of {name}; at most {most} are allowed", values.len()),
            );
            return Vec::new();
        }
        let mut sections = Vec::new();
        for value in values {
            let at = value.span().start;
            match value.get_ref().as_table() {
                Some(table) => sections.push(Section { name, table, at }),
                None => self.refuse(at, format!("`{key}` must be written as {name}")),
            }
        }
        sections
    }

    fn required<'s>(&mut self, section: &Section<'s, 't>, key: &str) -> Option<&'s Spanned<DeValue<'t>>> {
        let value = section.get(key);
        if value.is_none() {
            self.refuse(section.at, format!("{} has no `{key}`", section.name));
        }
        value
    }

    /// A text of at most `most` characters that is not blank and holds no control characters.
    pub(super) fn text(&mut self, section: &Section<'_, 't>, key: &str, most: usize) -> Option<At<String>> {
        let value = self.required(section, key)?;
        self.one_text(value, key, most)
    }

    /// The same, where it may be missing.
    pub(super) fn optional_text(&mut self, section: &Section<'_, 't>, key: &str, most: usize) -> Option<At<String>> {
        let value = section.get(key)?;
        self.one_text(value, key, most)
    }

    fn one_text(&mut self, value: &Spanned<DeValue<'t>>, key: &str, most: usize) -> Option<At<String>> {
        let at = value.span().start;
        let problem = match value.get_ref().as_str() {
            None => format!("`{key}` must be a text in quotes"),
            Some(text) if text.trim().is_empty() => format!("`{key}` is empty"),
            Some(text) if text.chars().count() > most => format!("`{key}` is longer than {most} characters"),
            Some(text) if text.chars().any(char::is_control) => format!("`{key}` holds a control character"),
            Some(text) => {
                let value = text.to_owned();
                return Some(At { value, at });
            }
        };
        self.refuse(at, problem);
        None
    }

    /// A name: letters, digits, `.`, `_` and `-`, a letter or digit first.
    pub(super) fn name(&mut self, section: &Section<'_, 't>, key: &str) -> Option<At<String>> {
        let text = self.text(section, key, 64)?;
        let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-');
        if text.value.starts_with(|first: char| first.is_ascii_alphanumeric()) && text.value.chars().all(plain) {
            return Some(text);
        }
        let sentence = format!("`{key}` may hold letters, digits, `.`, `_` and `-`, and begins with a letter or digit");
        self.refuse(text.at, sentence);
        None
    }

    /// A whole number from 1.
    pub(super) fn number(&mut self, section: &Section<'_, 't>, key: &str) -> Option<At<i32>> {
        let value = self.required(section, key)?;
        let at = value.span().start;
        let number = value
            .get_ref()
            .as_integer()
            .and_then(|number| i32::from_str_radix(number.as_str(), number.radix()).ok())
            .filter(|number| *number >= 1);
        if number.is_none() {
            self.refuse(at, format!("`{key}` must be a whole number from 1 to {}", i32::MAX));
        }
        number.map(|value| At { value, at })
    }

    /// A date.
    pub(super) fn date(&mut self, section: &Section<'_, 't>, key: &str) -> Option<At<NaiveDate>> {
        let value = self.required(section, key)?;
        self.one_date(value, key)
    }

    /// The same, where it may be missing.
    pub(super) fn optional_date(&mut self, section: &Section<'_, 't>, key: &str) -> Option<At<NaiveDate>> {
        let value = section.get(key)?;
        self.one_date(value, key)
    }

    fn one_date(&mut self, value: &Spanned<DeValue<'t>>, key: &str) -> Option<At<NaiveDate>> {
        let at = value.span().start;
        let date = value.get_ref().as_datetime().and_then(day);
        if date.is_none() {
            self.refuse(at, format!("`{key}` must be a date without quotes, as 2015-06-01"));
        }
        date.map(|value| At { value, at })
    }

    /// True or false; false where it is missing.
    pub(super) fn flag(&mut self, section: &Section<'_, 't>, key: &str) -> bool {
        let Some(value) = section.get(key) else { return false };
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.refuse(value.span().start, format!("`{key}` must be true or false"));
        }
        flag.unwrap_or_default()
    }

    /// A list of words, each of them once and each accepted by `known`, which else says what is wrong with it.
    pub(super) fn words(
        &mut self,
        section: &Section<'_, 't>,
        key: &str,
        known: impl Fn(&str) -> Result<(), String>,
    ) -> Option<At<Vec<String>>> {
        let value = self.required(section, key)?;
        let at = value.span().start;
        let Some(values) = value.get_ref().as_array() else {
            self.refuse(at, format!("`{key}` must be a list of texts"));
            return None;
        };
        if values.is_empty() {
            self.refuse(at, format!("`{key}` is empty: the clause could never permit anything"));
            return None;
        }
        if values.len() > MOST_WORDS {
            self.refuse(at, format!("`{key}` has more than {MOST_WORDS} entries"));
            return None;
        }
        let mut words: Vec<String> = Vec::with_capacity(values.len());
        for value in values {
            let at = value.span().start;
            match value.get_ref().as_str() {
                None => self.refuse(at, format!("`{key}` must be a list of texts")),
                Some(word) if words.iter().any(|before| before == word) => {
                    self.refuse(at, format!("`{key}` names `{}` twice", shown(word)));
                }
                Some(word) => {
                    if let Err(sentence) = known(word) {
                        self.refuse(at, sentence);
                    }
                    words.push(word.to_owned());
                }
            }
        }
        Some(At { value: words, at })
    }

    /// A word that `known` turns into a value, or says what is wrong with it.
    pub(super) fn word<T>(
        &mut self,
        section: &Section<'_, 't>,
        key: &str,
        known: impl Fn(&str) -> Result<T, String>,
    ) -> Option<At<T>> {
        let word = self.text(section, key, 256)?;
        match known(&word.value) {
            Ok(value) => Some(At { value, at: word.at }),
            Err(sentence) => {
                self.refuse(word.at, sentence);
                None
            }
        }
    }
}

/// A date with neither time nor offset.
fn day(written: &Datetime) -> Option<NaiveDate> {
    let date = written.date?;
    if written.time.is_some() || written.offset.is_some() {
        return None;
    }
    NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into())
}

/// A word of the file as it is told back: cut, and without control characters.
pub(super) fn shown(word: &str) -> String {
    word.chars().filter(|letter| !letter.is_control()).take(64).collect()
}
