//! The heads of others that the first entry of a chain names.

use std::{
    collections::{BTreeSet, HashSet},
    path::Path,
};

use uuid::Uuid;

use crate::{
    audit::{
        elsewhere::elsewhere,
        entry::{Entry, HeadRef},
        hash::Hash,
        lost, marks,
        stored::entries_after,
    },
    store::trail::{HeadRow, TrailSnapshot, TrailStore, TrailStoreError},
};

/// No entry names more heads than this; each is about 130 bytes of at most a megabyte.
const MAX_HEADS: usize = 6000;
const PAGE: u32 = 256;

/// The heads of all chains as they stand.
pub(in crate::audit) async fn heads(snapshot: &TrailSnapshot) -> Result<BTreeSet<HeadRef>, TrailStoreError> {
    let (mut heads, mut after) = (BTreeSet::new(), None);
    loop {
        let page = snapshot.heads_after(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(heads) };
        after = Some(last.chain);
        heads.extend(page.iter().filter_map(head));
    }
}

/// A head that is no hash is garbage; the check reports it.
fn head(row: &HeadRow) -> Option<HeadRef> {
    Hash::parse(&row.hash).ok().map(|hash| HeadRef {
        chain: row.chain,
        seq: row.seq,
        hash,
    })
}

/// What a new chain finds.
pub(super) struct Others {
    /// The heads that its first entry names.
    pub(super) named: BTreeSet<HeadRef>,
    /// All heads.
    pub(super) all: BTreeSet<HeadRef>,
}

impl Others {
    /// Looks. Named are the heads of all chains, without those that the first entry of another chain names already as they are now: these are
    /// vouched for through that chain. So the first entries stay short however often the server was started. And named are heads that a process of this machine
    /// held and that are not in the database any more.
    pub(super) async fn find(store: &TrailStore, folder: Option<&Path>) -> Result<Self, TrailStoreError> {
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

/// The heads that were held and are gone, but for those of which the trail itself tells both that they were there and that they are lost: an alarm that never ends hides the
/// next one. That they cannot be read does not keep a server from its work: the log says so.
async fn lost(
    store: &TrailStore,
    snapshot: &TrailSnapshot,
    folder: Option<&Path>,
    vouched: &HashSet<HeadRef>,
) -> Result<BTreeSet<HeadRef>, TrailStoreError> {
    let Some(folder) = folder else {
        return Ok(BTreeSet::new());
    };
    let held = marks::read(folder).unwrap_or_else(|error| {
        tracing::error!(%error, "the heads that were kept outside the trail cannot be read");
        Vec::new()
    });
    // Those of another trail that the data directory was used with are no loss to this one.
    let Some(identity) = store.identity().await? else {
        return Ok(BTreeSet::new());
    };
    // What cannot be read of them is found by the check.
    let elsewhere = elsewhere(snapshot).await.unwrap_or_default();
    let told = lost::lost(snapshot).await.unwrap_or_default();
    let mut lost = BTreeSet::new();
    for head in held.iter().filter(|mark| mark.of.is_none_or(|of| of == identity)) {
        let stands = snapshot.hash_at(head.chain, head.seq).await?;
        if elsewhere.get(&head.chain).is_some_and(|end| end.seq >= head.seq) {
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
