//! The settings of webhook delivery.

use std::time::Duration;

use super::address::Guard;

/// The settings of webhook delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Which addresses are allowed.
    pub guard: Guard,
    /// The timeout of one attempt.
    pub timeout: Duration,
    /// The part of that allowed for connecting. A failure to connect is always reported after this time.
    pub connect: Duration,
    /// The HTTP proxy to use.
    pub proxy: Option<String>,
    /// The polling interval: how often due deliveries are looked for even if nothing woke the worker.
    pub poll: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            guard: Guard::default(),
            timeout: Duration::from_secs(20),
            connect: Duration::from_secs(5),
            proxy: None,
            poll: Duration::from_secs(5),
        }
    }
}
