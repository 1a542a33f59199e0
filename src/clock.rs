//! Time, chance and identifiers, handed to whoever needs them, so that a test can hold them still.
//!
//! This is the only file that reads the time or draws a random number.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use chrono::{DateTime, NaiveDate, SubsecRound, TimeDelta, Utc};
use jiff::{Timestamp, tz::TimeZone};
use rand::{Rng, SeedableRng, TryRng, rngs::ChaCha12Rng};
use uuid::Uuid;

/// The United Kingdom's time, by rules that are compiled in.
static LONDON: TimeZone = jiff::tz::get!("Europe/London");

/// The day in the United Kingdom (Europe/London) to which an instant belongs. Beyond the years -9999 to 9999, UTC's.
pub fn day_of(instant: DateTime<Utc>) -> NaiveDate {
    let ahead = Timestamp::from_second(instant.timestamp()).map_or(0, |at| LONDON.to_offset(at).seconds());
    (instant + TimeDelta::seconds(ahead.into())).date_naive()
}

/// What time it is. Instants are of UTC, days of the United Kingdom.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    fixed: Option<Arc<Mutex<DateTime<Utc>>>>,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that stands still until it is [`set`](Self::set).
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self {
            fixed: Some(Arc::new(Mutex::new(at))),
        }
    }

    /// Moves a fixed clock, for all its clones; the machine's clock stays as it is.
    pub fn set(&self, at: DateTime<Utc>) {
        if let Some(fixed) = &self.fixed {
            *fixed.lock().unwrap_or_else(PoisonError::into_inner) = at;
        }
    }

    /// This instant, to the microsecond, which both databases keep.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    pub fn now(&self) -> DateTime<Utc> {
        let now = match &self.fixed {
            Some(fixed) => *fixed.lock().unwrap_or_else(PoisonError::into_inner),
            None => Utc::now(),
        };
        now.trunc_subsecs(6)
    }

    /// Today in the United Kingdom.
    pub fn today(&self) -> NaiveDate {
        day_of(self.now())
    }
}

/// How long something has taken so far. It tells no time of day, so it runs on whatever a test does with the clock.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Begins now.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// How long it has been.
    pub fn passed(self) -> Duration {
        self.0.elapsed()
    }

    /// How long it is until a multiple of `pace` has passed since the start; nothing where there is no pace.
    pub fn until_next(self, pace: Duration) -> Duration {
        let (passed, pace) = (self.0.elapsed().as_nanos(), pace.as_nanos());
        let over = if pace == 0 { 0 } else { passed % pace };
        let left = if over == 0 { 0 } else { pace - over };
        Duration::from_nanos(u64::try_from(left).unwrap_or(u64::MAX))
    }
}

/// Draws identifiers: random ones, or the same sequence for the same seed.
#[derive(Clone, Debug, Default)]
pub struct Ids {
    seeded: Option<Arc<Mutex<ChaCha12Rng>>>,
}

impl Ids {
    /// Random identifiers that say nothing of when or where they were made.
    pub fn random() -> Self {
        Self::default()
    }

    /// The sequence of identifiers that belongs to `seed`.
    pub fn seeded(seed: u64) -> Self {
        Self {
            seeded: Some(Arc::new(Mutex::new(ChaCha12Rng::seed_from_u64(seed)))),
        }
    }

    /// The next identifier (UUID version 4).
    ///
    /// # Panics
    /// When the operating system has no random bytes to give.
    pub fn uuid(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid()
    }

    /// A part of that time by chance, each as likely as another: less than the whole, and nothing of nothing.
    ///
    /// # Panics
    /// When the operating system has no random bytes to give.
    pub fn part_of(&self, whole: Duration) -> Duration {
        let nanos = u64::try_from(whole.as_nanos()).unwrap_or(u64::MAX);
        if nanos == 0 {
            return Duration::ZERO;
        }
        // The upper half of the product of two numbers of 64 bits is below either.
        let drawn = u128::from_be_bytes(self.bytes()) >> 64;
        Duration::from_nanos(u64::try_from((drawn * u128::from(nanos)) >> 64).unwrap_or_default())
    }

    fn bytes(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        match &self.seeded {
            None => system_random(&mut bytes),
            Some(generator) => generator
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .fill_bytes(&mut bytes),
        }
        bytes
    }
}

fn system_random(bytes: &mut [u8]) {
    rand::rngs::SysRng
        .try_fill_bytes(bytes)
        .expect("the operating system gives random bytes");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    #[test]
    fn a_day_begins_at_midnight_in_london() {
        for (instant, day) in [
            ("2026-07-01T22:59:59.999999Z", "2026-07-01"),
            ("2026-07-01T23:00:00Z", "2026-07-02"),
            ("2026-07-01T23:30:00Z", "2026-07-02"),
            ("2026-01-01T23:59:59.999999Z", "2026-01-01"),
            ("2026-01-02T00:00:00Z", "2026-01-02"),
            // The clocks go forward on the last Sunday of March, at one in the morning.
            ("2026-03-28T23:59:59Z", "2026-03-28"),
            ("2026-03-29T00:00:00Z", "2026-03-29"),
            ("2026-03-29T01:00:00Z", "2026-03-29"),
            ("2026-03-29T22:59:59Z", "2026-03-29"),
            ("2026-03-29T23:00:00Z", "2026-03-30"),
            // They go back on the last Sunday of October, at two.
            ("2026-10-24T22:59:59Z", "2026-10-24"),
            ("2026-10-24T23:00:00Z", "2026-10-25"),
            ("2026-10-25T23:59:59Z", "2026-10-25"),
            ("2026-10-26T00:00:00Z", "2026-10-26"),
            // Leap days, and the day after.
            ("2028-02-28T23:59:59Z", "2028-02-28"),
            ("2028-02-29T00:00:00Z", "2028-02-29"),
            ("2028-03-01T00:00:00Z", "2028-03-01"),
            // By the rule for years that no table lists, and where no rule is known.
            ("2126-07-01T23:00:00Z", "2126-07-02"),
            ("9999-12-31T23:59:59Z", "9999-12-31"),
        ] {
            assert_eq!(day_of(at(instant)).to_string(), day, "{instant}");
            assert_eq!(Clock::fixed(at(instant)).today().to_string(), day, "{instant}");
        }
        assert_eq!(day_of(DateTime::<Utc>::MAX_UTC), DateTime::<Utc>::MAX_UTC.date_naive());
    }

    #[test]
    fn parts_by_chance_lie_all_over_the_whole() {
        let (ids, whole) = (Ids::seeded(5), Duration::from_millis(8));
        let mut eighths = [0; 8];
        for _ in 0..8_000 {
            let part = ids.part_of(whole);
            assert!(part < whole);
            eighths[part.as_micros() as usize / 1000] += 1;
        }
        assert!(eighths.iter().all(|drawn| (850..1150).contains(drawn)), "{eighths:?}");
        assert_eq!(ids.part_of(Duration::ZERO), Duration::ZERO);
    }
}
