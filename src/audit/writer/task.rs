//! The task that writes, and the chain it writes to.

use std::{
    collections::{BTreeSet, HashSet},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use chrono::{DateTime, SubsecRound, Utc};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::timeout,
};
use uuid::Uuid;

use super::{Command, Counters, OpenError, TrailError};
use crate::{
    audit::{
        chain::{entry_hash, sign_head},
        code::Code,
        entry::{Entry, EntryError, EntryRef, HeadRef, Kind, MAX_BODY},
        hash::Hash,
        key::HeadKey,
    },
    clock::{Clock, Ids},
    store::trail::{
        AgencyRow, EntryRow, GroupRow, HeadRow, Index, MOST_SINGLE, SubjectRow, TrailSnapshot, TrailStore,
        TrailStoreError,
    },
};

/// One transaction takes no more than this many bytes of bodies, besides its first entry.
const BATCH_BYTES: usize = 8 << 20;
/// The first entry of a chain names no more heads than this; each is about 130 bytes of at most [`MAX_BODY`].
const MAX_HEADS: usize = 6000;
const PAGE: u32 = 256;
/// So many writes whose end is not known are remembered.
const MAX_OPEN: usize = 64;

/// An entry ready to be written, but for its place. Made by the caller, so that the task only hashes and writes.
pub(super) struct Prepared {
    at: DateTime<Utc>,
    kind: Kind,
    authority: Option<i32>,
    /// In order, each once.
    families: Vec<Uuid>,
    /// The agency, where the entry tells what became of look-ups.
    looked_up: Option<Uuid>,
    body: String,
}

impl Prepared {
    pub(super) fn new(entry: &Entry) -> Result<Self, EntryError> {
        Ok(Self {
            at: entry.at.trunc_subsecs(6),
            kind: entry.kind,
            authority: entry.authority,
            families: entry.families.iter().copied().collect(),
            looked_up: entry.looked_up_by().map(|(_, agency)| agency),
            body: entry.to_body()?,
        })
    }
}

/// The chain and where it stands.
pub(super) struct Chain {
    pub(super) store: TrailStore,
    pub(super) key: HeadKey,
    pub(super) process: Code,
    pub(super) clock: Clock,
    pub(super) ids: Ids,
    pub(super) timeout: Duration,
    /// The last place known to be durable, and where failed writes may have left the chain instead.
    pub(super) at: Option<Place>,
    /// The same, for whoever watches.
    pub(super) reached: watch::Sender<Option<HeadRef>>,
}

#[derive(Clone, Debug)]
pub(super) struct Place {
    durable: HeadRef,
    /// After writes whose end is not known; none once one has succeeded.
    perhaps: Vec<HeadRef>,
}

impl Place {
    fn at(durable: HeadRef) -> Self {
        Self {
            durable,
            perhaps: Vec::new(),
        }
    }
}

impl Chain {
    /// Begins a chain with an entry that names the heads of the others.
    pub(super) async fn open(&mut self) -> Result<EntryRef, OpenError> {
        let mut entry = Entry::new(Kind::ChainOpened, self.clock.now());
        entry.heads = timeout(self.timeout, unnamed_heads(&self.store))
            .await
            .map_err(|_| OpenError::TimedOut)??;
        let before = HeadRef {
            chain: self.ids.uuid(),
            seq: 0,
            hash: Hash::ZERO,
        };
        let (rows, index, head, reached) = self.rows(&before, &[Prepared::new(&entry)?]);
        timeout(self.timeout, self.store.append(&rows, &index, &head))
            .await
            .map_err(|_| OpenError::TimedOut)??;
        tracing::info!(chain = %reached.chain, hash = %reached.hash, "trail opened");
        self.at = Some(Place::at(reached));
        self.reached.send_replace(Some(reached));
        Ok(EntryRef {
            chain: reached.chain,
            seq: reached.seq,
        })
    }

    /// Writes a batch; the places are those of its entries, in order.
    async fn write(&mut self, batch: &[Prepared]) -> Result<Vec<EntryRef>, OpenError> {
        let before = self.settle().await?;
        let (rows, index, head, reached) = self.rows(&before, batch);
        if let Some(at) = &mut self.at {
            // What was begun so many writes ago has long ended.
            let spare = (at.perhaps.len() + 1).saturating_sub(MAX_OPEN);
            at.perhaps.drain(..spare);
            at.perhaps.push(reached);
        }
        timeout(self.timeout, self.store.append(&rows, &index, &head))
            .await
            .map_err(|_| OpenError::TimedOut)??;
        self.at = Some(Place::at(reached));
        self.reached.send_replace(Some(reached));
        let place = |row: &EntryRow| EntryRef {
            chain: row.chain,
            seq: row.seq,
        };
        Ok(rows.iter().map(place).collect())
    }

    /// Where the chain stands in the database. After a write that failed, or whose end is not known, that is read again: it stands where it
    /// stood, or one of these writes was made after all. If it is neither, somebody else wrote to it, or an older database stands in the place of the one that
    /// was written to: the chain is left as it is for the check to find, and this process writes nothing more.
    async fn settle(&mut self) -> Result<HeadRef, OpenError> {
        let Some(Place { durable, perhaps }) = &mut self.at else {
            return Err(OpenError::Stopped);
        };
        if perhaps.is_empty() {
            return Ok(*durable);
        }
        let standing = timeout(self.timeout, self.store.standing(durable.chain))
            .await
            .map_err(|_| OpenError::TimedOut)??;
        let mut stands = std::iter::once(&*durable).chain(&*perhaps);
        if let Some(place) = stands.find(|place| standing.ends_with(place.seq, &place.hash.to_string())) {
            *durable = *place;
            if standing.is_settled() {
                perhaps.clear();
            }
            return Ok(*durable);
        }
        tracing::error!(chain = %durable.chain, "the trail's chain is not as this process left it");
        self.at = None;
        Err(OpenError::Stopped)
    }

    fn rows(&self, before: &HeadRef, batch: &[Prepared]) -> (Vec<EntryRow>, Index, HeadRow, HeadRef) {
        let mut reached = *before;
        let mut rows = Vec::with_capacity(batch.len());
        let mut index = Index::default();
        for entry in batch {
            let (prev, seq) = (reached.hash, reached.seq + 1);
            reached.seq = seq;
            reached.hash = entry_hash(&prev, reached.chain, seq, &entry.body);
            rows.push(EntryRow {
                chain: reached.chain,
                seq,
                recorded_at: entry.at,
                authority: entry.authority,
                kind: entry.kind.code().to_owned(),
                body: entry.body.clone(),
                prev_hash: prev.to_string(),
                hash: reached.hash.to_string(),
            });
            if let Some(authority) = entry.authority {
                if entry.families.len() > MOST_SINGLE {
                    let groups = GroupRow::of(authority, &entry.families, entry.at, reached.chain, seq);
                    index.groups.extend(groups);
                } else {
                    index.subjects.extend(entry.families.iter().map(|family| SubjectRow {
                        authority,
                        family: *family,
                        recorded_at: entry.at,
                        chain: reached.chain,
                        seq,
                    }));
                }
                index.agencies.extend(entry.looked_up.map(|agency| AgencyRow {
                    authority,
                    agency,
                    recorded_at: entry.at,
                    chain: reached.chain,
                    seq,
                }));
            }
        }
        let now = self.clock.now().trunc_subsecs(6);
        let head = sign_head(&self.key, &reached, self.process.as_str(), now);
        (rows, index, head, reached)
    }
}

/// The heads of all chains, without those that the first entry of another chain names already as they are now: these are
/// vouched for through that chain. So the first entries stay short however often the server was started.
async fn unnamed_heads(store: &TrailStore) -> Result<BTreeSet<HeadRef>, TrailStoreError> {
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
    let first = snapshot.entries_after(chain, Some(0), 1, MAX_BODY).await?;
    let body = first.first().and_then(|row| Entry::from_body(&row.body).ok());
    Ok(body.map(|entry| entry.heads).unwrap_or_default())
}

/// The task that writes.
pub(super) struct Task {
    chain: Chain,
    waiting: mpsc::Receiver<Command>,
    counters: Arc<Counters>,
    batch: usize,
    closers: Vec<oneshot::Sender<()>>,
}

type Waiter = oneshot::Sender<Result<EntryRef, TrailError>>;

impl Task {
    pub(super) fn new(chain: Chain, waiting: mpsc::Receiver<Command>, counters: Arc<Counters>, batch: usize) -> Self {
        Self {
            chain,
            waiting,
            counters,
            batch,
            closers: Vec::new(),
        }
    }

    /// Writes until the trail is closed or its last handle is gone, and then what still waits.
    pub(super) async fn run(mut self) {
        let mut commands = Vec::with_capacity(self.batch);
        while self.waiting.recv_many(&mut commands, self.batch).await > 0 {
            let (mut batch, mut waiters, mut bytes) = (Vec::new(), Vec::new(), 0);
            for command in commands.drain(..) {
                match command {
                    Command::Close(closer) => {
                        self.waiting.close();
                        self.closers.push(closer);
                    }
                    Command::Append(entry, waiter) => {
                        if bytes + entry.body.len() > BATCH_BYTES && !batch.is_empty() {
                            let full = (std::mem::take(&mut batch), std::mem::take(&mut waiters));
                            write(&mut self.chain, &self.counters, full.0, full.1).await;
                            bytes = 0;
                        }
                        bytes += entry.body.len();
                        batch.push(entry);
                        waiters.push(waiter);
                    }
                }
            }
            if !batch.is_empty() {
                write(&mut self.chain, &self.counters, batch, waiters).await;
            }
        }
        if let Some(Place { durable, .. }) = self.chain.at {
            tracing::info!(chain = %durable.chain, seq = durable.seq, hash = %durable.hash, "trail closed");
        }
        for closer in self.closers {
            // Whoever asked may have stopped waiting.
            let _ = closer.send(());
        }
    }
}

async fn write(chain: &mut Chain, counters: &Counters, batch: Vec<Prepared>, waiters: Vec<Waiter>) {
    let count = u64::try_from(batch.len()).unwrap_or(u64::MAX);
    match chain.write(&batch).await {
        Ok(places) => {
            if counters.failing.swap(false, Ordering::Relaxed) {
                tracing::info!("the trail is written again, and goes on where it was left");
            }
            counters.batches.fetch_add(1, Ordering::Relaxed);
            counters.entries.fetch_add(count, Ordering::Relaxed);
            for (waiter, place) in waiters.into_iter().zip(places) {
                // A caller may have stopped waiting.
                let _ = waiter.send(Ok(place));
            }
        }
        Err(error) => {
            counters.failed.fetch_add(count, Ordering::Relaxed);
            counters.failing.store(true, Ordering::Relaxed);
            counters.stopped.fetch_or(chain.at.is_none(), Ordering::Relaxed);
            tracing::error!(%error, entries = count, "the trail could not be written");
            for waiter in waiters {
                let _ = waiter.send(Err(TrailError::NotWritten));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{audit::verify::verify, store::trail::testing};

    #[tokio::test]
    async fn a_batch_that_was_committed_although_its_answer_was_lost_is_built_upon() {
        let folder = tempfile::tempdir().unwrap();
        let key = HeadKey::load_or_create(&folder.path().join("key")).unwrap();
        let clock = Clock::system();
        let entry = || vec![Prepared::new(&Entry::new(Kind::Refused, clock.now())).unwrap()];
        let mut chain = Chain {
            store: testing::new_trail(&folder.path().join("trail.sqlite")).await,
            key: key.clone(),
            process: Code::nearest("test"),
            clock: clock.clone(),
            ids: Ids::random(),
            timeout: Duration::from_secs(5),
            at: None,
            reached: watch::channel(None).0,
        };
        let opened = chain.open().await.unwrap();
        let before = chain.at.clone().unwrap().durable;
        chain.write(&entry()).await.unwrap();
        let after = chain.at.clone().unwrap().durable;
        chain.at = Some(Place {
            durable: before,
            perhaps: vec![after],
        });
        let places = chain.write(&entry()).await.unwrap();
        assert_eq!((places[0].chain, places[0].seq), (opened.chain, 3));
        let report = verify(&chain.store, &[key.public()], &[]).await.unwrap();
        assert!(report.is_sound(), "{:?}", report.findings);
        assert_eq!((report.chains, report.entries), (1, 3));
    }
}
