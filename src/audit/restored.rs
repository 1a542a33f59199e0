//! What the trail says of a restore: which entries are lost for good, and what became of the changes that the main database had lost.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    entry::Entry,
    kind::Kind,
    read::{ReadError, rare},
};
use crate::store::trail::{TrailSnapshot, TrailStore};

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

/// Up to which place each chain is said to have lost entries.
pub async fn said_lost(store: &TrailStore) -> Result<BTreeMap<Uuid, i64>, ReadError> {
    lost(&store.snapshot().await?).await
}

/// The same, of one instant.
pub(super) async fn lost(snapshot: &TrailSnapshot) -> Result<BTreeMap<Uuid, i64>, ReadError> {
    let mut lost = BTreeMap::new();
    for entry in rare(snapshot, Kind::Restored).await? {
        add_lost(&entry, &mut lost);
    }
    Ok(lost)
}

/// Adds what one entry says to be lost.
pub(super) fn add_lost(entry: &Entry, lost: &mut BTreeMap<Uuid, i64>) {
    for range in entry.restored.iter().flat_map(|restored| &restored.lost) {
        let to = lost.entry(range.chain).or_default();
        *to = range.to.max(*to);
    }
}
