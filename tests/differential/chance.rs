//! Drawing things at random, repeatably.

use chrono::{Days, NaiveDate};
use rand::{RngExt, SeedableRng, rngs::ChaCha12Rng};
use uuid::Uuid;

/// A seeded source of choices.
pub(crate) struct Chance(ChaCha12Rng);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(ChaCha12Rng::seed_from_u64(seed))
    }

    /// True that many times of a hundred.
    pub(crate) fn percent(&mut self, times: u32) -> bool {
        self.0.random_range(0..100) < times
    }

    /// A number from `least` to `most`.
    pub(crate) fn number(&mut self, least: usize, most: usize) -> usize {
        self.0.random_range(least..=most)
    }

    /// One of these; repeat one to make it likelier.
    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.number(0, of.len() - 1)]
    }

    /// Each of these, that many times of a hundred.
    pub(crate) fn some<T: Copy>(&mut self, of: &[T], times: u32) -> Vec<T> {
        of.iter().copied().filter(|_| self.percent(times)).collect()
    }

    /// A key nobody else has.
    pub(crate) fn key(&mut self) -> Uuid {
        Uuid::from_u128(self.0.random())
    }
}

/// The day that many days later, or earlier.
pub(crate) fn shifted(day: NaiveDate, days: i64) -> NaiveDate {
    let distance = Days::new(days.unsigned_abs());
    if days < 0 { day - distance } else { day + distance }
}
