//! The task that writes, and the chain it writes to.

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
    command::{Command, Counters},
    error::{OpenError, TrailError},
    others::Others,
    prepared::Prepared,
};
use crate::{
    audit::{
        chain::{entry_hash, sign_head},
        code::Code,
        entry::{Entry, EntryError, HeadRef, Kind},
        hash::Hash,
        key::HeadKey,
        packed::hash_of,
        tree::Tree,
    },
    clock::{Clock, Ids},
    store::trail::{Batch, FamiliesRow, RecordRow, TrailStore, Word, is_of_month},
};

/// One transaction takes no more than this many bytes of bodies, besides its first entry.
const BATCH_BYTES: usize = 8 << 20;
/// So many writes whose end is not known are remembered.
const MAX_OPEN: usize = 64;

/// No more numbers of words are remembered.
const MOST_WORDS: usize = 50_000;

/// The chain and where it stands.
pub(super) struct Chain {
    pub(super) store: TrailStore,
    pub(super) key: HeadKey,
    pub(super) process: Code,
    pub(super) clock: Clock,
    pub(super) ids: Ids,
    pub(super) timeout: Duration,
    /// Where heads are kept outside the database.
    pub(super) held: Option<PathBuf>,
    /// The last place known to be durable, and where failed writes may have left the chain instead.
    pub(super) at: Option<Place>,
    /// The numbers of words that were used, by their texts.
    pub(super) words: HashMap<String, i32>,
}

/// The end of a chain, and the tree over all its entries.
#[derive(Clone, Debug)]
pub(super) struct Reached {
    pub(super) head: HeadRef,
    pub(super) tree: Tree,
}

#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The number of the chain.
    number: i32,
    durable: Reached,
    /// After writes whose end is not known; none once one has succeeded.
    perhaps: Vec<Reached>,
}

impl Place {
    fn at(number: i32, durable: Reached) -> Self {
        Self {
            number,
            durable,
            perhaps: Vec::new(),
        }
    }
}

impl Chain {
    /// Begins a chain with an entry that names the heads of the others. Gives where it stands, and all heads that were there.
    pub(super) async fn open(&mut self) -> Result<(Reached, BTreeSet<HeadRef>), OpenError> {
        let mut entry = Entry::new(Kind::ChainOpened, self.clock.now());
        let finding = Others::find(&self.store, self.held.as_deref());
        let others = timeout(self.timeout, finding)
            .await
            .map_err(|_| OpenError::TimedOut)??;
        entry.heads = others.named;
        let before = Reached {
            head: HeadRef {
                chain: self.ids.uuid(),
                seq: 0,
                hash: Hash::ZERO,
            },
            tree: Tree::default(),
        };
        let number = timeout(self.timeout, self.store.number_chain(before.head.chain, entry.at))
            .await
            .map_err(|_| OpenError::TimedOut)??;
        let (batch, reached, _) = self.batch(number, &before, &[Prepared::new(&entry)?]).await?;
        timeout(self.timeout, self.store.append(&batch))
            .await
            .map_err(|_| OpenError::TimedOut)??;
        tracing::info!(chain = %reached.head.chain, hash = %reached.head.hash, "trail opened");
        self.at = Some(Place::at(number, reached.clone()));
        Ok((reached, others.all))
    }

    /// Writes a batch; the places are those of its entries, in order.
    async fn write(&mut self, batch: &[Prepared]) -> Result<Vec<HeadRef>, OpenError> {
        let mut before = self.settle().await?;
        if (self.at.as_ref()).is_some_and(|at| !is_of_month(at.number, self.clock.now())) {
            // A chain is of one month, so that a month is whole by itself.
            self.open().await?;
            before = self.settle().await?;
        }
        let number = self.at.as_ref().map_or(0, |at| at.number);
        let (rows, reached, places) = self.batch(number, &before, batch).await?;
        if let Some(at) = &mut self.at {
            // What was begun so many writes ago has long ended.
            let spare = (at.perhaps.len() + 1).saturating_sub(MAX_OPEN);
            at.perhaps.drain(..spare);
            at.perhaps.push(reached.clone());
        }
        timeout(self.timeout, self.store.append(&rows))
            .await
            .map_err(|_| OpenError::TimedOut)??;
        self.at = Some(Place::at(number, reached));
        Ok(places)
    }

    /// Where the chain stands in the database. After a write that failed, or whose end is not known, that is read again: it stands where it
    /// stood, or one of these writes was made after all. If it is neither, somebody else wrote to it, or an older database stands in the place of the one that
    /// was written to: the chain is left as it is for the check to find, and this process writes nothing more.
    async fn settle(&mut self) -> Result<Reached, OpenError> {
        let Some(Place { durable, perhaps, .. }) = &mut self.at else {
            return Err(OpenError::Stopped);
        };
        if perhaps.is_empty() {
            return Ok(durable.clone());
        }
        let standing = timeout(self.timeout, self.store.standing(durable.head.chain))
            .await
            .map_err(|_| OpenError::TimedOut)??;
        let mut stands = std::iter::once(&*durable).chain(&*perhaps);
        let found = stands.find(|Reached { head, .. }| standing.ends_with(head.seq, &head.hash.to_string()));
        if let Some(place) = found {
            *durable = place.clone();
            if standing.is_settled() {
                perhaps.clear();
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
        before: &Reached,
        entries: &[Prepared],
    ) -> Result<(Batch, Reached, Vec<HeadRef>), OpenError> {
        self.number_words(entries).await?;
        let (mut reached, mut tree) = (before.head, before.tree.clone());
        let mut places = Vec::with_capacity(entries.len());
        let mut records = Vec::with_capacity(entries.len());
        let mut families = Vec::new();
        for entry in entries {
            let seq = reached.seq + 1;
            reached.hash = entry_hash(&reached.hash, reached.chain, seq, &entry.body);
            reached.seq = seq;
            tree.push(&reached.hash);
            places.push(reached);
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
                hash: reached.hash.as_bytes().to_vec(),
                body: body.bytes,
            });
            if let Some(authority) = entry.authority {
                let of_entry = entry.unpacked.families.iter().copied();
                families.extend(FamiliesRow::of(authority, of_entry, entry.at, number, seq));
            }
        }
        let now = self.clock.now().trunc_subsecs(6);
        let head = sign_head(&self.key, &reached, self.process.as_str(), now);
        let batch = Batch {
            before: (before.head.seq > 0).then(|| (before.head.seq, before.head.hash.to_string())),
            records,
            families,
            head,
        };
        Ok((batch, Reached { head: reached, tree }, places))
    }

    /// Gives the words of entries their numbers. Words that no entry comes to use do no harm.
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
        if self.words.len() + words.len() > MOST_WORDS {
            self.words.clear();
            // The others of this batch are asked for again.
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
    /// Told of every end of the chain that is durable.
    reached: watch::Sender<Reached>,
    batch: usize,
    closers: Vec<oneshot::Sender<()>>,
}

type Waiter = oneshot::Sender<Result<HeadRef, TrailError>>;

impl Task {
    pub(super) fn new(
        chain: Chain,
        waiting: mpsc::Receiver<Command>,
        counters: Arc<Counters>,
        reached: watch::Sender<Reached>,
        batch: usize,
    ) -> Self {
        Self {
            chain,
            waiting,
            counters,
            reached,
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
        if let Some(Place { durable, .. }) = self.chain.at {
            let HeadRef { chain, seq, hash } = durable.head;
            tracing::info!(%chain, seq, %hash, "trail closed");
        }
        for closer in self.closers {
            // Whoever asked may have stopped waiting.
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
                // First, so that whoever is told of an entry finds it in the checkpoint.
                if let Some(at) = &chain.at {
                    self.reached.send_replace(at.durable.clone());
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
            held: None,
            at: None,
            words: HashMap::new(),
        };
        let (opened, _) = chain.open().await.unwrap();
        let before = chain.at.clone().unwrap().durable;
        chain.write(&entry()).await.unwrap();
        let after = chain.at.clone().unwrap().durable;
        let number = chain.at.as_ref().unwrap().number;
        chain.at = Some(Place {
            number,
            durable: before,
            perhaps: vec![after],
        });
        let places = chain.write(&entry()).await.unwrap();
        assert_eq!((places[0].chain, places[0].seq), (opened.head.chain, 3));
        let report = verify(&chain.store, &[key.public()], &[]).await.unwrap();
        assert!(report.is_sound(), "{:?}", report.findings);
        assert_eq!((report.chains, report.entries), (1, 3));
        assert_eq!(
            chain.at.unwrap().durable.tree.size(),
            3,
            "the tree has what was built upon"
        );
    }
}
