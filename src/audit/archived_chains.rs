//! Which chains of the trail are archived to files, according to the trail.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{
    entry::HeadRef,
    kind::Kind,
    read::{ReadError, entries_of_kind},
};
use crate::store::trail::{TrailSnapshot, TrailStore};

/// The heads of archived chains.
pub(super) async fn archived_heads(snapshot: &TrailSnapshot) -> Result<BTreeMap<Uuid, HeadRef>, ReadError> {
    let entries = entries_of_kind(snapshot, Kind::Archived).await?;
    let heads = entries.into_iter().flat_map(|entry| entry.heads);
    Ok(heads.map(|head| (head.chain, head)).collect())
}

/// The last archived sequence number of each archived chain.
pub async fn archived_chains(store: &TrailStore) -> Result<BTreeMap<Uuid, i64>, ReadError> {
    let snapshot = store.snapshot().await?;
    let heads = archived_heads(&snapshot).await?.into_values();
    Ok(heads.map(|head| (head.chain, head.seq)).collect())
}
