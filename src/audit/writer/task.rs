//! The writer task, and the chain that it writes to.

use std::{
    collections::{BTreeSet, HashMap},
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use chrono::SubsecRound;
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::timeout,
};

use super::{
    chain_heads::ChainHeads,
    command::{Command, Counters},
    error::{OpenError, TrailError},
    prepared::Prepared,
};
use crate::{
    audit::{
        chain::{entry_hash, sign_head},
        code::Code,
        entry::{Entry, EntryError, HeadRef, Kind},
        hash::Hash,
        key::HeadKey,
        merkle::MerkleTree,
        packed::hash_of,
    },
    clock::{Clock, Ids},
    store::trail::{Batch, FamiliesRow, RecordRow, TrailStore, Word, is_of_month},
};

/// The most bytes of bodies in one transaction, in addition to its first entry.
const BATCH_BYTES: usize = 8 << 20;
/// How many writes with an unknown outcome are remembered.
const MAX_UNCERTAIN: usize = 64;

/// The most dictionary numbers kept in the cache of words.
const MAX_CACHED_WORDS: usize = 50_000;

/// The chain and its current end.
pub(super) struct Chain {
    pub(super) store: TrailStore,
    pub(super) key: HeadKey,
    pub(super) process: Code,
    pub(super) clock: Clock,
    pub(super) ids: Ids,
    pub(super) timeout: Duration,
    /// The folder with the high-water marks.
    pub(super) marks_folder: Option<PathBuf>,
    /// The last position known to be durable, and where failed writes may have left the chain instead.
    pub(super) at: Option<Position>,
    /// A cache of the numbers of words, by text.
    pub(super) words: HashMap<String, i32>,
}

/// The end of a chain, and the Merkle tree over all its entries.
#[derive(Clone, Debug)]
pub(super) struct ChainTip {
    pub(super) head: HeadRef,
    pub(super) tree: MerkleTree,
}

#[derive(Clone, Debug)]
pub(super) struct Position {
    /// The number of the chain.
    number: i32,
    durable: ChainTip,
    /// The ends after writes with an unknown outcome; empty once a write has succeeded.
    possible: Vec<ChainTip>,
}

impl Position {
    fn at(number: i32, durable: ChainTip) -> Self {
        Self {
            number,
            durable,
            possible: Vec::new(),
        }
    }
}

impl Chain {
    /// Opens a chain with an entry that names the heads of the others. Returns its end, and all heads that
    /// existed.
    pub(super) async fn open(&mut self) -> Result<(ChainTip, BTreeSet<HeadRef>), OpenError> {
        let mut entry = Entry::new(Kind::ChainOpened, self.clock.now());
        let reading = ChainHeads::read(&self.store, self.marks_folder.as_deref());
        let heads = timeout(self.timeout, reading)
            .await
            .map_err(|_| OpenError::TimedOut)??;
        entry.heads = heads.named;
        let before = ChainTip {
            head: HeadRef {
                chain: self.ids.uuid(),
                seq: 0,
                hash: Hash::ZERO,
            },
            tree: MerkleTree::default(),
        };
        let number = timeout(self.timeout, self.store.number_chain(before.head.chain, entry.at))
            .await
            .map_err(|_| OpenError::TimedOut)??;
        let (batch, tip, _) = self.batch(number, &before, &[Prepared::new(&entry)?]).await?;
        timeout(self.timeout, self.store.append(&batch))
            .await
            .map_err(|_| OpenError::TimedOut)??;
        tracing::info!(chain = %tip.head.chain, hash = %tip.head.hash, "trail opened");
        self.at = Some(Position::at(number, tip.clone()));
        Ok((tip, heads.all))
    }

    /// Writes a batch. Returns the positions of its entries, in order.
    async fn write(&mut self, batch: &[Prepared]) -> Result<Vec<HeadRef>, OpenError> {
        let mut before = self.current_tip().await?;
        if (self.at.as_ref()).is_some_and(|at| !is_of_month(at.number, self.clock.now())) {
            // A chain never spans two months, so that a month can be archived on its own.
            self.open().await?;
            before = self.current_tip().await?;
        }
        let number = self.at.as_ref().map_or(0, |at| at.number);
        let (rows, tip, places) = self.batch(number, &before, batch).await?;
        if let Some(at) = &mut self.at {
            // A write this old cannot still be running.
            let spare = (at.possible.len() + 1).saturating_sub(MAX_UNCERTAIN);
            at.possible.drain(..spare);
            at.possible.push(tip.clone());
        }
        timeout(self.timeout, self.store.append(&rows))
            .await
            .map_err(|_| OpenError::TimedOut)??;
        self.at = Some(Position::at(number, tip));
        Ok(places)
    }

    /// The end of the chain in the database. After a write that failed or whose outcome is unknown, it is
    /// read again: the chain is either unchanged, or one of these writes was committed after all. If it is
    /// neither, somebody else wrote to it, or the database was put back to an older state: the chain is left
    /// as it is for verification to find, and this process writes nothing more.
    async fn current_tip(&mut self) -> Result<ChainTip, OpenError> {
        let Some(Position { durable, possible, .. }) = &mut self.at else {
            return Err(OpenError::Stopped);
        };
        if possible.is_empty() {
            return Ok(durable.clone());
        }
        let state = timeout(self.timeout, self.store.state(durable.head.chain))
            .await
            .map_err(|_| OpenError::TimedOut)??;
        let mut stands = std::iter::once(&*durable).chain(&*possible);
        let found = stands.find(|ChainTip { head, .. }| state.ends_with(head.seq, &head.hash.to_string()));
        if let Some(place) = found {
            *durable = place.clone();
            if state.is_settled() {
                possible.clear();
            }
            return Ok(durable.clone());
        }
        tracing::error!(chain = %durable.head.chain, "the trail's chain is not as this process left it");
        self.at = None;
        Err(OpenError::Stopped)
    }

    async fn batch(
        &mut self,
        number: i32,
        before: &ChainTip,
        entries: &[Prepared],
    ) -> Result<(Batch, ChainTip, Vec<HeadRef>), OpenError> {
        self.number_words(entries).await?;
        let (mut tip, mut tree) = (before.head, before.tree.clone());
        let mut places = Vec::with_capacity(entries.len());
        let mut records = Vec::with_capacity(entries.len());
        let mut families = Vec::new();
        for entry in entries {
            let seq = tip.seq + 1;
            tip.hash = entry_hash(&tip.hash, tip.chain, seq, &entry.body);
            tip.seq = seq;
            tree.push(&tip.hash);
            places.push(tip);
            let of_word = |text: &str| self.words.get(text).copied();
            let body = entry.unpacked.pack(of_word).ok_or(EntryError::Unwritable)?;
            records.push(RecordRow {
                chain: number,
                seq,
                at: entry.at,
                authority: entry.authority,
                agency: body.agency,
                kind: entry.kind.number(),
                family: entry.unpacked.family,
                hash: tip.hash.as_bytes().to_vec(),
                body: body.bytes,
            });
            if let Some(authority) = entry.authority {
                let of_entry = entry.unpacked.families.iter().copied();
                families.extend(FamiliesRow::of(authority, of_entry, entry.at, number, seq));
            }
        }
        let now = self.clock.now().trunc_subsecs(6);
        let head = sign_head(&self.key, &tip, self.process.as_str(), now);
        let batch = Batch {
            before: (before.head.seq > 0).then(|| (before.head.seq, before.head.hash.to_string())),
            records,
            families,
            head,
        };
        Ok((batch, ChainTip { head: tip, tree }, places))
    }

    /// Looks up or assigns the numbers of words. A word that no entry uses in the end does no harm.
    async fn number_words(&mut self, entries: &[Prepared]) -> Result<(), OpenError> {
        let texts = entries.iter().flat_map(|entry| &entry.unpacked.words);
        let new: BTreeSet<&String> = texts.filter(|text| !self.words.contains_key(*text)).collect();
        if new.is_empty() {
            return Ok(());
        }
        let of = |text: &&String| Word {
            hash: hash_of(text).as_bytes().to_vec(),
            body: (*text).clone(),
        };
        let words: Vec<Word> = new.iter().map(of).collect();
        let numbers = timeout(self.timeout, self.store.number_words(&words))
            .await
            .map_err(|_| OpenError::TimedOut)??;
        if self.words.len() + words.len() > MAX_CACHED_WORDS {
            self.words.clear();
            // The full cache was cleared, words of this batch included, so they are looked up again.
            return Box::pin(self.number_words(entries)).await;
        }
        self.words.extend(words.into_iter().map(|word| word.body).zip(numbers));
        Ok(())
    }
}

/// The task that writes.
pub(super) struct Task {
    chain: Chain,
    waiting: mpsc::Receiver<Command>,
    counters: Arc<Counters>,
    /// Publishes every durable end of the chain.
    tip: watch::Sender<ChainTip>,
    batch: usize,
    closers: Vec<oneshot::Sender<()>>,
}

type Waiter = oneshot::Sender<Result<HeadRef, TrailError>>;

impl Task {
    pub(super) fn new(
        chain: Chain,
        waiting: mpsc::Receiver<Command>,
        counters: Arc<Counters>,
        tip: watch::Sender<ChainTip>,
        batch: usize,
    ) -> Self {
        Self {
            chain,
            waiting,
            counters,
            tip,
            batch,
            closers: Vec::new(),
        }
    }

    /// Writes until the trail is closed or its last handle is dropped, and then writes what is still queued.
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
                            self.write(full.0, full.1).await;
                            bytes = 0;
                        }
                        bytes += entry.body.len();
                        batch.push(entry);
                        waiters.push(waiter);
                    }
                }
            }
            if !batch.is_empty() {
                self.write(batch, waiters).await;
            }
        }
        if let Some(Position { durable, .. }) = self.chain.at {
            let HeadRef { chain, seq, hash } = durable.head;
            tracing::info!(%chain, seq, %hash, "trail closed");
        }
        for closer in self.closers {
            // The caller may have stopped waiting.
            let _ = closer.send(());
        }
    }

    async fn write(&mut self, batch: Vec<Prepared>, waiters: Vec<Waiter>) {
        let (chain, counters) = (&mut self.chain, &self.counters);
        let count = u64::try_from(batch.len()).unwrap_or(u64::MAX);
        match chain.write(&batch).await {
            Ok(places) => {
                if counters.failing.swap(false, Ordering::Relaxed) {
                    tracing::info!("the trail is written again, and goes on where it was left");
                }
                counters.batches.fetch_add(1, Ordering::Relaxed);
                counters.entries.fetch_add(count, Ordering::Relaxed);
                // The checkpoint first, so that it covers every entry that a caller is told of.
                if let Some(at) = &chain.at {
                    self.tip.send_replace(at.durable.clone());
                }
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
}

#[cfg(test)]
mod tests;
