//! The task that writes, and the chain it writes to.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use chrono::{DateTime, SubsecRound, Utc};
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

use super::{Command, Counters, OpenError, TrailError};
use crate::{
    audit::{
        chain::{entry_hash, sign_head},
        code::Code,
        entry::{Entry, EntryError, EntryRef, HeadRef, Kind},
        hash::Hash,
        heads::unnamed_heads,
        key::HeadKey,
        packed::{Unpacked, hash_of},
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

/// An entry ready to be written, but for its place and the numbers of its words. Made by the caller, so that the task only hashes and writes.
pub(super) struct Prepared {
    at: DateTime<Utc>,
    kind: Kind,
    authority: Option<i32>,
    unpacked: Unpacked,
    /// The canonical JSON, which is what is hashed.
    body: String,
}

impl Prepared {
    pub(super) fn new(entry: &Entry) -> Result<Self, EntryError> {
        Ok(Self {
            at: entry.at.trunc_subsecs(6),
            kind: entry.kind,
            authority: entry.authority,
            body: entry.to_body()?,
            unpacked: Unpacked::of(entry).map_err(|_| EntryError::Unwritable)?,
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
    /// The numbers of words that were used, by their texts.
    pub(super) words: HashMap<String, i32>,
}

#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The number of the chain.
    number: i32,
    durable: HeadRef,
    /// After writes whose end is not known; none once one has succeeded.
    perhaps: Vec<HeadRef>,
}

impl Place {
    fn at(number: i32, durable: HeadRef) -> Self {
        Self {
            number,
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
        let number = timeout(self.timeout, self.store.number_chain(before.chain, entry.at))
            .await
            .map_err(|_| OpenError::TimedOut)??;
        let (batch, reached) = self.batch(number, &before, &[Prepared::new(&entry)?]).await?;
        timeout(self.timeout, self.store.append(&batch))
            .await
            .map_err(|_| OpenError::TimedOut)??;
        tracing::info!(chain = %reached.chain, hash = %reached.hash, "trail opened");
        self.at = Some(Place::at(number, reached));
        Ok(EntryRef {
            chain: reached.chain,
            seq: reached.seq,
        })
    }

    /// Writes a batch; the places are those of its entries, in order.
    async fn write(&mut self, batch: &[Prepared]) -> Result<Vec<EntryRef>, OpenError> {
        let mut before = self.settle().await?;
        if self
            .at
            .as_ref()
            .is_some_and(|at| !is_of_month(at.number, self.clock.now()))
        {
            // A chain is of one month, so that a month is whole by itself.
            self.open().await?;
            before = self.settle().await?;
        }
        let number = self.at.as_ref().map_or(0, |at| at.number);
        let (rows, reached) = self.batch(number, &before, batch).await?;
        if let Some(at) = &mut self.at {
            // What was begun so many writes ago has long ended.
            let spare = (at.perhaps.len() + 1).saturating_sub(MAX_OPEN);
            at.perhaps.drain(..spare);
            at.perhaps.push(reached);
        }
        timeout(self.timeout, self.store.append(&rows))
            .await
            .map_err(|_| OpenError::TimedOut)??;
        self.at = Some(Place::at(number, reached));
        let place = |row: &RecordRow| EntryRef {
            chain: reached.chain,
            seq: row.seq,
        };
        Ok(rows.records.iter().map(place).collect())
    }

    /// Where the chain stands in the database. After a write that failed, or whose end is not known, that is read again: it stands where it
    /// stood, or one of these writes was made after all. If it is neither, somebody else wrote to it, or an older database stands in the place of the one that
    /// was written to: the chain is left as it is for the check to find, and this process writes nothing more.
    async fn settle(&mut self) -> Result<HeadRef, OpenError> {
        let Some(Place { durable, perhaps, .. }) = &mut self.at else {
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

    async fn batch(
        &mut self,
        number: i32,
        before: &HeadRef,
        entries: &[Prepared],
    ) -> Result<(Batch, HeadRef), OpenError> {
        self.number_words(entries).await?;
        let mut reached = *before;
        let mut records = Vec::with_capacity(entries.len());
        let mut families = Vec::new();
        for entry in entries {
            let seq = reached.seq + 1;
            reached.hash = entry_hash(&reached.hash, reached.chain, seq, &entry.body);
            reached.seq = seq;
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
            before: (before.seq > 0).then(|| (before.seq, before.hash.to_string())),
            records,
            families,
            head,
        };
        Ok((batch, reached))
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
            counters.stopped.store(chain.at.is_none(), Ordering::Relaxed);
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
            words: HashMap::new(),
        };
        let opened = chain.open().await.unwrap();
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
        assert_eq!((places[0].chain, places[0].seq), (opened.chain, 3));
        let report = verify(&chain.store, &[key.public()], &[]).await.unwrap();
        assert!(report.is_sound(), "{:?}", report.findings);
        assert_eq!((report.chains, report.entries), (1, 3));
    }
}
