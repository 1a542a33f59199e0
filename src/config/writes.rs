//! The rate limits on changes.

use super::{error::ConfigError, source::RawSettings};

/// How many changes are allowed per period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Writes {
    /// Length of the period, in seconds.
    pub period: u32,
    /// Most changes by one client.
    pub per_client: u32,
    /// Most changes to one family by all clients of an agency.
    pub per_family: u32,
    /// Most changes of one kind to one family by one client.
    pub per_family_and_kind: u32,
}

impl Writes {
    pub(super) fn read(settings: &RawSettings) -> Result<Self, ConfigError> {
        let count = |name, default| settings.number(name, default, 0..=100_000_000);
        Ok(Self {
            period: settings.number("write_period_s", 3_600, 1..=366 * 86_400)?,
            per_client: count("writes_per_client", 5_000)?,
            per_family: count("writes_per_family", 300)?,
            per_family_and_kind: count("writes_per_family_and_kind", 60)?,
        })
    }
}
