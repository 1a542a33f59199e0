//! How many people may be looked up, and when the answers leave.

use std::time::Duration;

use super::source::{ConfigError, Given};

/// How look-ups are counted and paced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookups {
    /// Most people whom a client may ask about for one purpose in any period.
    pub budget: u32,
    /// How long a period is, in seconds.
    pub period: u32,
    /// How often the same may be asked again in a period before it counts like another question.
    pub repeats: u32,
    /// Answers leave at multiples of this; zero is at once.
    pub pace: Duration,
}

impl Lookups {
    pub(super) fn read(given: &Given) -> Result<Self, ConfigError> {
        Ok(Self {
            budget: given.number("lookup_budget", 5_000, 0..=100_000_000)?,
            period: given.number("lookup_period_s", 86_400, 1..=366 * 86_400)?,
            repeats: given.number("lookup_repeats", 20, 0..=100_000_000)?,
            pace: Duration::from_millis(given.number("lookup_pace_ms", 5, 0..=1_000)?.into()),
        })
    }
}
