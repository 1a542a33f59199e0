//! Limits on requests and connections, on what operations cost and how long they may take, over the wire.

mod cost;
mod settings;
mod stopping;
