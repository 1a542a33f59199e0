//! Agencies that were looked up a moment ago.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::{auth::AgencyEntry, clock::Stopwatch};

/// For so long an agency need not be looked up again: the one delay between a change of the register, or of which programs may only send registered
/// documents, and its effect. Agreements, consent and all that
/// a decision rests on are read anew with every operation.
const HOLDS: Duration = Duration::from_secs(1);

/// How much is remembered; there is less.
const MOST: usize = 20_000;

/// Agencies that were looked up a moment ago, by the codes of their authority and their own, and the program that asks. A token names its agency with every
/// request, and the register of agencies hardly ever changes.
#[derive(Debug, Default)]
pub(super) struct AgencyCache(Mutex<HashMap<[String; 3], (Stopwatch, AgencyEntry)>>);

impl AgencyCache {
    /// An agency, if it was looked up so lately.
    pub(super) fn get(&self, authority: &str, agency: &str, client: &str) -> Option<AgencyEntry> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, entry) = known.get(&[authority, agency, client].map(str::to_owned))?;
        (since.passed() < HOLDS).then(|| entry.clone())
    }

    /// Remembers one that was looked up.
    pub(super) fn put(&self, authority: &str, agency: &str, client: &str, entry: &AgencyEntry) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        let key = [authority, agency, client].map(str::to_owned);
        known.insert(key, (Stopwatch::start(), entry.clone()));
    }
}
