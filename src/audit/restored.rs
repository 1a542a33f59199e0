//! What the trail says of a restore: which entries are lost for good, and what became of the changes that the main database had lost.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Entries of a chain that are lost, the first and the last of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lost {
    /// The chain.
    pub chain: Uuid,
    /// The place of the first.
    pub from: i64,
    /// The place of the last that anything names; there may have been later ones.
    pub to: i64,
}

/// What a restore found and did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restored {
    /// Entries that the trail has lost.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub lost: BTreeSet<Lost>,
    /// When the first of the changes was announced that the main database had lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    /// How many of these are done again: decisions about consent.
    #[serde(default)]
    pub again: u64,
    /// How many are not, and are told to a person.
    #[serde(default)]
    pub told: u64,
}
