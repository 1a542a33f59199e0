//! How much connections that stay may take.

use std::time::Duration;

use super::{error::ConfigError, source::Given};

/// Limits on `WebSocket` connections and event streams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    /// Most of them open at once.
    pub sockets: usize,
    /// Of these, the most of one client of an agency.
    pub sockets_per_client: usize,
    /// Most operations under way on one socket.
    pub operations: usize,
    /// Largest message of a client, in bytes.
    pub message_bytes: usize,
    /// Longest wait for `connection_init`.
    pub init: Duration,
    /// Silence after which one is asked, or says, whether one is there.
    pub keep_alive: Duration,
    /// Longest time that what is sent may stay unread, on connections of every kind.
    pub write: Duration,
}

impl Live {
    pub(super) fn read(given: &Given) -> Result<Self, ConfigError> {
        let size = |name, default, range| given.number(name, default, range).map(|number| number as usize);
        Ok(Self {
            sockets: size("sockets", 1_024, 0..=1_000_000)?,
            sockets_per_client: size("sockets_per_client", 128, 1..=1_000_000)?,
            operations: size("socket_operations", 50, 1..=10_000)?,
            message_bytes: size("socket_message_bytes", 256 * 1024, 1_024..=16 * 1024 * 1024)?,
            init: given.milliseconds("socket_init_ms", 3_000)?,
            keep_alive: given.milliseconds("keep_alive_ms", 15_000)?,
            write: given.milliseconds("write_timeout_ms", 30_000)?,
        })
    }
}
