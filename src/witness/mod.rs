//! Witnesses: third parties receive signed checkpoints of this process's chain, so that nobody who has the
//! database and its keys can roll the trail back unnoticed. A checkpoint goes to a folder, to an address, or
//! to both, at an interval while anything is written; and a time-stamping authority certifies when it
//! existed.
//!
//! May use the trail. In folders it only appends, or replaces its own file with a newer one, and never reads.
//! Of the response of a witness's address only the status is read; a time stamp is kept once it is known to
//! match the request. No address and no path is ever logged.

mod address;
mod folder;
mod stamp;
#[cfg(test)]
mod tests;

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use self::{address::Address, folder::Folder, stamp::Stamps};
use crate::audit::{Trail, checkpoint::Checkpoint};

/// A witness that was not reached for this many intervals is behind.
const MISSED_INTERVALS: u32 = 3;

/// The witnesses, and how often they are told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// A folder, which must exist.
    pub folder: Option<PathBuf>,
    /// An address.
    pub address: Option<String>,
    /// The interval for both.
    pub every: Duration,
    /// The time-stamping authority.
    pub stamps: Option<StampSettings>,
}

/// A time-stamping authority (TSA).
#[derive(Clone, Debug)]
pub struct StampSettings {
    /// Its address.
    pub address: String,
    /// The folder for time stamps.
    pub folder: PathBuf,
    /// The shortest interval between two requests.
    pub every: Duration,
}

/// The kind of witness.
enum Target {
    Folder(Folder),
    Address(Address),
    Stamps(Stamps),
}

/// One witness and its state.
struct Witness {
    target: Target,
    /// The shortest interval between two notes.
    every: Duration,
    state: Mutex<State>,
    failed: AtomicU64,
}

/// The state of a witness.
#[derive(Clone, Copy, Default)]
struct State {
    /// The last checkpoint that it received, and when.
    sent: Option<(Checkpoint, Instant)>,
    /// Since when there has been a checkpoint that it could not be sent.
    behind: Option<Instant>,
}

/// The metrics of one witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WitnessMetrics {
    /// The number of failed attempts.
    pub failed: u64,
    /// For how many seconds there has been a checkpoint that it could not be sent.
    pub age: u64,
}

/// Sends checkpoints to the witnesses. Clones share their state.
#[derive(Clone)]
pub struct Witnesses {
    trail: Trail,
    all: Arc<Vec<Witness>>,
    every: Duration,
    /// Allows one round of sending at a time.
    sending: Arc<tokio::sync::Mutex<()>>,
}

impl std::fmt::Debug for Witnesses {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

impl Witness {
    fn new(target: Target, every: Duration) -> Self {
        Self {
            target,
            every,
            state: Mutex::default(),
            failed: AtomicU64::default(),
        }
    }

    fn name(&self) -> &'static str {
        match self.target {
            Target::Folder(_) => "dir",
            Target::Address(_) => "url",
            Target::Stamps(_) => "timestamp",
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends the checkpoint, unless the witness has it already, or its interval has not elapsed and this is
    /// not a shutdown.
    async fn send(&self, checkpoint: Checkpoint, note: &str, is_final: bool) {
        let sent = self.state().sent;
        // A new chain, as at the start of a month, has fewer entries than the previous one.
        if sent.is_some_and(|(sent, at)| sent == checkpoint || (at.elapsed() < self.every && !is_final)) {
            return;
        }
        let Checkpoint { chain, size, .. } = checkpoint;
        let sent = match &self.target {
            Target::Folder(folder) => folder.add(chain, note).await,
            Target::Address(address) => address.send(note).await,
            Target::Stamps(stamps) => stamps.stamp(chain, size, note).await,
        };
        let mut state = self.state();
        match sent {
            Ok(()) => {
                *state = State {
                    sent: Some((checkpoint, Instant::now())),
                    behind: None,
                };
            }
            Err(cause) => {
                self.failed.fetch_add(1, Ordering::Relaxed);
                state.behind.get_or_insert_with(Instant::now);
                tracing::warn!(
                    to = self.name(),
                    cause,
                    "witness.not_told: somebody else does not know how the trail stands"
                );
            }
        }
    }
}

impl Witnesses {
    /// The witnesses of the settings.
    ///
    /// # Errors
    /// If no HTTP client can be built.
    pub fn new(trail: &Trail, settings: Settings) -> Result<Self, reqwest::Error> {
        let mut witnesses = Vec::new();
        if let Some(folder) = settings.folder {
            witnesses.push(Witness::new(Target::Folder(Folder::new(folder)), Duration::ZERO));
        }
        if let Some(address) = settings.address {
            witnesses.push(Witness::new(Target::Address(Address::new(address)?), Duration::ZERO));
        }
        if let Some(StampSettings { address, folder, every }) = settings.stamps {
            let stamps = Stamps::new(Address::new(address)?, folder);
            witnesses.push(Witness::new(Target::Stamps(stamps), every));
        }
        Ok(Self {
            trail: trail.clone(),
            all: Arc::new(witnesses),
            every: settings.every,
            sending: Arc::default(),
        })
    }

    /// Sends the current checkpoint to the witnesses whose interval has elapsed, unless they have it.
    pub async fn send(&self) {
        self.send_to_all(false).await;
    }

    /// Sends the final checkpoint to all witnesses, unless they have it.
    pub async fn send_final(&self) {
        self.send_to_all(true).await;
    }

    async fn send_to_all(&self, is_final: bool) {
        let _sending = self.sending.lock().await;
        let (checkpoint, note) = self.trail.checkpoint();
        let sends = self.all.iter().map(|witness| witness.send(checkpoint, &note, is_final));
        futures_util::future::join_all(sends).await;
    }

    /// Keeps sending checkpoints until it is dropped.
    pub async fn run(self) {
        loop {
            self.send().await;
            tokio::time::sleep(self.every).await;
        }
    }

    /// The names of the configured witnesses: `dir`, `url` and `timestamp`.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.all.iter().map(Witness::name)
    }

    /// The metrics of one witness.
    pub fn metrics(&self, name: &str) -> Option<WitnessMetrics> {
        let witness = self.all.iter().find(|witness| witness.name() == name)?;
        let behind = witness.state().behind;
        Some(WitnessMetrics {
            failed: witness.failed.load(Ordering::Relaxed),
            age: behind.map_or(0, |since| since.elapsed().as_secs()),
        })
    }

    /// Whether one of the witnesses has not been reached for long.
    pub fn is_behind(&self) -> bool {
        self.all.iter().any(|witness| {
            let long = self.every.max(witness.every).saturating_mul(MISSED_INTERVALS);
            witness.state().behind.is_some_and(|since| since.elapsed() >= long)
        })
    }
}
