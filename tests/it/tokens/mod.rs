//! Who asks, over the wire: every token that must be refused, keys that change, a real identity provider, and tokens bound to their sender.

mod bound;
mod certificates;
mod dpop;
pub(crate) mod exchange;
mod hostile;
pub(crate) mod keys;
mod provider;
mod rotation;
mod sockets;
mod spoilt;
pub(crate) mod world;
