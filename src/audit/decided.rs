//! Consent decisions in an entry: enough to record the same decision again in a database that lost it.
//!
//! Pure. Identifiers, codes and timestamps; there is no field that a data value would fit in.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    code::{Code, Subject},
    hash::Hash,
};

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Consent was given.
    Given,
    /// Consent was refused.
    Refused,
    /// A consent was withdrawn.
    Withdrawn,
    /// The decision is unchanged, but its timestamp came from a wrong clock and has been corrected.
    DatedAnew,
    /// The same of the timestamp of its withdrawal.
    WithdrawalDatedAnew,
}

/// A professional who decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Professional {
    /// Their agency.
    pub agency: Uuid,
    /// Who they are.
    pub subject: Subject,
}

impl Professional {
    /// The professional that a row names, if it does.
    pub fn of(agency: Option<Uuid>, subject: Option<&str>) -> Option<Self> {
        let (agency, subject) = agency.zip(subject)?;
        let subject = Subject::new(subject).ok()?;
        Some(Self { agency, subject })
    }
}

/// The purposes that a row names.
pub fn purposes_of(words: Option<&str>) -> BTreeSet<Code> {
    let words = words.into_iter().flat_map(|words| words.split(' '));
    words.map(Code::nearest).collect()
}

/// Decisions of one kind made together: one for each category and kind of agency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// What was decided.
    pub decision: Decision,
    /// The person whose data it concerns.
    pub person: Uuid,
    /// The id of the first decision's row, from which the ids of the others are derived.
    pub row: Uuid,
    /// When it takes effect, if not at the time of the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
    /// Who decided, if consent was given or refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<Uuid>,
    /// The professional who decided, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub professional: Option<Professional>,
    /// The purposes; empty for every one.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub purposes: BTreeSet<Code>,
    /// The categories of data.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub categories: BTreeSet<Code>,
    /// The kinds of agency.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub agency_kinds: BTreeSet<Code>,
    /// The last day on which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
}

impl Decided {
    /// A decision that names only its row.
    pub fn of_row(decision: Decision, person: Uuid, row: Uuid) -> Self {
        Self {
            decision,
            person,
            row,
            at: None,
            decided_by: None,
            professional: None,
            purposes: BTreeSet::new(),
            categories: BTreeSet::new(),
            agency_kinds: BTreeSet::new(),
            until: None,
        }
    }

    /// The purposes with blanks between them, as rows have them; none for every one.
    pub fn purposes_in_words(&self) -> Option<String> {
        let words: Vec<&str> = self.purposes.iter().map(Code::as_str).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// The rows of a decision that was given or refused: id, category and kind of agency. The first has the
    /// id `row`.
    pub fn rows(&self) -> impl Iterator<Item = (Uuid, &Code, &Code)> {
        let pairs = self.categories.iter();
        let pairs = pairs.flat_map(|category| self.agency_kinds.iter().map(move |kind| (category, kind)));
        (0..)
            .zip(pairs)
            .map(|(at, (category, kind))| (self.key(at), category, kind))
    }

    fn key(&self, at: u32) -> Uuid {
        if at == 0 {
            return self.row;
        }
        let hash = Hash::of(&[b"thinkfamily decided row 1\n", self.row.as_bytes(), &at.to_be_bytes()]);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.as_bytes()[..16]);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }
}

#[cfg(test)]
mod tests;
