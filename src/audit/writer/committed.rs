//! Records committed changes in the trail, and high-water marks in the data directory.
//!
//! Runs after the main database has committed; callers do not wait for it. If the machine fails, what is not
//! recorded yet are the changes of the last tenth of a second.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{Instant, sleep_until},
};
use uuid::Uuid;

use super::task::ChainTip;
use crate::{
    audit::marks::{self, MadeMark, Mark},
    clock::Clock,
    store::trail::{MadeRow, TrailStore},
};

/// The shortest interval between two writes to the trail.
const TRAIL_INTERVAL: Duration = Duration::from_millis(100);
/// The shortest interval between two writes to the data directory.
const MARKS_INTERVAL: Duration = Duration::from_secs(1);
/// The most changes remembered while the trail cannot be written to; the oldest are dropped first.
const MAX_PENDING: usize = 100_000;

/// A message to the task.
pub(super) enum Message {
    /// These changes were committed.
    Made(Vec<MadeRow>),
    /// From now on also keep high-water marks in this directory; and the identity of the trail.
    Directory(PathBuf, Option<Uuid>),
    /// Write what is outstanding, and end.
    Close(oneshot::Sender<()>),
}

/// The task.
pub(super) struct CommitRecorder {
    pub(super) store: TrailStore,
    pub(super) clock: Clock,
    pub(super) queue: mpsc::UnboundedReceiver<Message>,
    pub(super) tip: watch::Receiver<ChainTip>,
}

/// Its state.
#[derive(Default)]
struct State {
    made: BTreeSet<MadeRow>,
    newest: Option<MadeRow>,
    directory: Option<PathBuf>,
    /// The identity of the trail.
    identity: Option<Uuid>,
    /// Whether the directory's file is out of date.
    stale: bool,
}

impl CommitRecorder {
    /// Runs until it is closed, or its last sender is dropped.
    pub(super) async fn run(mut self) {
        let mut state = State::default();
        let (mut next, mut next_mark) = (Instant::now(), Instant::now());
        let (mut writing, mut over, mut closer) = (true, false, None);
        while !over {
            tokio::select! {
                message = self.queue.recv() => match message {
                    Some(Message::Made(rows)) => state.add(rows),
                    Some(Message::Directory(directory, identity)) => {
                        (state.directory, state.stale, state.identity) = (Some(directory), true, identity);
                    }
                    Some(Message::Close(done)) => (over, closer) = (true, Some(done)),
                    None => over = true,
                },
                changed = self.tip.changed(), if writing => {
                    writing = changed.is_ok();
                    state.stale = state.directory.is_some();
                }
                () = sleep_until(next), if !state.made.is_empty() => {
                    self.store_committed(&mut state).await;
                    next = Instant::now() + TRAIL_INTERVAL;
                }
                () = sleep_until(next_mark), if state.stale => {
                    self.write_mark(&mut state).await;
                    next_mark = Instant::now() + MARKS_INTERVAL;
                }
            }
        }
        state.stale = state.directory.is_some();
        self.store_committed(&mut state).await;
        self.write_mark(&mut state).await;
        if let Some(closer) = closer {
            // The caller may have stopped waiting.
            let _ = closer.send(());
        }
    }

    async fn store_committed(&self, state: &mut State) {
        let made: Vec<MadeRow> = state.made.iter().copied().collect();
        match self.store.add_made(&made).await {
            Ok(()) => state.made.clear(),
            Err(error) => {
                tracing::warn!(%error, changes = made.len(), "trail.made_not_told: it is tried again");
            }
        }
    }

    async fn write_mark(&mut self, state: &mut State) {
        let head = self.tip.borrow_and_update().head;
        let (Some(directory), true) = (state.directory.clone(), state.stale) else {
            return;
        };
        state.stale = false;
        let made = state.newest.map(|made| MadeMark {
            authority: made.authority,
            seq: made.seq,
        });
        let mark = Mark {
            chain: head.chain,
            seq: head.seq,
            hash: head.hash,
            at: self.clock.now(),
            of: state.identity,
            made,
        };
        let noted = tokio::task::spawn_blocking(move || write_mark(&directory, mark)).await;
        state.stale = !noted.unwrap_or(false);
    }
}

impl State {
    fn add(&mut self, rows: Vec<MadeRow>) {
        self.newest = rows.iter().copied().max().max(self.newest);
        self.made.extend(rows);
        while self.made.len() > MAX_PENDING {
            self.made.pop_first();
        }
        self.stale = self.directory.is_some();
    }
}

fn write_mark(directory: &Path, mark: Mark) -> bool {
    match marks::put(directory, mark) {
        Ok(()) => true,
        Err(error) => {
            tracing::warn!(%error, "trail.marks_not_noted: it is tried again");
            false
        }
    }
}
