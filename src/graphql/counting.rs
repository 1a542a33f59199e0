//! What counts over a window that slides have in common: its parts, and digests in the place of what is counted.

use aws_lc_rs::hmac;
use chrono::{DateTime, Utc};

use crate::store::budget::PARTS;

/// A window of a length in seconds, and its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window(pub(super) i64);

impl Window {
    /// How long a part is, in milliseconds: together they are not shorter than the window.
    fn part(self) -> i64 {
        let length = self.0.saturating_mul(1000).max(1);
        length / PARTS + i64::from(length % PARTS > 0)
    }

    /// The number of the part in which an instant lies.
    pub(super) fn part_of(self, at: DateTime<Utc>) -> i64 {
        at.timestamp_millis().div_euclid(self.part())
    }

    /// When the part with this number begins.
    pub(super) fn start_of(self, part: i64) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_millis(part.checked_mul(self.part())?)
    }
}

/// Makes digests that nobody can read back without the key.
#[derive(Clone)]
pub(super) struct Digests(hmac::Key);

impl std::fmt::Debug for Digests {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digests")
    }
}

impl Digests {
    /// With a key.
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// Stands for a text in parts.
    pub(super) fn of(&self, parts: &[&[u8]]) -> i64 {
        let mut context = hmac::Context::with_key(&self.0);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let tag = context.sign();
        let bytes = tag.as_ref().first_chunk::<8>().copied().unwrap_or_default();
        i64::from_be_bytes(bytes)
    }
}
