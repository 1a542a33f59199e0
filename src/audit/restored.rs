//! What a restore records in the trail: which entries are lost for good, and what happened to the changes
//! that the main database had lost.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A range of lost entries of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lost {
    /// The chain.
    pub chain: Uuid,
    /// The first sequence number.
    pub from: i64,
    /// The last sequence number that anything names; there may have been later ones.
    pub to: i64,
}

/// What a restore found and did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restored {
    /// The trail's lost entries.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub lost: BTreeSet<Lost>,
    /// When the first of the lost changes was announced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    /// How many lost changes were made again: consent decisions and bars.
    #[serde(default)]
    pub again: u64,
    /// How many were not, and were reported to a person instead.
    #[serde(default)]
    pub told: u64,
}
