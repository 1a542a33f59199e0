//! How many people may be looked up, and when the answers leave.

use std::time::Duration;

use super::{error::ConfigError, source::Given};

/// How look-ups are counted and paced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookups {
    /// Most people whom a client may ask about in any period, whatever for.
    pub budget: u32,
    /// Most people whom an agency may with all its clients.
    pub agency_budget: u32,
    /// How many different values may be tried at least beside what questions hold fast; nought stops nobody.
    pub tries: u32,
    /// For how many days they count.
    pub tries_days: u32,
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
            agency_budget: given.number("lookup_agency_budget", 10_000, 0..=1_000_000_000)?,
            tries: given.number("lookup_tries", 4, 0..=1_000)?,
            tries_days: given.number("lookup_tries_days", 28, 1..=366)?,
            period: given.number("lookup_period_s", 86_400, 1..=366 * 86_400)?,
            repeats: given.number("lookup_repeats", 20, 0..=100_000_000)?,
            pace: Duration::from_millis(given.number("lookup_pace_ms", 5, 0..=1_000)?.into()),
        })
    }
}
