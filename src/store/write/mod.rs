//! What the API may change, one statement each, and what has to be read for it. A change spends a permit; nothing here decides.

pub mod budget;
mod consent;
mod contact;
pub(in crate::store) mod count;
mod emergency;
mod idempotency;
mod involvement;
mod webhook;

pub use self::{contact::OwnMarker, emergency::Opened, idempotency::Kept};
