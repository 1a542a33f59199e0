//! An issuer's keys over time: read from a file or fetched from an address, kept, and fetched anew when they may have
//! changed. While the source is down, the keys that are known stay.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;

use super::jwks::{DOCUMENT_BYTES, KeySet, KeySetError};
use crate::{
    clock::Clock,
    config::{KeyLocation, TokenAlgorithm, is_key_address},
};

/// The shortest time between two readings, whatever asks for them.
const SHORTEST_PAUSE: TimeDelta = TimeDelta::seconds(30);
/// How long an address may take to answer.
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);

/// Why keys could not be read.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file cannot be read.
    #[error("the key file cannot be read: {0}")]
    File(#[from] std::io::Error),
    /// The address does not answer.
    #[error("the key address does not answer: {0}")]
    Address(#[from] reqwest::Error),
    /// The address answers with something else than 200.
    #[error("the key address answers {0}")]
    Status(u16),
    /// Not an address that keys may come from.
    #[error("keys may come from https addresses, or http ones on this machine")]
    AddressRefused,
    /// What was read is not a usable key set.
    #[error(transparent)]
    KeySet(#[from] KeySetError),
}

/// One issuer's keys. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct Keys(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    source: Source,
    accepted: BTreeSet<TokenAlgorithm>,
    refresh: TimeDelta,
    clock: Clock,
    known: RwLock<Known>,
    reading: Mutex<()>,
}

#[derive(Debug)]
enum Source {
    Fixed,
    File(PathBuf),
    Address { address: String, client: reqwest::Client },
}

/// What is known of the keys.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// The newest set that could be read.
    pub(super) set: Option<Arc<KeySet>>,
    /// Raised whenever the set changes.
    pub(super) version: u64,
    tried_at: Option<DateTime<Utc>>,
    /// When the source last gave a set that could be used.
    read_at: Option<DateTime<Utc>>,
    failed: bool,
}

impl Keys {
    /// Keys that never change.
    pub(super) fn fixed(set: KeySet, clock: Clock) -> Self {
        let known = Known {
            set: Some(Arc::new(set)),
            version: 1,
            ..Known::default()
        };
        Self::of(Source::Fixed, BTreeSet::new(), Duration::ZERO, clock, known)
    }

    /// Keys of a file, which must be readable now, or of an address, which is asked when the first token comes.
    pub(super) fn open(
        location: &KeyLocation,
        accepted: BTreeSet<TokenAlgorithm>,
        refresh: Duration,
        clock: Clock,
    ) -> Result<Self, KeysError> {
        match location {
            KeyLocation::File(path) => {
                let set = KeySet::parse(&read_file(path)?, &accepted)?;
                let known = Known {
                    set: Some(Arc::new(set)),
                    version: 1,
                    tried_at: Some(clock.now()),
                    read_at: Some(clock.now()),
                    failed: false,
                };
                Ok(Self::of(Source::File(path.clone()), accepted, refresh, clock, known))
            }
            KeyLocation::Address(address) => {
                if !is_key_address(address) {
                    return Err(KeysError::AddressRefused);
                }
                let mut builder = reqwest::Client::builder()
                    .redirect(reqwest::redirect::Policy::none())
                    .connect_timeout(FETCH_TIMEOUT)
                    .timeout(FETCH_TIMEOUT);
                builder = if address.starts_with("https:") {
                    builder.https_only(true)
                } else {
                    builder.no_proxy()
                };
                let source = Source::Address {
                    address: address.clone(),
                    client: builder.build()?,
                };
                Ok(Self::of(source, accepted, refresh, clock, Known::default()))
            }
        }
    }

    fn of(source: Source, accepted: BTreeSet<TokenAlgorithm>, refresh: Duration, clock: Clock, known: Known) -> Self {
        Self(Arc::new(Inner {
            source,
            accepted,
            refresh: TimeDelta::from_std(refresh)
                .unwrap_or(SHORTEST_PAUSE)
                .max(SHORTEST_PAUSE),
            clock,
            known: RwLock::new(known),
            reading: Mutex::new(()),
        }))
    }

    /// What is known now. Due readings happen beside the request, unless nothing is known yet.
    pub(super) async fn current(&self) -> Known {
        let known = self.0.snapshot();
        let pause = if known.failed { SHORTEST_PAUSE } else { self.0.refresh };
        if !self.0.is_due(&known, pause) {
            return known;
        }
        if known.set.is_none() {
            self.0.read_anew(SHORTEST_PAUSE).await;
            return self.0.snapshot();
        }
        if self.0.reading.try_lock().is_err() {
            return known;
        }
        let inner = Arc::clone(&self.0);
        tokio::spawn(async move { inner.read_anew(pause).await });
        known
    }

    /// How long ago they were read from their source; none where they never change, or were never read.
    pub(super) fn age(&self) -> Option<TimeDelta> {
        let read_at = self.0.snapshot().read_at?;
        Some(self.0.clock.now() - read_at)
    }

    /// Whether they were read lately: not more than three readings were missed, nor an hour. A key that was taken back would be believed for as long.
    pub(super) fn are_current(&self) -> bool {
        let longest = (self.0.refresh * 3).max(TimeDelta::hours(1));
        matches!(self.0.source, Source::Fixed) || self.age().is_some_and(|age| age <= longest)
    }

    /// What is known after a reading, since a token names a key that is not known. At most one reading in 30 seconds.
    pub(super) async fn after_unknown_key(&self) -> Known {
        self.0.read_anew(SHORTEST_PAUSE).await;
        self.0.snapshot()
    }
}

impl Inner {
    fn snapshot(&self) -> Known {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn is_due(&self, known: &Known, pause: TimeDelta) -> bool {
        !matches!(self.source, Source::Fixed)
            && known
                .tried_at
                .is_none_or(|tried_at| self.clock.now() - tried_at >= pause)
    }

    /// Reads the source, unless it was read within `pause` or is being read: then waits for that reading's end.
    async fn read_anew(&self, pause: TimeDelta) {
        let _reading = self.reading.lock().await;
        if !self.is_due(&self.snapshot(), pause) {
            return;
        }
        let read = self.read().await;
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.tried_at = Some(self.clock.now());
        match read {
            Ok(set) => {
                known.failed = false;
                known.read_at = known.tried_at;
                if !known.set.as_ref().is_some_and(|old| old.same_as(&set)) {
                    known.version += 1;
                    known.set = Some(Arc::new(set));
                }
            }
            Err(error) => {
                known.failed = true;
                tracing::warn!(kept = known.set.is_some(), %error, "an issuer's keys could not be read");
            }
        }
    }

    async fn read(&self) -> Result<KeySet, KeysError> {
        let document = match &self.source {
            Source::Fixed => return Err(KeySetError::NoUsableKey.into()),
            Source::File(path) => {
                let path = path.clone();
                tokio::task::spawn_blocking(move || read_file(&path))
                    .await
                    .map_err(std::io::Error::other)??
            }
            Source::Address { address, client } => fetch(client, address).await?,
        };
        Ok(KeySet::parse(&document, &self.accepted)?)
    }
}

/// At most one byte more than a key set may have.
fn read_file(path: &std::path::Path) -> Result<Vec<u8>, std::io::Error> {
    use std::io::Read as _;
    let mut document = Vec::new();
    std::fs::File::open(path)?
        .take(DOCUMENT_BYTES as u64 + 1)
        .read_to_end(&mut document)?;
    Ok(document)
}

async fn fetch(client: &reqwest::Client, address: &str) -> Result<Vec<u8>, KeysError> {
    let mut response = client
        .get(address)
        .header("accept", "application/jwk-set+json, application/json")
        .send()
        .await?;
    if response.status() != reqwest::StatusCode::OK {
        return Err(KeysError::Status(response.status().as_u16()));
    }
    let mut document = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if document.len() + chunk.len() > DOCUMENT_BYTES {
            return Err(KeySetError::TooLarge.into());
        }
        document.extend_from_slice(&chunk);
    }
    Ok(document)
}
