//! The HTTP edge: routes, GraphQL over HTTP, over `WebSocket` and as event streams, the query page, health, counters and limits.
//!
//! Knows HTTP and nothing of SQL or of who may see what: it takes a request within the limits, has the caller named by
//! [`services::Authenticate`], hands the operation to [`services::Execute`], and sends what comes back.

mod cors;
pub mod counters;
mod endpoint;
pub mod front;
mod gate;
pub mod graphiql;
mod graphql;
pub mod limits;
mod live;
pub mod metrics;
mod observe;
mod pages;
mod parsed;
pub mod precheck;
mod registered;
mod request;
mod respond;
pub mod routes;
pub mod server;
pub mod services;
mod shares;
mod slow;
pub mod state;
mod strangers;
mod strict;
#[cfg(test)]
mod tests;
pub mod tls;
