//! The heads of all chains of a trail, for an entry that vouches for them.

use std::collections::{BTreeSet, HashSet};

use uuid::Uuid;

use super::{
    entry::{Entry, HeadRef},
    hash::Hash,
    stored::entries_after,
};
use crate::store::trail::{TrailSnapshot, TrailStore, TrailStoreError};

/// An entry names no more heads than this; each is about 130 bytes of at most [`MAX_BODY`](super::entry::MAX_BODY).
const MAX_HEADS: usize = 6000;
const PAGE: u32 = 256;

/// The heads of all chains, without those that the first entry of another chain names already as they are now: these are
/// vouched for through that chain. So the first entries stay short however often the server was started.
pub async fn unnamed_heads(store: &TrailStore) -> Result<BTreeSet<HeadRef>, TrailStoreError> {
    let snapshot = store.snapshot().await?;
    let mut heads = BTreeSet::new();
    let mut named = HashSet::new();
    let mut after = None;
    loop {
        let page = snapshot.heads_after(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.chain);
        for head in &page {
            // A head that is no hash is garbage; the check reports it.
            if let Ok(hash) = Hash::parse(&head.hash) {
                heads.insert(HeadRef {
                    chain: head.chain,
                    seq: head.seq,
                    hash,
                });
            }
            named.extend(named_by(&snapshot, head.chain).await?);
        }
    }
    heads.retain(|head| !named.contains(head));
    if heads.len() > MAX_HEADS {
        tracing::warn!(
            heads = heads.len(),
            named = MAX_HEADS,
            "the trail has too many open chains to name"
        );
        heads = heads.into_iter().take(MAX_HEADS).collect();
    }
    Ok(heads)
}

async fn named_by(snapshot: &TrailSnapshot, chain: Uuid) -> Result<BTreeSet<HeadRef>, TrailStoreError> {
    let first = entries_after(snapshot, chain, 0, 1).await?;
    let body = first.first().and_then(|row| Entry::from_body(&row.body).ok());
    Ok(body.map(|entry| entry.heads).unwrap_or_default())
}
