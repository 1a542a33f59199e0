//! A short-lived cache of agencies.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::{auth::AgencyEntry, clock::Stopwatch};

/// How long a cached agency is used: the only delay between a change of the register, or of which clients may
/// only send registered documents, and its effect. Agreements, consent and everything else that a decision
/// rests on are read for every operation.
const TIME_TO_LIVE: Duration = Duration::from_secs(1);

/// The most entries; in practice there are fewer.
const MAX_ENTRIES: usize = 20_000;

/// A short-lived cache of agencies, by authority code, agency code and client. A token names its agency with
/// every request, and the register of agencies hardly ever changes.
#[derive(Debug, Default)]
pub(super) struct AgencyCache(Mutex<HashMap<[String; 3], (Stopwatch, AgencyEntry)>>);

impl AgencyCache {
    /// An agency, if its entry is still valid.
    pub(super) fn get(&self, authority: &str, agency: &str, client: &str) -> Option<AgencyEntry> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, entry) = known.get(&[authority, agency, client].map(str::to_owned))?;
        (since.passed() < TIME_TO_LIVE).then(|| entry.clone())
    }

    /// Caches an agency.
    pub(super) fn put(&self, authority: &str, agency: &str, client: &str, entry: &AgencyEntry) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_ENTRIES {
            known.clear();
        }
        let key = [authority, agency, client].map(str::to_owned);
        known.insert(key, (Stopwatch::start(), entry.clone()));
    }
}
