//! How look-ups are weighed, counted and paced.

use std::{sync::Arc, time::Duration};

use aws_lc_rs::hmac;
use chrono::{DateTime, Utc};

use crate::{
    matching::{Model, Thresholds},
    store::budget::PARTS,
};

/// How look-ups are weighed, counted and paced. Processes that share a database must have the same.
#[derive(Clone)]
pub struct LookupSettings {
    /// How many different questions a client may ask for one purpose in any period.
    pub budget: i32,
    /// How long a period is, in seconds.
    pub period: i64,
    /// How often a client may ask the same again in a period before each time more counts like another question.
    pub repeats: i32,
    /// Answers leave at multiples of this after their operation began, and a part of it by chance later; zero is at once.
    pub pace: Duration,
    /// The weights of comparisons.
    pub model: Arc<Model>,
    /// From which weight on somebody is found.
    pub thresholds: Thresholds,
    digests: hmac::Key,
}

impl std::fmt::Debug for LookupSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LookupSettings").finish_non_exhaustive()
    }
}

impl LookupSettings {
    /// The usual settings, with the key that questions are digested with.
    pub fn new(key: &[u8; 32]) -> Self {
        Self {
            budget: 5000,
            period: 86_400,
            repeats: 20,
            pace: Duration::from_millis(5),
            model: Arc::new(Model::standard().clone()),
            thresholds: Thresholds::default(),
            digests: hmac::Key::new(hmac::HMAC_SHA256, key),
        }
    }

    /// How long a part of the window is in which questions are counted, in milliseconds: together they are not shorter than a period.
    fn part(&self) -> i64 {
        let period = self.period.saturating_mul(1000).max(1);
        period / PARTS + i64::from(period % PARTS > 0)
    }

    /// The number of the part in which an instant lies.
    pub(super) fn part_of(&self, at: DateTime<Utc>) -> i64 {
        at.timestamp_millis().div_euclid(self.part())
    }

    /// When the part with this number begins.
    pub(super) fn start_of(&self, part: i64) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_millis(part.checked_mul(self.part())?)
    }

    /// Stands for a text that nobody can read back from it without the key.
    pub(in crate::graphql) fn digest(&self, parts: &[&[u8]]) -> i64 {
        let mut context = hmac::Context::with_key(&self.digests);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let tag = context.sign();
        let bytes = tag.as_ref().first_chunk::<8>().copied().unwrap_or_default();
        i64::from_be_bytes(bytes)
    }
}
