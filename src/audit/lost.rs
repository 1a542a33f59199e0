//! Which entries the trail says to be lost for good.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{
    entry::Entry,
    kind::Kind,
    read::{ReadError, rare},
};
use crate::store::trail::{TrailSnapshot, TrailStore};

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
