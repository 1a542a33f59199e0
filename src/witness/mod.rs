//! Somebody else is told how the trail stands, so that whoever has the database and its keys cannot take it back unseen: a signed checkpoint of this process's chain goes to a
//! folder of theirs, to an address of theirs, or to both, from time to time while anything is written.
//!
//! May name the trail. It only ever adds to the folder and never reads there, and nothing of what the address answers is looked at but its status. No address and no path is ever logged.

mod address;
mod folder;
#[cfg(test)]
mod tests;

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use self::{address::Address, folder::Folder};
use crate::audit::Trail;

/// A witness that was not told for so many times its turn is behind.
const TURNS: u32 = 3;

/// Who is told, and how often.
#[derive(Clone, Debug)]
pub struct Settings {
    /// A folder, which must be there.
    pub folder: Option<PathBuf>,
    /// An address.
    pub address: Option<String>,
    /// How often.
    pub every: Duration,
}

/// Who is told.
enum To {
    Folder(Folder),
    Address(Address),
}

/// One witness, and what it knows.
struct Place {
    to: To,
    /// How many entries it was told of.
    told: AtomicU64,
    failed: AtomicU64,
    /// Since when it could not be told of what there is.
    behind: Mutex<Option<Instant>>,
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
    fn name(&self) -> &'static str {
        match self.to {
            To::Folder(_) => "dir",
            To::Address(_) => "url",
        }
    }

    /// Tells it of `size` entries; whether it knows of them then.
    async fn tell(&self, chain: &str, size: u64, note: &str) {
        if self.told.load(Ordering::Relaxed) >= size {
            return;
        }
        let told = match &self.to {
            To::Folder(folder) => folder.add(chain, note).await,
            To::Address(address) => address.send(note).await,
        };
        let mut behind = self.behind.lock().unwrap_or_else(PoisonError::into_inner);
        match told {
            Ok(()) => {
                self.told.store(size, Ordering::Relaxed);
                *behind = None;
            }
            Err(cause) => {
                self.failed.fetch_add(1, Ordering::Relaxed);
                behind.get_or_insert_with(Instant::now);
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
        let folder = settings.folder.map(|folder| To::Folder(Folder::new(folder)));
        let address = settings
            .address
            .map(|address| Address::new(address).map(To::Address))
            .transpose()?;
        let places = folder.into_iter().chain(address).map(|to| Place {
            to,
            told: AtomicU64::default(),
            failed: AtomicU64::default(),
            behind: Mutex::default(),
        });
        Ok(Self {
            trail: trail.clone(),
            places: Arc::new(places.collect()),
            every: settings.every,
            turn: Arc::default(),
        })
    }

    /// Tells all of them how the chain stands now, unless they know.
    pub async fn tell(&self) {
        let _turn = self.turn.lock().await;
        let (checkpoint, note) = self.trail.checkpoint();
        let chain = checkpoint.chain.to_string();
        let telling = self
            .places
            .iter()
            .map(|place| place.tell(&chain, checkpoint.size, &note));
        futures_util::future::join_all(telling).await;
    }

    /// Tells them from now on, until it is dropped.
    pub async fn run(self) {
        loop {
            self.tell().await;
            tokio::time::sleep(self.every).await;
        }
    }

    /// The names of those that there are: `dir` and `url`.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.places.iter().map(Place::name)
    }

    /// How it stands with one of them.
    pub fn figures(&self, name: &str) -> Option<Figures> {
        let place = self.places.iter().find(|place| place.name() == name)?;
        let behind = *place.behind.lock().unwrap_or_else(PoisonError::into_inner);
        Some(Figures {
            failed: place.failed.load(Ordering::Relaxed),
            age: behind.map_or(0, |since| since.elapsed().as_secs()),
        })
    }

    /// Whether one of them could not be told for long.
    pub fn is_behind(&self) -> bool {
        let long = self.every.saturating_mul(TURNS);
        self.places.iter().any(|place| {
            let behind = *place.behind.lock().unwrap_or_else(PoisonError::into_inner);
            behind.is_some_and(|since| since.elapsed() >= long)
        })
    }
}
