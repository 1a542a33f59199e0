//! How look-ups are weighed, counted and paced.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};

use crate::{
    graphql::counting::{Digests, Window},
    matching::{Frequencies, Model, Thresholds},
};

/// How look-ups are weighed, counted and paced. Processes that share a database must have the same.
#[derive(Clone)]
pub struct LookupSettings {
    /// How many different questions a client may ask in any period, whatever for.
    pub budget: i32,
    /// How many an agency may with all its clients.
    pub agency_budget: i32,
    /// How many different values an agency may try at least beside what its questions hold fast; nought stops nobody.
    pub tries: u32,
    /// For how many days values that were tried count.
    pub tries_days: i64,
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
    /// How frequent names are.
    pub frequencies: Arc<Frequencies>,
    digests: Digests,
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
            agency_budget: 10_000,
            tries: 4,
            tries_days: 28,
            period: 86_400,
            repeats: 20,
            pace: Duration::from_millis(5),
            model: Arc::new(Model::standard().clone()),
            thresholds: Thresholds::default(),
            frequencies: Arc::new(Frequencies::of(Model::standard())),
            digests: Digests::new(key),
        }
    }

    /// The number of the part in which an instant lies.
    pub(super) fn part_of(&self, at: DateTime<Utc>) -> i64 {
        Window(self.period).part_of(at)
    }

    /// When the part with this number begins.
    pub(super) fn start_of(&self, part: i64) -> Option<DateTime<Utc>> {
        Window(self.period).start_of(part)
    }

    /// Stands for a text that nobody can read back from it without the key.
    pub fn digest(&self, parts: &[&[u8]]) -> i64 {
        self.digests.of(parts)
    }
}
