//! What a restore records in the trail: which entries are lost for good, and what happened to the changes
//! that the main database had lost.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    entry::Entry,
    kind::Kind,
    read::{ReadError, entries_of_kind},
};
use crate::store::trail::{TrailSnapshot, TrailStore};

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
    /// How many lost changes were made again: consent decisions.
    #[serde(default)]
    pub again: u64,
    /// How many were not, and were reported to a person instead.
    #[serde(default)]
    pub told: u64,
}

/// The last sequence number recorded as lost, for each chain with lost entries.
pub async fn lost_chains(store: &TrailStore) -> Result<BTreeMap<Uuid, i64>, ReadError> {
    lost(&store.snapshot().await?).await
}

/// As [`lost_chains`], within a snapshot.
pub(super) async fn lost(snapshot: &TrailSnapshot) -> Result<BTreeMap<Uuid, i64>, ReadError> {
    let mut lost = BTreeMap::new();
    for entry in entries_of_kind(snapshot, Kind::Restored).await? {
        add_lost(&entry, &mut lost);
    }
    Ok(lost)
}

/// Adds the losses that one entry records.
pub(super) fn add_lost(entry: &Entry, lost: &mut BTreeMap<Uuid, i64>) {
    for range in entry.restored.iter().flat_map(|restored| &restored.lost) {
        let to = lost.entry(range.chain).or_default();
        *to = range.to.max(*to);
    }
}
