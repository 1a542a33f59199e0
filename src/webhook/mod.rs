//! Signed webhooks as defined by Standard Webhooks 1.0.0: an agency's own system is told that something
//! happened, by an id to fetch and nothing else.
//!
//! Events wait in an outbox table (in the store), written in the transaction of what happened. Here each is
//! claimed, decided again, recorded in the trail and sent. May use the store, the trail, the decision and the
//! clock; knows nothing of GraphQL: ids come from a function that it is given. No address, secret or body is
//! ever logged.

pub mod address;
mod attempt;
mod context;
pub mod deliverer;
mod resolver;
mod retry;
pub mod seal;
mod sender;
mod settings;
pub mod signature;
mod trail;

use std::sync::Arc;

pub use self::{address::Guard, deliverer::Deliverer, seal::Sealer, settings::Settings, signature::Secret};

/// What managing endpoints needs: sealing secrets, and checking addresses.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Seals secrets.
    pub sealer: Arc<Sealer>,
    /// Which addresses webhooks may be sent to.
    pub guard: Guard,
}

/// The `webhook-id` of a delivery: the same in every attempt, and without a full stop.
pub fn message_id(delivery: uuid::Uuid) -> String {
    format!("msg_{}", delivery.simple())
}
