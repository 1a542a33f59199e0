//! What the API may change, one statement each. Whoever calls has had the decision; nothing here decides.

mod consent;
mod emergency;
mod idempotency;
mod involvement;

pub use self::{emergency::Opened, idempotency::Kept};
