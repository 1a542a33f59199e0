//! How webhooks are delivered.

use std::time::Duration;

use super::address::Guard;

/// How webhooks are delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where they may go.
    pub guard: Guard,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// How long of that a connection may take. Where there is none, that is told after as long.
    pub connect: Duration,
    /// The proxy that they go through.
    pub proxy: Option<String>,
    /// After so long it is looked for what is due although nothing woke the deliverer.
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
