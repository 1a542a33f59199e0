//! The settings of the trail: linking its chains, sending checkpoints to witnesses, time stamps and
//! verification.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::{error::ConfigError, issuer::is_loopback_host, source::RawSettings};

/// The witness to which checkpoints of the trail are sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witness {
    /// A folder under somebody else's control.
    pub folder: Option<PathBuf>,
    /// A URL.
    pub address: Option<String>,
}

/// A time stamp authority (RFC 3161).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timestamps {
    /// Its URL.
    pub address: String,
    /// The folder for its time stamps.
    pub folder: PathBuf,
    /// Interval between requests, if anything was written.
    pub every: Duration,
}

/// The trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trail {
    /// The witness.
    pub witness: Witness,
    /// Interval between checkpoints sent, if anything was written.
    pub witness_every: Duration,
    /// The time stamp authority for checkpoints.
    pub timestamps: Option<Timestamps>,
    /// Interval at which its chains are linked to each other, if anything was written.
    pub tie_every: Duration,
    /// Time in which the whole trail is verified once; `None` turns verification off.
    pub check_within: Option<Duration>,
    /// Files of the public keys that signed chains before the current key.
    pub former_keys: Vec<PathBuf>,
}

impl Trail {
    pub(super) fn read(settings: &RawSettings, data_dir: &Path, development: bool) -> Result<Self, ConfigError> {
        let path = |text: &str| (!text.is_empty() && !text.contains('\0')).then(|| PathBuf::from(text));
        let seconds = |name, default, minimum| {
            let number = settings.number(name, default, minimum..=31_536_000)?;
            Ok(Duration::from_secs(number.into()))
        };
        let address = |name| {
            let wanted = "an https address, or in development an http one on this machine";
            settings.get(name, wanted, |text| {
                is_allowed_address(text, development).then(|| text.to_owned())
            })
        };
        let check_within = seconds("trail_check_s", 86_400, 0)?;
        let stamps = settings.get("timestamp_dir", "a directory", path)?;
        let stamps_every = seconds("timestamp_interval_s", 3_600, 1)?;
        Ok(Self {
            witness: Witness {
                folder: settings.get("witness_dir", "a directory", path)?,
                address: address("witness_url")?,
            },
            witness_every: seconds("witness_interval_s", 60, 1)?,
            timestamps: address("timestamp_url")?.map(|address| Timestamps {
                address,
                folder: stamps.unwrap_or_else(|| data_dir.join("stamps")),
                every: stamps_every,
            }),
            tie_every: seconds("trail_tie_s", 60, 1)?,
            check_within: (!check_within.is_zero()).then_some(check_within),
            former_keys: settings
                .get("trail_former_keys", "files", |text| {
                    let files = text.split(',').map(str::trim).filter(|file| !file.is_empty());
                    files.map(path).collect()
                })?
                .unwrap_or_default(),
        })
    }
}

fn is_allowed_address(text: &str, development: bool) -> bool {
    let Ok(url) = reqwest::Url::parse(text) else {
        return false;
    };
    let known = match (url.scheme(), url.host_str()) {
        ("https", Some(host)) => !host.is_empty(),
        ("http", Some(host)) => development && is_loopback_host(host),
        _ => false,
    };
    known && url.username().is_empty() && url.password().is_none() && url.fragment().is_none()
}

#[cfg(test)]
mod tests;
