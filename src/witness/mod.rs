//! Somebody else is told how the trail stands, so that whoever has the database and its keys cannot take it back unseen: a signed checkpoint of this process's chain goes to a
//! folder of theirs, to an address of theirs, or to both, from time to time while anything is written; and an authority of time stamps says when it was there.
//!
//! May name the trail. It adds to folders, or puts a newer file in the place of its own, and never reads there. Of what the address of a witness answers only the status is looked at; a stamp is kept
//! once it is known to be of what was asked. No address and no path is ever logged.

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

/// A witness that was not told for so many times its turn is behind.
const TURNS: u32 = 3;

/// Who is told, and how often.
#[derive(Clone, Debug)]
pub struct Settings {
    /// A folder, which must be there.
    pub folder: Option<PathBuf>,
    /// An address.
    pub address: Option<String>,
    /// How often these are.
    pub every: Duration,
    /// Who stamps checkpoints with the time.
    pub stamps: Option<StampSettings>,
}

/// An authority of time stamps.
#[derive(Clone, Debug)]
pub struct StampSettings {
    /// Its address.
    pub address: String,
    /// Where stamps are kept.
    pub folder: PathBuf,
    /// A stamp is asked for no more often than this.
    pub every: Duration,
}

/// Who is told.
enum To {
    Folder(Folder),
    Address(Address),
    Stamps(Stamps),
}

/// One witness, and what it knows.
struct Place {
    to: To,
    /// It is told no more often than this.
    every: Duration,
    knows: Mutex<Knows>,
    failed: AtomicU64,
}

/// What a witness knows.
#[derive(Clone, Copy, Default)]
struct Knows {
    /// What it was told last, and when.
    told: Option<(Checkpoint, Instant)>,
    /// Since when it could not be told of what there is.
    behind: Option<Instant>,
}

/// How it stands with one witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// How often it could not be told.
    pub failed: u64,
    /// For how many seconds there has been something that it could not be told.
    pub age: u64,
}

/// Tells the witnesses. Clones share what they know.
#[derive(Clone)]
pub struct Witnesses {
    trail: Trail,
    places: Arc<Vec<Place>>,
    every: Duration,
    /// One telling at a time.
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl std::fmt::Debug for Witnesses {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

impl Place {
    fn new(to: To, every: Duration) -> Self {
        Self {
            to,
            every,
            knows: Mutex::default(),
            failed: AtomicU64::default(),
        }
    }

    fn name(&self) -> &'static str {
        match self.to {
            To::Folder(_) => "dir",
            To::Address(_) => "url",
            To::Stamps(_) => "timestamp",
        }
    }

    fn knows(&self) -> MutexGuard<'_, Knows> {
        self.knows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells it how the chain stands, unless it knows, or its turn is later and this is not the end.
    async fn tell(&self, checkpoint: Checkpoint, note: &str, at_the_end: bool) {
        let told = self.knows().told;
        // A chain that was begun since, as at the turn of the month, has fewer entries than the one before.
        if told.is_some_and(|(told, at)| told == checkpoint || (at.elapsed() < self.every && !at_the_end)) {
            return;
        }
        let Checkpoint { chain, size, .. } = checkpoint;
        let told = match &self.to {
            To::Folder(folder) => folder.add(chain, note).await,
            To::Address(address) => address.send(note).await,
            To::Stamps(stamps) => stamps.stamp(chain, size, note).await,
        };
        let mut knows = self.knows();
        match told {
            Ok(()) => {
                *knows = Knows {
                    told: Some((checkpoint, Instant::now())),
                    behind: None,
                };
            }
            Err(cause) => {
                self.failed.fetch_add(1, Ordering::Relaxed);
                knows.behind.get_or_insert_with(Instant::now);
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
    /// Those of the settings.
    ///
    /// # Errors
    /// When nothing can be sent from here at all.
    pub fn new(trail: &Trail, settings: Settings) -> Result<Self, reqwest::Error> {
        let mut places = Vec::new();
        if let Some(folder) = settings.folder {
            places.push(Place::new(To::Folder(Folder::new(folder)), Duration::ZERO));
        }
        if let Some(address) = settings.address {
            places.push(Place::new(To::Address(Address::new(address)?), Duration::ZERO));
        }
        if let Some(StampSettings { address, folder, every }) = settings.stamps {
            let stamps = Stamps::new(Address::new(address)?, folder);
            places.push(Place::new(To::Stamps(stamps), every));
        }
        Ok(Self {
            trail: trail.clone(),
            places: Arc::new(places),
            every: settings.every,
            turn: Arc::default(),
        })
    }

    /// Tells those whose turn it is how the chain stands now, unless they know.
    pub async fn tell(&self) {
        self.tell_them(false).await;
    }

    /// Tells all of them how the chain stands at its end, unless they know.
    pub async fn tell_of_the_end(&self) {
        self.tell_them(true).await;
    }

    async fn tell_them(&self, at_the_end: bool) {
        let _turn = self.turn.lock().await;
        let (checkpoint, note) = self.trail.checkpoint();
        let telling = self
            .places
            .iter()
            .map(|place| place.tell(checkpoint, &note, at_the_end));
        futures_util::future::join_all(telling).await;
    }

    /// Tells them from now on, until it is dropped.
    pub async fn run(self) {
        loop {
            self.tell().await;
            tokio::time::sleep(self.every).await;
        }
    }

    /// The names of those that there are: `dir`, `url` and `timestamp`.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.places.iter().map(Place::name)
    }

    /// How it stands with one of them.
    pub fn figures(&self, name: &str) -> Option<Figures> {
        let place = self.places.iter().find(|place| place.name() == name)?;
        let behind = place.knows().behind;
        Some(Figures {
            failed: place.failed.load(Ordering::Relaxed),
            age: behind.map_or(0, |since| since.elapsed().as_secs()),
        })
    }

    /// Whether one of them could not be told for long.
    pub fn is_behind(&self) -> bool {
        self.places.iter().any(|place| {
            let long = self.every.max(place.every).saturating_mul(TURNS);
            place.knows().behind.is_some_and(|since| since.elapsed() >= long)
        })
    }
}
