//! Long-lived connections: `WebSocket` at `/graphql` (graphql-transport-ws) and event streams at
//! `/graphql/stream` (graphql-sse, distinct connections mode).
//!
//! Both run the same operations through the same checks as `POST /graphql`, with a request id for each
//! operation. They differ only in transport: `socket` and `stream` speak the two protocols, `operation` runs
//! the operation, and `output` applies back-pressure between them, so that nothing is produced for a client
//! that has not taken the previous message.

mod close_code;
pub(super) mod connection_quota;
mod credentials;
mod messages;
mod operation;
mod operation_log;
mod operation_task;
mod output;
mod session;
pub(super) mod shutdown;
mod socket;
pub(super) mod stream;
pub(super) mod upgrade;
mod websocket;
