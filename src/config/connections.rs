//! Limits on connections, whatever is requested on them.

use std::time::Duration;

use super::{error::ConfigError, source::RawSettings};

/// Limits on connections, and on what arrives before a request can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connections {
    /// Most authenticated connections open at once.
    pub authenticated: usize,
    /// Most unauthenticated connections open at once.
    pub unauthenticated_connections: usize,
    /// Of these, the most per address.
    pub unauthenticated_per_address: usize,
    /// Longest time until the first request's headers have arrived, the TLS handshake included.
    pub first_request_time: Duration,
    /// Longest access token, in bytes.
    pub token_bytes: usize,
    /// Largest request line with all headers, in bytes.
    pub header_bytes: usize,
    /// Most headers of one request.
    pub headers: usize,
    /// Longest time for the headers of a request, or a TLS handshake, to arrive.
    pub header_time: Duration,
    /// Longest time for the body of a request to arrive.
    pub body_time: Duration,
}

impl Connections {
    pub(super) fn read(settings: &RawSettings) -> Result<Self, ConfigError> {
        let size = |name, default, range| settings.number(name, default, range).map(|number| number as usize);
        let header_bytes = settings.number("header_bytes", 32 * 1024, 8_192..=1024 * 1024)?;
        let unauthenticated_connections = settings.number("strangers", 1_024, 8..=1_000_000)?;
        let connections = Self {
            authenticated: size("connections", 2_048, 1..=1_000_000)?,
            unauthenticated_connections: unauthenticated_connections as usize,
            unauthenticated_per_address: size(
                "strangers_per_address",
                unauthenticated_connections.min(256),
                4..=1_000_000,
            )?,
            first_request_time: settings.milliseconds("stranger_timeout_ms", 5_000)?,
            token_bytes: size("token_bytes", header_bytes.min(16 * 1024), 1_024..=64 * 1024)?,
            header_bytes: header_bytes as usize,
            headers: size("headers", 64, 16..=1_000)?,
            header_time: settings.milliseconds("header_timeout_ms", 15_000)?,
            body_time: settings.milliseconds("body_timeout_ms", 15_000)?,
        };
        if connections.token_bytes > connections.header_bytes {
            return Err(ConfigError::new("token_bytes", "want at most header_bytes"));
        }
        if connections.unauthenticated_per_address > connections.unauthenticated_connections {
            return Err(ConfigError::new("strangers_per_address", "want at most strangers"));
        }
        Ok(connections)
    }
}
