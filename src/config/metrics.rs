//! The settings of the metrics listener.

use std::{net::SocketAddr, path::PathBuf};

use super::{error::ConfigError, source::RawSettings};

/// A listener for metrics alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricsListener {
    /// The address it listens on.
    pub listen: SocketAddr,
    /// The file with the bearer token that a scraper must present.
    pub token_file: Option<PathBuf>,
}

impl MetricsListener {
    /// The metrics listener, if it is configured.
    pub(super) fn read(settings: &RawSettings) -> Result<Option<Self>, ConfigError> {
        let listen = settings.get(
            "metrics_listen",
            "an address and port such as 127.0.0.1:9464, or off",
            |text| match text {
                "off" => Some(None),
                text => text.parse::<SocketAddr>().ok().map(Some),
            },
        )?;
        let token_file = settings.get("metrics_token_file", "a file", |text| {
            (!text.contains('\0')).then(|| PathBuf::from(text))
        })?;
        match (listen.flatten(), token_file) {
            (None, None) => Ok(None),
            (None, Some(_)) => Err(ConfigError::new(
                "metrics_listen",
                "want an address, since there is a metrics_token_file",
            )),
            (Some(listen), None) if !listen.ip().is_loopback() => Err(ConfigError::new(
                "metrics_token_file",
                "want a file with a token, since metrics_listen is not a loopback address",
            )),
            (Some(listen), token_file) => Ok(Some(Self { listen, token_file })),
        }
    }
}
