//! The changes that the API can make, one statement each, and the reads that they need. A change spends a
//! permit; nothing here decides.

mod barred;
pub mod budget;
mod consent;
mod contact;
pub(in crate::store) mod count;
mod emergency;
mod idempotency;
mod involvement;
mod merging;
mod webhook;

pub(in crate::store) use self::merging::place;
pub use self::{
    consent::Moment,
    contact::OwnMarker,
    emergency::Opened,
    idempotency::StoredOutcome,
    merging::{Said, Who},
};
