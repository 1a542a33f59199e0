//! The writing end: many callers append, one task writes, and each caller waits until its entry is durable.
//!
//! Entries that wait while a batch is being written make up the next batch, so the cost of a commit is shared by all that
//! ask at the same time and nobody waits for a timer. The task alone knows where the chain stands, and moves on only when
//! the database has committed.

use std::{
    collections::{BTreeSet, HashMap},
    path::PathBuf,
    sync::{
        Arc, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, oneshot, watch};
use uuid::Uuid;

use super::{
    checkpoint::Checkpoint,
    code::Code,
    entry::{Entry, EntryRef, HeadRef, Kind},
    key::{HeadKey, PublicKey},
};
use crate::{
    clock::{Clock, Ids},
    store::trail::{MadeRow, TrailStore, TrailStoreError},
};

mod command;
mod error;
pub(super) mod others;
mod prepared;
mod task;
mod teller;

pub use self::error::{OpenError, TrailError};
use self::teller::{Teller, Told};
use self::{
    command::{Command, Counters},
    prepared::Prepared,
    task::{Chain, Reached, Task},
};

/// Bounds of the writing end.
#[derive(Clone, Debug)]
pub struct TrailOptions {
    /// How many entries may wait; beyond it an append is refused at once.
    pub queue: usize,
    /// How many entries one transaction takes at most.
    pub batch: usize,
    /// How long one transaction may take before its entries count as not written.
    pub timeout: Duration,
    /// The folder in which heads are kept outside the database, where they are.
    pub held: Option<PathBuf>,
}

impl Default for TrailOptions {
    fn default() -> Self {
        Self {
            queue: 4096,
            batch: 256,
            timeout: Duration::from_secs(10),
            held: None,
        }
    }
}

/// How the writing end fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It takes entries, and the newest was written.
    Well,
    /// The newest entry could not be written, or none can be taken now.
    Failing,
    /// It writes nothing more until the process is started anew.
    Stopped,
}

/// What the writing end has done since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrailStats {
    /// Entries made durable.
    pub entries: u64,
    /// Transactions that made them so.
    pub batches: u64,
    /// Entries that were not written although the task had taken them.
    pub failed: u64,
    /// Entries refused because too many were waiting.
    pub refused: u64,
}

/// The heads of all chains, without those that the first entry of another chain names already as they are now: for an entry that vouches for them.
pub async fn unnamed_heads(store: &TrailStore) -> Result<BTreeSet<HeadRef>, TrailStoreError> {
    Ok(others::Others::find(store, None).await?.named)
}

/// The trail of this server process. Clones write to the same chain.
#[derive(Clone)]
pub struct Trail {
    queue: mpsc::Sender<Command>,
    teller: mpsc::UnboundedSender<Told>,
    counters: Arc<Counters>,
    store: TrailStore,
    opened: Uuid,
    found: Arc<BTreeSet<HeadRef>>,
    reached: watch::Receiver<Reached>,
    key: HeadKey,
    clock: Clock,
}

impl std::fmt::Debug for Trail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trail")
            .field("opened", &self.opened)
            .finish_non_exhaustive()
    }
}

impl Trail {
    /// Opens a chain for this process, whose first entry is durable when this returns, and starts the task that writes.
    /// `process` names the process for people who look for where a chain came from; it must hold nothing personal.
    pub async fn open(
        store: TrailStore,
        key: HeadKey,
        process: Code,
        clock: Clock,
        ids: Ids,
        options: TrailOptions,
    ) -> Result<Self, OpenError> {
        let (queue, waiting) = mpsc::channel(options.queue.max(1));
        let counters = Arc::new(Counters::default());
        let own = (key.clone(), clock.clone());
        let mut chain = Chain {
            store: store.clone(),
            key,
            process,
            clock,
            ids,
            timeout: options.timeout,
            held: options.held.clone(),
            at: None,
            words: HashMap::new(),
        };
        let (opened, found) = chain.open().await?;
        let head = opened.head;
        let (tell, reached) = watch::channel(opened);
        let batch = options.batch.max(1);
        let task = Task::new(chain, waiting, Arc::clone(&counters), tell, batch);
        tokio::spawn(task.run());
        let (teller, told) = mpsc::unbounded_channel();
        let telling = Teller {
            store: store.clone(),
            clock: own.1.clone(),
            queue: told,
            reached: reached.clone(),
        };
        tokio::spawn(telling.run());
        Ok(Self {
            queue,
            teller,
            counters,
            store,
            opened: head.chain,
            found: Arc::new(found),
            reached,
            key: own.0,
            clock: own.1,
        })
    }

    /// Adds an entry. It is durable when this returns its place and hash; after an error it must be taken as not recorded. A caller
    /// that stops waiting changes nothing: its entry is written all the same.
    pub async fn append(&self, entry: Entry) -> Result<HeadRef, TrailError> {
        if self.counters.stopped.load(Ordering::Relaxed) {
            return Err(TrailError::NotWritten);
        }
        let prepared = Prepared::new(&entry)?;
        let (done, answer) = oneshot::channel();
        match self.queue.try_send(Command::Append(prepared, done)) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(_)) => {
                self.counters.refused.fetch_add(1, Ordering::Relaxed);
                return Err(TrailError::Busy);
            }
            Err(mpsc::error::TrySendError::Closed(_)) => return Err(TrailError::Closed),
        }
        answer.await.unwrap_or(Err(TrailError::Closed))
    }

    /// Writes what waits and ends the task; later appends are refused. Closing twice is no error.
    pub async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.queue.send(Command::Close(done)).await.is_ok() {
            // An error means that the task is gone, so nothing waits any more.
            let _ = closed.await;
        }
        let (done, closed) = oneshot::channel();
        if self.teller.send(Told::Close(done)).is_ok() {
            let _ = closed.await;
        }
    }

    /// Says of changes, by the places of the entries that announce them, that the main database has committed them. The trail tells it soon, so that a main database that has lost them is known by it.
    pub fn made(&self, authority: i32, places: impl IntoIterator<Item = EntryRef>) {
        let rows = places.into_iter().map(|place| MadeRow {
            chain: place.chain,
            seq: place.seq,
            authority,
        });
        let rows: Vec<MadeRow> = rows.collect();
        if let Some(newest) = rows.iter().copied().max() {
            let mut made = self.counters.made.lock().unwrap_or_else(PoisonError::into_inner);
            *made = made.max(Some(newest));
            // An error means that the trail was closed: then it is as if the process had ended.
            let _ = self.teller.send(Told::Made(rows));
        }
    }

    /// The newest change of this process that was made: its authority, and where its entry stands.
    pub fn newest_made(&self) -> Option<(i32, EntryRef)> {
        let made = *self.counters.made.lock().unwrap_or_else(PoisonError::into_inner);
        let place = |made: MadeRow| EntryRef {
            chain: made.chain,
            seq: made.seq,
        };
        made.map(|made| (made.authority, place(made)))
    }

    /// Writes nothing more, so that nothing more is disclosed or changed until the process is started anew.
    pub fn stop(&self) {
        self.counters.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether a change is known to be made, by the place of the entry that announces it.
    pub async fn knows_made(&self, place: EntryRef) -> Result<bool, TrailStoreError> {
        let snapshot = self.store.snapshot().await?;
        let (after, before) = (place.seq - 1, place.seq + 1);
        let made = snapshot.newest_made(place.chain, after, before, 1).await?;
        Ok(!made.is_empty())
    }

    /// Notes from now on in the data directory, too, how far the chain has come. `identity` says which trail it is.
    pub fn note_in(&self, data_dir: PathBuf, identity: Option<Uuid>) {
        let _ = self.teller.send(Told::Directory(data_dir, identity));
    }

    /// What time it is for the trail.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The chain that this process opened when it started.
    pub fn opened(&self) -> Uuid {
        self.opened
    }

    /// The chain that is written now: another one than it opened from the turn of a month on.
    pub fn chain(&self) -> Uuid {
        self.reached.borrow().head.chain
    }

    /// The tables, for reading.
    pub fn store(&self) -> &TrailStore {
        &self.store
    }

    /// The heads of all chains when this one was opened.
    pub fn found(&self) -> &BTreeSet<HeadRef> {
        &self.found
    }

    /// How the chain stands: the checkpoint of all that is durable, and its signed note.
    pub fn checkpoint(&self) -> (Checkpoint, String) {
        let reached = self.reached.borrow().clone();
        let checkpoint = Checkpoint {
            chain: reached.head.chain,
            size: reached.tree.size(),
            root: reached.tree.root(),
        };
        (checkpoint, checkpoint.sign(&self.key))
    }

    /// The key that signs.
    pub fn key(&self) -> &HeadKey {
        &self.key
    }

    /// The time.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The key that heads are checked with.
    pub fn public_key(&self) -> PublicKey {
        self.key.public()
    }

    /// How it fares.
    pub fn health(&self) -> Health {
        if self.counters.stopped.load(Ordering::Relaxed) {
            Health::Stopped
        } else if self.counters.failing.load(Ordering::Relaxed) || self.queue.is_closed() || self.queue.capacity() == 0
        {
            Health::Failing
        } else {
            Health::Well
        }
    }

    /// How it fares; after a failure by trying to write an entry of its own, so that a server from which nobody asks anything any more finds out that all is
    /// well again.
    pub async fn proven(&self) -> Health {
        if self.health() == Health::Failing && !self.counters.proving.swap(true, Ordering::Relaxed) {
            let trail = self.clone();
            // It ends whoever waits for it, so that there is one at a time.
            let trying = tokio::spawn(async move {
                let mut entry = Entry::new(Kind::Resumed, trail.clock.now());
                let failed = trail.stats().failed;
                entry
                    .withheld
                    .add(Code::nearest("trail"), Code::nearest("not_written"), failed);
                // What came of it is in the health and in the log.
                let _ = trail.append(entry).await;
                trail.counters.proving.store(false, Ordering::Relaxed);
            });
            let _ = trying.await;
        }
        self.health()
    }

    /// How many entries wait to be written.
    pub fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// What has been done so far.
    pub fn stats(&self) -> TrailStats {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        TrailStats {
            entries: read(&self.counters.entries),
            batches: read(&self.counters.batches),
            failed: read(&self.counters.failed),
            refused: read(&self.counters.refused),
        }
    }
}
