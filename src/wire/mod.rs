//! The HTTP layer: routes, GraphQL over HTTP, over `WebSocket` and as event streams, the GraphiQL page,
//! health checks, metrics and limits.
//!
//! It knows HTTP, no SQL and no sharing rule: it reads a request within the limits, has the caller
//! authenticated by [`services::Authenticate`], runs the operation through [`services::Execute`], and sends
//! the answer.

mod client_quota;
mod concurrency;
mod cors;
mod endpoint;
pub mod graphiql;
mod graphql;
pub mod ingress;
pub mod limits;
mod live;
pub mod metrics;
pub mod metrics_listener;
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
mod smuggling_guard;
pub mod state;
#[cfg(test)]
mod tests;
pub mod tls;
mod unauthenticated;
mod write_timeout;
