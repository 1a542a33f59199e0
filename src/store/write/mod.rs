//! What the API may change, one statement each. Whoever calls has had the decision; nothing here decides.

pub mod budget;
mod consent;
mod contact;
mod emergency;
mod idempotency;
mod involvement;
mod webhook;

pub use self::{
    consent::{Dated, DatedAnew},
    contact::OwnMarker,
    emergency::Opened,
    idempotency::Kept,
};
