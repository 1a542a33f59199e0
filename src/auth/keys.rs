//! An issuer's keys: read from a file or fetched from a URL, cached, and refreshed when they may have changed
//! (key rotation). While the source is down the cached keys are kept.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;

use super::jwks::{KeySet, KeySetError, MAX_DOCUMENT_BYTES};
use crate::{
    clock::Clock,
    config::{KeyLocation, TokenAlgorithm, is_key_address},
};

/// Shortest time between two refreshes, whatever asks for them.
const MIN_REFRESH_INTERVAL: TimeDelta = TimeDelta::seconds(30);
/// Timeout of fetching keys.
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);

/// Why keys could not be read.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file cannot be read.
    #[error("the key file cannot be read: {0}")]
    File(#[from] std::io::Error),
    /// The URL does not answer.
    #[error("the key address does not answer: {0}")]
    Address(#[from] reqwest::Error),
    /// The URL answers with a status other than 200.
    #[error("the key address answers {0}")]
    Status(u16),
    /// Not a URL that keys may come from.
    #[error("keys may come from https addresses, or http ones on this machine")]
    AddressRefused,
    /// The document is not a usable key set.
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
    state: RwLock<KeyState>,
    refreshing: Mutex<()>,
}

#[derive(Debug)]
enum Source {
    Fixed,
    File(PathBuf),
    Address { address: String, client: reqwest::Client },
}

/// The cached keys, and when they were refreshed.
#[derive(Clone, Debug, Default)]
pub(super) struct KeyState {
    /// The newest set that was read.
    pub(super) set: Option<Arc<KeySet>>,
    /// Incremented whenever the set changes.
    pub(super) version: u64,
    attempted_at: Option<DateTime<Utc>>,
    /// When the source last returned a usable set.
    read_at: Option<DateTime<Utc>>,
    failed: bool,
}

impl Keys {
    /// Keys that never change.
    pub(super) fn fixed(set: KeySet, clock: Clock) -> Self {
        let state = KeyState {
            set: Some(Arc::new(set)),
            version: 1,
            ..KeyState::default()
        };
        Self::of(Source::Fixed, BTreeSet::new(), Duration::ZERO, clock, state)
    }

    /// Keys of a file, which must be readable now, or of a URL, which is fetched when the first token comes.
    pub(super) fn open(
        location: &KeyLocation,
        accepted: BTreeSet<TokenAlgorithm>,
        refresh: Duration,
        clock: Clock,
    ) -> Result<Self, KeysError> {
        match location {
            KeyLocation::File(path) => {
                let set = KeySet::parse(&read_file(path)?, &accepted)?;
                let state = KeyState {
                    set: Some(Arc::new(set)),
                    version: 1,
                    attempted_at: Some(clock.now()),
                    read_at: Some(clock.now()),
                    failed: false,
                };
                Ok(Self::of(Source::File(path.clone()), accepted, refresh, clock, state))
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
                Ok(Self::of(source, accepted, refresh, clock, KeyState::default()))
            }
        }
    }

    fn of(
        source: Source,
        accepted: BTreeSet<TokenAlgorithm>,
        refresh: Duration,
        clock: Clock,
        state: KeyState,
    ) -> Self {
        Self(Arc::new(Inner {
            source,
            accepted,
            refresh: TimeDelta::from_std(refresh)
                .unwrap_or(MIN_REFRESH_INTERVAL)
                .max(MIN_REFRESH_INTERVAL),
            clock,
            state: RwLock::new(state),
            refreshing: Mutex::new(()),
        }))
    }

    /// The cached keys. A refresh that is due runs in the background, unless there are no keys yet.
    pub(super) async fn current(&self) -> KeyState {
        let state = self.0.snapshot();
        let interval = if state.failed {
            MIN_REFRESH_INTERVAL
        } else {
            self.0.refresh
        };
        if !self.0.is_due(&state, interval) {
            return state;
        }
        if state.set.is_none() {
            self.0.refresh_if_due(MIN_REFRESH_INTERVAL).await;
            return self.0.snapshot();
        }
        if self.0.refreshing.try_lock().is_err() {
            return state;
        }
        let inner = Arc::clone(&self.0);
        tokio::spawn(async move { inner.refresh_if_due(interval).await });
        state
    }

    /// The time since they were read from their source; `None` if they never change or were never read.
    pub(super) fn age(&self) -> Option<TimeDelta> {
        let read_at = self.0.snapshot().read_at?;
        Some(self.0.clock.now() - read_at)
    }

    /// Whether they are current: read within three refresh intervals, or one hour if that is longer. A
    /// revoked key would be trusted for as long.
    pub(super) fn are_current(&self) -> bool {
        let max_age = (self.0.refresh * 3).max(TimeDelta::hours(1));
        matches!(self.0.source, Source::Fixed) || self.age().is_some_and(|age| age <= max_age)
    }

    /// The keys after a refresh, for a token that names an unknown key. At most one refresh in 30 seconds.
    pub(super) async fn refresh_for_unknown_key(&self) -> KeyState {
        self.0.refresh_if_due(MIN_REFRESH_INTERVAL).await;
        self.0.snapshot()
    }
}

impl Inner {
    fn snapshot(&self) -> KeyState {
        self.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn is_due(&self, state: &KeyState, interval: TimeDelta) -> bool {
        !matches!(self.source, Source::Fixed)
            && state
                .attempted_at
                .is_none_or(|attempted_at| self.clock.now() - attempted_at >= interval)
    }

    /// Refreshes from the source, unless that was done within `interval`; waits for a refresh in progress.
    async fn refresh_if_due(&self, interval: TimeDelta) {
        let _guard = self.refreshing.lock().await;
        if !self.is_due(&self.snapshot(), interval) {
            return;
        }
        let read = self.read().await;
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.attempted_at = Some(self.clock.now());
        match read {
            Ok(set) => {
                state.failed = false;
                state.read_at = state.attempted_at;
                if !state.set.as_ref().is_some_and(|old| old.same_as(&set)) {
                    state.version += 1;
                    state.set = Some(Arc::new(set));
                }
            }
            Err(error) => {
                state.failed = true;
                tracing::warn!(kept = state.set.is_some(), %error, "an issuer's keys could not be read");
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

/// Reads at most one byte more than a key set may have.
fn read_file(path: &std::path::Path) -> Result<Vec<u8>, std::io::Error> {
    use std::io::Read as _;
    let mut document = Vec::new();
    std::fs::File::open(path)?
        .take(MAX_DOCUMENT_BYTES as u64 + 1)
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
        if document.len() + chunk.len() > MAX_DOCUMENT_BYTES {
            return Err(KeySetError::TooLarge.into());
        }
        document.extend_from_slice(&chunk);
    }
    Ok(document)
}
