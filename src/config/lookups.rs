//! The rate limits of look-ups, and the pacing of their answers.

use std::time::Duration;

use super::{error::ConfigError, source::RawSettings};

/// How look-ups are counted and paced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookups {
    /// Most people a client may look up in any period, for whatever purpose.
    pub budget: u32,
    /// Most people an agency may look up with all its clients.
    pub agency_budget: u32,
    /// How many different values may be tried, at least, beside what the questions keep the same; 0 sets no
    /// limit.
    pub tries: u32,
    /// For how many days tried values count.
    pub tries_days: u32,
    /// Length of a period, in seconds.
    pub period: u32,
    /// How often the same look-up may be repeated in a period before it counts as another.
    pub repeats: u32,
    /// Answers are released at multiples of this; zero releases them at once.
    pub pace: Duration,
}

impl Lookups {
    pub(super) fn read(settings: &RawSettings) -> Result<Self, ConfigError> {
        Ok(Self {
            budget: settings.number("lookup_budget", 5_000, 0..=100_000_000)?,
            agency_budget: settings.number("lookup_agency_budget", 10_000, 0..=1_000_000_000)?,
            tries: settings.number("lookup_tries", 4, 0..=1_000)?,
            tries_days: settings.number("lookup_tries_days", 28, 1..=366)?,
            period: settings.number("lookup_period_s", 86_400, 1..=366 * 86_400)?,
            repeats: settings.number("lookup_repeats", 20, 0..=100_000_000)?,
            pace: Duration::from_millis(settings.number("lookup_pace_ms", 5, 0..=1_000)?.into()),
        })
    }
}
