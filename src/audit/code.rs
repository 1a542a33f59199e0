//! The only texts that fit in an entry: codes, and the name by which an identity provider knows a person or
//! system.
//!
//! Pure. Neither type can hold a sentence, so a data value does not fit by accident.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest code, in bytes.
pub const MAX_CODE: usize = 120;
/// The longest subject, in characters.
pub const MAX_SUBJECT: usize = 255;

/// The text is not a code, or not a subject. The error does not repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Empty, too long, or with a character other than ASCII letters, digits and `_ - . : / + @ |`.
    #[error("not a code: 1 to 120 ASCII letters, digits and _-.:/+@| are")]
    Code,
    /// Empty, too long, or with control characters.
    #[error("not a subject: 1 to 255 characters without control characters are")]
    Subject,
}

/// A code: an agency kind, a role, a clause, a field's name (`Member.phone`), a reason.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Code(Box<str>);

impl Code {
    /// Parses `text` as a code.
    pub fn new(text: impl AsRef<str>) -> Result<Self, CodeError> {
        let text = text.as_ref();
        if text.is_empty() || text.len() > MAX_CODE || !text.chars().all(in_code) {
            return Err(CodeError::Code);
        }
        Ok(Self(text.into()))
    }

    /// The nearest code to `text`: other characters become `_`, excess length is cut off, and an empty text
    /// becomes `_`.
    pub fn nearest(text: impl AsRef<str>) -> Self {
        let mut code: String = text
            .as_ref()
            .chars()
            .take(MAX_CODE)
            .map(|character| if in_code(character) { character } else { '_' })
            .collect();
        if code.is_empty() {
            code.push('_');
        }
        Self(code.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn in_code(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_-.:/+@|".contains(character)
}

/// A person or system as its agency's identity provider names it (`sub`), or a client program (`client_id`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Subject(Box<str>);

impl Subject {
    /// Parses `text` as a subject.
    pub fn new(text: impl AsRef<str>) -> Result<Self, CodeError> {
        let text = text.as_ref();
        // A character is at most 4 bytes: the cheap test comes first, so that the characters of a huge text
        // are not counted.
        if text.is_empty()
            || text.len() > MAX_SUBJECT * 4
            || text.chars().count() > MAX_SUBJECT
            || text.chars().any(char::is_control)
        {
            return Err(CodeError::Subject);
        }
        Ok(Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! as_text {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = CodeError;

            fn try_from(text: String) -> Result<Self, CodeError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> Self {
                code.0.into()
            }
        }
    };
}

as_text!(Code);
as_text!(Subject);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_no_room_for_a_sentence() {
        assert!(Code::new("TFF-2/police-marker").is_ok());
        assert!(Code::new("Member.phone").is_ok());
        for text in ["", "two words", "line\nbreak", "naïve", &"x".repeat(121)] {
            assert_eq!(Code::new(text), Err(CodeError::Code));
        }
        assert_eq!(Code::nearest("two words\n").as_str(), "two_words_");
        assert_eq!(Code::nearest("").as_str(), "_");
        assert_eq!(Code::nearest("é".repeat(500)).as_str().len(), MAX_CODE);
    }

    #[test]
    fn a_subject_is_bounded_and_printable() {
        assert!(Subject::new("worker|Zoë 12").is_ok());
        for text in ["", "a\u{0}b", "a\nb", &"x".repeat(256), &"é".repeat(256)] {
            assert_eq!(Subject::new(text), Err(CodeError::Subject));
        }
        assert!(Subject::new("é".repeat(255)).is_ok());
    }
}
