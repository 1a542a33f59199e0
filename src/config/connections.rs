//! How much connections may take, whatever is asked on them.

use std::time::Duration;

use super::{
    milliseconds,
    source::{ConfigError, Given},
};

/// Limits on connections, and on what comes before a request can be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connections {
    /// Most of them open at once; more wait.
    pub most: usize,
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
        Ok(Self {
            most: size("connections", 2_048, 1..=1_000_000)?,
            header_bytes: size("header_bytes", 32 * 1024, 8_192..=1024 * 1024)?,
            headers: size("headers", 64, 16..=1_000)?,
            header_time: milliseconds(given, "header_timeout_ms", 15_000)?,
            body_time: milliseconds(given, "body_timeout_ms", 15_000)?,
        })
    }
}
