//! The heads of other chains that the first entry of a chain names.

use std::{
    collections::{BTreeSet, HashSet},
    path::Path,
};

use uuid::Uuid;

use crate::{
    audit::{
        archived_chains::archived_heads,
        entry::{Entry, HeadRef},
        hash::Hash,
        lost, marks,
        stored::entries_after,
    },
    store::trail::{HeadRow, TrailSnapshot, TrailStore, TrailStoreError},
};

/// The most heads named in an entry; each takes about 130 bytes of at most a megabyte.
const MAX_HEADS: usize = 6000;
const PAGE: u32 = 256;

/// The current heads of all chains.
pub(in crate::audit) async fn heads(snapshot: &TrailSnapshot) -> Result<BTreeSet<HeadRef>, TrailStoreError> {
    let (mut heads, mut after) = (BTreeSet::new(), None);
    loop {
        let page = snapshot.heads_after(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(heads) };
        after = Some(last.chain);
        heads.extend(page.iter().filter_map(head));
    }
}

/// A head whose hash is invalid is ignored here; verification reports it.
fn head(row: &HeadRow) -> Option<HeadRef> {
    Hash::parse(&row.hash).ok().map(|hash| HeadRef {
        chain: row.chain,
        seq: row.seq,
        hash,
    })
}

/// The heads found when a chain is opened.
pub(super) struct ChainHeads {
    /// The heads that its first entry names.
    pub(super) named: BTreeSet<HeadRef>,
    /// All heads.
    pub(super) all: BTreeSet<HeadRef>,
}

impl ChainHeads {
    /// Reads the heads. The first entry names the heads of all chains, except those that the first entry of
    /// another chain already names as they are now: that chain vouches for them, so first entries stay short
    /// however often the server is started. It also names heads in this machine's high-water marks that are
    /// no longer in the database.
    pub(super) async fn read(store: &TrailStore, folder: Option<&Path>) -> Result<Self, TrailStoreError> {
        let snapshot = store.snapshot().await?;
        let all = heads(&snapshot).await?;
        let mut vouched = HashSet::new();
        for head in &all {
            vouched.extend(named_by(&snapshot, head.chain).await?);
        }
        let mut named = lost(store, &snapshot, folder, &vouched).await?;
        named.extend(all.iter().filter(|head| !vouched.contains(head)));
        if named.len() > MAX_HEADS {
            tracing::warn!(
                heads = named.len(),
                named = MAX_HEADS,
                "the trail has too many open chains to name"
            );
            named = named.into_iter().take(MAX_HEADS).collect();
        }
        Ok(Self { named, all })
    }
}

async fn named_by(snapshot: &TrailSnapshot, chain: Uuid) -> Result<BTreeSet<HeadRef>, TrailStoreError> {
    let first = entries_after(snapshot, chain, 0, 1).await?;
    let body = first.first().and_then(|row| Entry::from_body(&row.body).ok());
    Ok(body.map(|entry| entry.heads).unwrap_or_default())
}

/// The heads in the high-water marks that are missing, except those that the trail itself records as lost: an
/// alarm that never ends hides the next one. Unreadable marks do not stop the server; they are logged.
async fn lost(
    store: &TrailStore,
    snapshot: &TrailSnapshot,
    folder: Option<&Path>,
    vouched: &HashSet<HeadRef>,
) -> Result<BTreeSet<HeadRef>, TrailStoreError> {
    let Some(folder) = folder else {
        return Ok(BTreeSet::new());
    };
    let marks_folder = marks::read(folder).unwrap_or_else(|error| {
        tracing::error!(%error, "the heads that were kept outside the trail cannot be read");
        Vec::new()
    });
    // Marks of another trail that the data directory was used with are not a loss to this one.
    let Some(identity) = store.identity().await? else {
        return Ok(BTreeSet::new());
    };
    // Verification reports what cannot be read.
    let archived_heads = archived_heads(snapshot).await.unwrap_or_default();
    let told = lost::lost(snapshot).await.unwrap_or_default();
    let mut lost = BTreeSet::new();
    for head in marks_folder
        .iter()
        .filter(|mark| mark.of.is_none_or(|of| of == identity))
    {
        let stands = snapshot.hash_at(head.chain, head.seq).await?;
        if archived_heads.get(&head.chain).is_some_and(|end| end.seq >= head.seq) {
            continue;
        }
        let gone = HeadRef {
            chain: head.chain,
            seq: head.seq,
            hash: head.hash,
        };
        let is_told = vouched.contains(&gone) && told.get(&head.chain).is_some_and(|to| *to >= head.seq);
        if stands.is_none_or(|hash| hash != head.hash.to_string()) && !is_told {
            tracing::error!(
                chain = %head.chain,
                seq = head.seq,
                "trail.tail_lost: entries that this machine wrote are not in the trail any more; `audit verify` says which"
            );
            lost.insert(gone);
        }
    }
    Ok(lost)
}
