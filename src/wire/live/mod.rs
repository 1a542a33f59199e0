//! Operations over connections that stay: `WebSocket` at `/graphql` (graphql-transport-ws) and event streams at
//! `/graphql/stream` (graphql-sse, distinct connections).
//!
//! Both carry the same operations through the same checks as `POST /graphql`, with a request id for each operation. What
//! differs is only how it is told: `socket` and `stream` speak the two protocols, `operation` runs what was asked, and
//! `outbox` is between them, so that nothing is made for a reader who has not taken what came before.

mod account;
mod closing;
mod lease;
mod link;
mod messages;
mod opening;
mod operation;
mod outbox;
pub(super) mod places;
mod socket;
pub(super) mod stopping;
pub(super) mod stream;
pub(super) mod upgrade;
mod work;
