//! How much connections may take, whatever is asked on them.

use std::time::Duration;

use super::{error::ConfigError, source::Given};

/// Limits on connections, and on what comes before a request can be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connections {
    /// Most of them open at once on which somebody has signed in.
    pub most: usize,
    /// Most of them open at once on which nobody has.
    pub strangers: usize,
    /// Of these, the most of one address.
    pub strangers_per_address: usize,
    /// Longest time until the first request's headers have arrived, a handshake of TLS counted in.
    pub stranger_time: Duration,
    /// Longest token, in bytes.
    pub token_bytes: usize,
    /// Largest request line with all headers, in bytes.
    pub header_bytes: usize,
    /// Most headers of one request.
    pub headers: usize,
    /// Longest time that the headers of a request, or a handshake of TLS, may take to arrive.
    pub header_time: Duration,
    /// Longest time that the body of a request may take to arrive.
    pub body_time: Duration,
}

impl Connections {
    pub(super) fn read(given: &Given) -> Result<Self, ConfigError> {
        let size = |name, default, range| given.number(name, default, range).map(|number| number as usize);
        let header_bytes = given.number("header_bytes", 32 * 1024, 8_192..=1024 * 1024)?;
        let strangers = given.number("strangers", 1_024, 8..=1_000_000)?;
        let connections = Self {
            most: size("connections", 2_048, 1..=1_000_000)?,
            strangers: strangers as usize,
            strangers_per_address: size("strangers_per_address", strangers.min(256), 4..=1_000_000)?,
            stranger_time: given.milliseconds("stranger_timeout_ms", 5_000)?,
            token_bytes: size("token_bytes", header_bytes.min(16 * 1024), 1_024..=64 * 1024)?,
            header_bytes: header_bytes as usize,
            headers: size("headers", 64, 16..=1_000)?,
            header_time: given.milliseconds("header_timeout_ms", 15_000)?,
            body_time: given.milliseconds("body_timeout_ms", 15_000)?,
        };
        if connections.token_bytes > connections.header_bytes {
            return Err(ConfigError::new("token_bytes", "want at most header_bytes"));
        }
        if connections.strangers_per_address > connections.strangers {
            return Err(ConfigError::new("strangers_per_address", "want at most strangers"));
        }
        Ok(connections)
    }
}
