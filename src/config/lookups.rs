//! How many people may be looked up, how their descriptions are weighed, and when the answers leave.

use std::{path::PathBuf, time::Duration};

use super::source::{ConfigError, Given};

/// How look-ups are counted, weighed and paced.
#[derive(Clone, Debug, PartialEq)]
pub struct Lookups {
    /// Most people whom a client may ask about for one purpose in a period.
    pub budget: u32,
    /// How long a period is, in seconds.
    pub period: u32,
    /// Answers leave at multiples of this; zero is at once.
    pub pace: Duration,
    /// From this weight on a person is found; the usual one where it is not set.
    pub upper: Option<f64>,
    /// Below this weight a person counts for nothing.
    pub lower: Option<f64>,
    /// How far the person found must stand above the next.
    pub clear: Option<f64>,
    /// The weights of comparisons, where they are not those that are built in.
    pub model: Option<PathBuf>,
}

impl Lookups {
    pub(super) fn read(given: &Given) -> Result<Self, ConfigError> {
        let bits = |name, least: f64| {
            given.get(name, "a number from -100 to 100, not below 0 for match_clear", |text| {
                let number: f64 = text.parse().ok()?;
                (least..=100.0).contains(&number).then_some(number)
            })
        };
        let lookups = Self {
            budget: given.number("lookup_budget", 5_000, 0..=100_000_000)?,
            period: given.number("lookup_period_s", 86_400, 1..=366 * 86_400)?,
            pace: Duration::from_millis(given.number("lookup_pace_ms", 5, 0..=1_000)?.into()),
            upper: bits("match_upper", -100.0)?,
            lower: bits("match_lower", -100.0)?,
            clear: bits("match_clear", 0.0)?,
            model: given.get("match_model", "a file", |text| {
                (!text.contains('\0')).then(|| PathBuf::from(text))
            })?,
        };
        if let (Some(upper), Some(lower)) = (lookups.upper, lookups.lower)
            && upper < lower
        {
            return Err(ConfigError::new("match_upper", "want at least match_lower"));
        }
        Ok(lookups)
    }
}
