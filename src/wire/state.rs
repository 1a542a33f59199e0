//! The state shared by all handlers: the services behind the wire, the limits and the metrics.

use std::sync::Arc;

use super::{
    client_quota::ClientQuota,
    concurrency::ConcurrencyLimit,
    graphiql::Graphiql,
    ingress::Ingress,
    limits::{EdgeLimits, Limits},
    live::connection_quota::ConnectionQuota,
    metrics::Metrics,
    parsed::Documents,
    services::{Authenticate, Execute, Ready},
};
use crate::clock::{Clock, Ids};

/// Built at start and then only read.
#[expect(
    missing_debug_implementations,
    reason = "it holds the other rooms, which need not be printable"
)]
pub struct AppState {
    /// Executes operations.
    pub(super) engine: Arc<dyn Execute>,
    /// Authenticates callers.
    pub(super) authenticator: Arc<dyn Authenticate>,
    /// The readiness check.
    pub(super) ready: Ready,
    /// Generates request ids.
    pub(super) ids: Ids,
    /// The limits on documents.
    pub(super) limits: Limits,
    /// The cache of parsed documents.
    pub(super) parsed: Documents,
    /// The limits on requests and connections.
    pub(super) edge: EdgeLimits,
    /// The metrics.
    pub(super) metrics: Metrics,
    /// The concurrency limit on operations.
    pub(super) concurrency: ConcurrencyLimit,
    /// The quota of operations per client.
    pub(super) client_operations: ClientQuota,
    /// The quota of sockets and event streams.
    pub(super) connection_quota: ConnectionQuota,
    /// The clock by which tokens expire on long-lived connections.
    pub(super) clock: Clock,
    /// How clients reach the server.
    pub(super) ingress: Ingress,
    /// The development issuer's public keys (a JSON Web Key Set), when it is enabled.
    pub(super) jwks: Option<String>,
    /// The GraphiQL page, when it is enabled.
    pub(super) graphiql: Option<Graphiql>,
}

impl AppState {
    /// The state of a server with default limits, without a development issuer and without GraphiQL.
    pub fn new(
        engine: Arc<dyn Execute>,
        authenticator: Arc<dyn Authenticate>,
        ready: Ready,
        ids: Ids,
        metrics: Metrics,
    ) -> Self {
        Self {
            engine,
            authenticator,
            ready,
            ids,
            parsed: Documents::default(),
            limits: Limits::default(),
            edge: EdgeLimits::default(),
            concurrency: concurrency(&EdgeLimits::default(), &metrics),
            metrics,
            client_operations: ClientQuota::new(EdgeLimits::default().requests_per_client),
            connection_quota: ConnectionQuota::new(&EdgeLimits::default().live),
            clock: Clock::system(),
            ingress: Ingress::default(),
            jwks: None,
            graphiql: None,
        }
    }

    /// Sets the limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits, edge: EdgeLimits) -> Self {
        self.concurrency = concurrency(&edge, &self.metrics);
        self.client_operations = ClientQuota::new(edge.requests_per_client);
        self.connection_quota = ConnectionQuota::new(&edge.live);
        self.limits = limits;
        self.edge = edge;
        self
    }

    /// Sets the clock, which must be the one that tokens were validated by.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Sets how clients reach the server.
    #[must_use]
    pub fn with_ingress(mut self, ingress: Ingress) -> Self {
        self.ingress = ingress;
        self
    }

    /// Serves the development issuer's public keys at `/.well-known/jwks.json`.
    #[must_use]
    pub fn with_jwks(mut self, jwks: String) -> Self {
        self.jwks = Some(jwks);
        self
    }

    /// Serves GraphiQL at `/graphiql`.
    #[must_use]
    pub fn with_graphiql(mut self, graphiql: Graphiql) -> Self {
        self.graphiql = Some(graphiql);
        self
    }
}

fn concurrency(edge: &EdgeLimits, metrics: &Metrics) -> ConcurrencyLimit {
    ConcurrencyLimit::new(edge.running, edge.waiting, edge.waiting_time, metrics.rejected.clone())
}
