//! Which entries are lost for good, according to the trail.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{
    entry::Entry,
    kind::Kind,
    read::{ReadError, entries_of_kind},
};
use crate::store::trail::{TrailSnapshot, TrailStore};

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
