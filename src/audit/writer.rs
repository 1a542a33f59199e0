//! The trail's writer: many callers append, one task writes, and each caller waits until its entry is durable
//! (group commit).
//!
//! Entries that arrive while a batch is being written make up the next batch, so that concurrent requests
//! share the cost of a commit and nobody waits for a timer. Only the task knows the end of the chain, and
//! advances it only when the database has committed.

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

pub(super) mod chain_heads;
mod command;
mod committed;
mod error;
mod prepared;
mod task;

use self::committed::{CommitRecorder, Message};
pub use self::error::{OpenError, TrailError};
use self::{
    command::{Command, Counters},
    prepared::Prepared,
    task::{Chain, ChainTip, Task},
};

/// Limits and options of the writer.
#[derive(Clone, Debug)]
pub struct TrailOptions {
    /// The length of the queue; when it is full, an append is refused at once.
    pub queue: usize,
    /// The most entries in one transaction.
    pub batch: usize,
    /// How long a transaction may take before its entries count as not written.
    pub timeout: Duration,
    /// The folder with the high-water marks outside the database, if they are kept.
    pub marks_folder: Option<PathBuf>,
}

impl Default for TrailOptions {
    fn default() -> Self {
        Self {
            queue: 4096,
            batch: 256,
            timeout: Duration::from_secs(10),
            marks_folder: None,
        }
    }
}

/// The health of the writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It accepts entries, and the newest was written.
    Well,
    /// The newest entry could not be written, or no entry can be accepted now.
    Failing,
    /// It writes nothing more until the process is restarted.
    Stopped,
}

/// Statistics of the writer since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrailStats {
    /// Entries made durable.
    pub entries: u64,
    /// Transactions committed.
    pub batches: u64,
    /// Entries accepted from the queue that could not be written.
    pub failed: u64,
    /// Entries refused because the queue was full.
    pub refused: u64,
}

/// The heads of all chains, except those that the first entry of another chain already names as they are now:
/// for an entry that vouches for them.
pub async fn unnamed_heads(store: &TrailStore) -> Result<BTreeSet<HeadRef>, TrailStoreError> {
    Ok(chain_heads::ChainHeads::read(store, None).await?.named)
}

/// The trail of this server process. Clones write to the same chain.
#[derive(Clone)]
pub struct Trail {
    queue: mpsc::Sender<Command>,
    committed: mpsc::UnboundedSender<Message>,
    counters: Arc<Counters>,
    store: TrailStore,
    opened: Uuid,
    found: Arc<BTreeSet<HeadRef>>,
    tip: watch::Receiver<ChainTip>,
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
    /// Opens a chain for this process and starts the task that writes. Its first entry is durable when this
    /// returns. `process` identifies the process to people who want to know where a chain came from; it must
    /// hold nothing personal.
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
            marks_folder: options.marks_folder.clone(),
            at: None,
            words: HashMap::new(),
        };
        let (opened, found) = chain.open().await?;
        let head = opened.head;
        let (store_committed, tip) = watch::channel(opened);
        let batch = options.batch.max(1);
        let task = Task::new(chain, waiting, Arc::clone(&counters), store_committed, batch);
        tokio::spawn(task.run());
        let (committed, message) = mpsc::unbounded_channel();
        let telling = CommitRecorder {
            store: store.clone(),
            clock: own.1.clone(),
            queue: message,
            tip: tip.clone(),
        };
        tokio::spawn(telling.run());
        Ok(Self {
            queue,
            committed,
            counters,
            store,
            opened: head.chain,
            found: Arc::new(found),
            tip,
            key: own.0,
            clock: own.1,
        })
    }

    /// Appends an entry. It is durable when this returns its position and hash; after an error it counts as
    /// not recorded. A caller that stops waiting changes nothing: its entry is still written.
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

    /// Writes what is queued and ends the task; later appends are refused. Closing twice is not an error.
    pub async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.queue.send(Command::Close(done)).await.is_ok() {
            // An error means that the task has ended, so nothing is queued any more.
            let _ = closed.await;
        }
        let (done, closed) = oneshot::channel();
        if self.committed.send(Message::Close(done)).is_ok() {
            let _ = closed.await;
        }
    }

    /// Records that the main database has committed changes, given the positions of the entries that announce
    /// them. The trail stores this shortly afterwards, which shows whether a main database has lost them.
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
            // An error means that the trail was closed: the effect is as if the process had ended.
            let _ = self.committed.send(Message::Made(rows));
        }
    }

    /// The newest committed change of this process: its authority, and the position of its entry.
    pub fn newest_made(&self) -> Option<(i32, EntryRef)> {
        let made = *self.counters.made.lock().unwrap_or_else(PoisonError::into_inner);
        let place = |made: MadeRow| EntryRef {
            chain: made.chain,
            seq: made.seq,
        };
        made.map(|made| (made.authority, place(made)))
    }

    /// Stops writing, so that nothing more is disclosed or changed until the process is restarted.
    pub fn stop(&self) {
        self.counters.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether a change is known to be committed, given the position of the entry that announces it.
    pub async fn knows_made(&self, place: EntryRef) -> Result<bool, TrailStoreError> {
        let snapshot = self.store.snapshot().await?;
        let (after, before) = (place.seq - 1, place.seq + 1);
        let made = snapshot.newest_made(place.chain, after, before, 1).await?;
        Ok(!made.is_empty())
    }

    /// From now on also keeps high-water marks in the data directory. `identity` says which trail they belong
    /// to.
    pub fn note_in(&self, data_dir: PathBuf, identity: Option<Uuid>) {
        let _ = self.committed.send(Message::Directory(data_dir, identity));
    }

    /// The time on the trail's clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The chain that this process opened when it started.
    pub fn opened(&self) -> Uuid {
        self.opened
    }

    /// The chain that is being written: from the start of a new month, no longer the one that the process
    /// opened.
    pub fn chain(&self) -> Uuid {
        self.tip.borrow().head.chain
    }

    /// The store, for reading.
    pub fn store(&self) -> &TrailStore {
        &self.store
    }

    /// The heads of all chains when this one was opened.
    pub fn found(&self) -> &BTreeSet<HeadRef> {
        &self.found
    }

    /// The checkpoint of everything durable in the chain, and its signed note.
    pub fn checkpoint(&self) -> (Checkpoint, String) {
        let tip = self.tip.borrow().clone();
        let checkpoint = Checkpoint {
            chain: tip.head.chain,
            size: tip.tree.size(),
            root: tip.tree.root(),
        };
        (checkpoint, checkpoint.sign(&self.key))
    }

    /// The signing key.
    pub fn key(&self) -> &HeadKey {
        &self.key
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The key that heads are verified with.
    pub fn public_key(&self) -> PublicKey {
        self.key.public()
    }

    /// The health of the writer.
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

    /// The health of the writer. After a failure it first tries to write an entry, so that a server without
    /// requests notices when the trail can be written to again.
    pub async fn probe(&self) -> Health {
        if self.health() == Health::Failing && !self.counters.probing.swap(true, Ordering::Relaxed) {
            let trail = self.clone();
            // A task of its own, which goes on if the caller stops waiting, so that only one trial write runs
            // at a time.
            let trying = tokio::spawn(async move {
                let mut entry = Entry::new(Kind::Resumed, trail.clock.now());
                let failed = trail.stats().failed;
                entry
                    .withheld
                    .add(Code::nearest("trail"), Code::nearest("not_written"), failed);
                // The outcome is in the health and in the log.
                let _ = trail.append(entry).await;
                trail.counters.probing.store(false, Ordering::Relaxed);
            });
            let _ = trying.await;
        }
        self.health()
    }

    /// How many entries are queued.
    pub fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// The statistics so far.
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
