//! Which chains of the trail go on in files of their own, as the trail says it.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{
    entry::HeadRef,
    kind::Kind,
    read::{ReadError, rare},
};
use crate::store::trail::{TrailSnapshot, TrailStore};

/// Where the chains ended that were taken to files.
pub(super) async fn elsewhere(snapshot: &TrailSnapshot) -> Result<BTreeMap<Uuid, HeadRef>, ReadError> {
    let entries = rare(snapshot, Kind::Archived).await?;
    let heads = entries.into_iter().flat_map(|entry| entry.heads);
    Ok(heads.map(|head| (head.chain, head)).collect())
}

/// Up to which place each chain is in a file of its own.
pub async fn chains_elsewhere(store: &TrailStore) -> Result<BTreeMap<Uuid, i64>, ReadError> {
    let snapshot = store.snapshot().await?;
    let heads = elsewhere(&snapshot).await?.into_values();
    Ok(heads.map(|head| (head.chain, head.seq)).collect())
}
