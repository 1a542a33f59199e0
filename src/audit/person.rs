//! How an entry names people: by a suffix of their ids.
//!
//! Pure. An entry also names the families by their full ids, and 48 random bits are enough to tell the people
//! of these families apart; full ids would take most of the space of the trail of lists.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A person, by the last six bytes of their id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonKey([u8; Self::LENGTH]);

/// The text does not name a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a person of the trail: 12 lower-case hexadecimal digits, or a whole key, are")]
pub struct NotAPerson;

impl PersonKey {
    /// The length in bytes.
    pub const LENGTH: usize = 6;

    /// The six bytes.
    pub fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }
}

impl From<[u8; PersonKey::LENGTH]> for PersonKey {
    fn from(bytes: [u8; PersonKey::LENGTH]) -> Self {
        Self(bytes)
    }
}

impl From<Uuid> for PersonKey {
    fn from(key: Uuid) -> Self {
        let mut end = [0; Self::LENGTH];
        end.copy_from_slice(&key.as_bytes()[16 - Self::LENGTH..]);
        Self(end)
    }
}

impl fmt::Display for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for PersonKey {
    type Err = NotAPerson;

    /// Also accepts the full id, as entries of version 1 have it.
    fn from_str(text: &str) -> Result<Self, NotAPerson> {
        if text.len() == 36 {
            return Uuid::try_parse(text).map(Self::from).map_err(|_| NotAPerson);
        }
        let digits = |digit: u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit);
        if text.len() != 2 * Self::LENGTH || !text.bytes().all(digits) {
            return Err(NotAPerson);
        }
        let number = u64::from_str_radix(text, 16).map_err(|_| NotAPerson)?;
        let mut end = [0; Self::LENGTH];
        end.copy_from_slice(&number.to_be_bytes()[8 - Self::LENGTH..]);
        Ok(Self(end))
    }
}

impl TryFrom<String> for PersonKey {
    type Error = NotAPerson;

    fn try_from(text: String) -> Result<Self, NotAPerson> {
        text.parse()
    }
}

impl From<PersonKey> for String {
    fn from(person: PersonKey) -> Self {
        person.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_suffix_of_an_id_and_parses_only_that() {
        let key: Uuid = "0ff00000-0000-4000-8000-00000000a1b2".parse().unwrap();
        let person = PersonKey::from(key);
        assert_eq!(person.to_string(), "00000000a1b2");
        assert_eq!("00000000a1b2".parse(), Ok(person));
        assert_eq!(key.to_string().parse(), Ok(person));
        for wrong in ["", "00000000A1B2", "00000000a1b", "+0000000a1b2"] {
            assert_eq!(wrong.parse::<PersonKey>(), Err(NotAPerson), "{wrong}");
        }
    }
}
