//! Limits on long-lived connections.

use std::time::Duration;

use super::{error::ConfigError, source::RawSettings};

/// Limits on `WebSocket` connections and event streams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    /// Most of them open at once.
    pub sockets: usize,
    /// Of these, the most per client of an agency.
    pub sockets_per_client: usize,
    /// Most operations in flight on one socket.
    pub operations: usize,
    /// Largest message from a client, in bytes.
    pub message_bytes: usize,
    /// Longest wait for `connection_init`.
    pub init: Duration,
    /// Keep-alive interval: idle time after which a socket is pinged, or a stream sends a comment.
    pub keep_alive: Duration,
    /// Write timeout: longest time that sent data may stay unread, on connections of every kind.
    pub write: Duration,
}

impl Live {
    pub(super) fn read(settings: &RawSettings) -> Result<Self, ConfigError> {
        let size = |name, default, range| settings.number(name, default, range).map(|number| number as usize);
        Ok(Self {
            sockets: size("sockets", 1_024, 0..=1_000_000)?,
            sockets_per_client: size("sockets_per_client", 128, 1..=1_000_000)?,
            operations: size("socket_operations", 50, 1..=10_000)?,
            message_bytes: size("socket_message_bytes", 256 * 1024, 1_024..=16 * 1024 * 1024)?,
            init: settings.milliseconds("socket_init_ms", 3_000)?,
            keep_alive: settings.milliseconds("keep_alive_ms", 15_000)?,
            write: settings.milliseconds("write_timeout_ms", 30_000)?,
        })
    }
}
