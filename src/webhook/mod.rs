//! Signed webhooks, as Standard Webhooks 1.0.0 has them: an agency's own program is told that something happened, by an id to fetch and
//! nothing else.
//!
//! What is to be told stands in a table (the store's), written in the transaction of what happened. Here it is taken up, decided anew,
//! written to the trail and sent. May name the store, the trail, the decision and the clock; knows nothing of GraphQL: ids come from a
//! function that it is given. No address, secret or body is ever logged.

pub mod address;
mod attempt;
pub mod deliverer;
mod parts;
mod resolver;
mod schedule;
pub mod seal;
mod sender;
mod settings;
pub mod signature;
mod trail;

use std::sync::Arc;

pub use self::{address::Guard, deliverer::Deliverer, seal::Sealer, settings::Settings, signature::Secret};

/// What looking after endpoints needs: to seal their secrets, and to know where they may be.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Seals secrets.
    pub sealer: Arc<Sealer>,
    /// Where webhooks may go.
    pub guard: Guard,
}

/// `webhook-id` of a delivery: the same in every attempt, and without a full stop.
pub fn message_id(delivery: uuid::Uuid) -> String {
    format!("msg_{}", delivery.simple())
}
