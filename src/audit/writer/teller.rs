//! Tells of changes that they were made: in the trail, and of chain and changes in the data directory.
//!
//! It is told after the main database has committed; whoever changes something does not wait for it. What is not told yet when the machine ends is what was made in the last tenth of a second.

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

use super::task::Reached;
use crate::{
    audit::marks::{self, MadeMark, Mark},
    clock::Clock,
    store::trail::{MadeRow, TrailStore},
};

/// The trail is not told more often.
const EVERY: Duration = Duration::from_millis(100);
/// The directory is not.
const DIRECTORY_EVERY: Duration = Duration::from_secs(1);
/// More are not remembered while the trail cannot be written; those that were made first are forgotten first.
const MOST: usize = 100_000;

/// What the task is told.
pub(super) enum Told {
    /// These changes were made.
    Made(Vec<MadeRow>),
    /// How far the chain has come is to be noted in this directory as well; and which trail it is.
    Directory(PathBuf, Option<Uuid>),
    /// Tell what is not told yet, and end.
    Close(oneshot::Sender<()>),
}

/// The task that tells.
pub(super) struct Teller {
    pub(super) store: TrailStore,
    pub(super) clock: Clock,
    pub(super) queue: mpsc::UnboundedReceiver<Told>,
    pub(super) reached: watch::Receiver<Reached>,
}

/// What it knows.
#[derive(Default)]
struct Known {
    made: BTreeSet<MadeRow>,
    newest: Option<MadeRow>,
    directory: Option<PathBuf>,
    /// Which trail it is.
    identity: Option<Uuid>,
    /// Whether the directory's file is behind.
    behind: bool,
}

impl Teller {
    /// Tells until it is closed, or nobody is left who could make a change.
    pub(super) async fn run(mut self) {
        let mut known = Known::default();
        let (mut next, mut noting) = (Instant::now(), Instant::now());
        let (mut writing, mut over, mut closer) = (true, false, None);
        while !over {
            tokio::select! {
                told = self.queue.recv() => match told {
                    Some(Told::Made(rows)) => known.add(rows),
                    Some(Told::Directory(directory, identity)) => {
                        (known.directory, known.behind, known.identity) = (Some(directory), true, identity);
                    }
                    Some(Told::Close(done)) => (over, closer) = (true, Some(done)),
                    None => over = true,
                },
                changed = self.reached.changed(), if writing => {
                    writing = changed.is_ok();
                    known.behind = known.directory.is_some();
                }
                () = sleep_until(next), if !known.made.is_empty() => {
                    self.tell(&mut known).await;
                    next = Instant::now() + EVERY;
                }
                () = sleep_until(noting), if known.behind => {
                    self.note(&mut known).await;
                    noting = Instant::now() + DIRECTORY_EVERY;
                }
            }
        }
        known.behind = known.directory.is_some();
        self.tell(&mut known).await;
        self.note(&mut known).await;
        if let Some(closer) = closer {
            // Whoever asked may have stopped waiting.
            let _ = closer.send(());
        }
    }

    async fn tell(&self, known: &mut Known) {
        let made: Vec<MadeRow> = known.made.iter().copied().collect();
        match self.store.add_made(&made).await {
            Ok(()) => known.made.clear(),
            Err(error) => {
                tracing::warn!(%error, changes = made.len(), "trail.made_not_told: it is tried again");
            }
        }
    }

    async fn note(&mut self, known: &mut Known) {
        let head = self.reached.borrow_and_update().head;
        let (Some(directory), true) = (known.directory.clone(), known.behind) else {
            return;
        };
        known.behind = false;
        let made = known.newest.map(|made| MadeMark {
            authority: made.authority,
            seq: made.seq,
        });
        let mark = Mark {
            chain: head.chain,
            seq: head.seq,
            hash: head.hash,
            at: self.clock.now(),
            of: known.identity,
            made,
        };
        let noted = tokio::task::spawn_blocking(move || note(&directory, mark)).await;
        known.behind = !noted.unwrap_or(false);
    }
}

impl Known {
    fn add(&mut self, rows: Vec<MadeRow>) {
        self.newest = rows.iter().copied().max().max(self.newest);
        self.made.extend(rows);
        while self.made.len() > MOST {
            self.made.pop_first();
        }
        self.behind = self.directory.is_some();
    }
}

fn note(directory: &Path, mark: Mark) -> bool {
    match marks::put(directory, mark) {
        Ok(()) => true,
        Err(error) => {
            tracing::warn!(%error, "trail.marks_not_noted: it is tried again");
            false
        }
    }
}
