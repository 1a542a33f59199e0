//! What every handler shares: the rooms behind the wire, the limits and the counters.

use std::sync::Arc;

use super::{
    front::Front,
    gate::Gate,
    graphiql::Graphiql,
    limits::{EdgeLimits, Limits},
    live::places::Places,
    metrics::Metrics,
    parsed::Documents,
    services::{Authenticate, Execute, Ready},
    shares::Shares,
};
use crate::clock::{Clock, Ids};

/// What is put together at start and then only read.
#[expect(
    missing_debug_implementations,
    reason = "it holds the other rooms, which need not be printable"
)]
pub struct AppState {
    /// Runs operations.
    pub(super) engine: Arc<dyn Execute>,
    /// Tells who is asking.
    pub(super) authenticator: Arc<dyn Authenticate>,
    /// Whether the server can do its work.
    pub(super) ready: Ready,
    /// Makes request ids.
    pub(super) ids: Ids,
    /// How large a document may be.
    pub(super) limits: Limits,
    /// Documents that were read.
    pub(super) parsed: Documents,
    /// How much a request may take.
    pub(super) edge: EdgeLimits,
    /// Counters.
    pub(super) metrics: Metrics,
    /// Turns for operations.
    pub(super) gate: Gate,
    /// What each client may have under way.
    pub(super) requests: Shares,
    /// Places for sockets and event streams.
    pub(super) places: Places,
    /// By which tokens end on connections that stay.
    pub(super) clock: Clock,
    /// How clients reach the server.
    pub(super) front: Front,
    /// The development issuer's public keys (a JSON Web Key Set), when it is on.
    pub(super) jwks: Option<String>,
    /// The query page, when it is on.
    pub(super) graphiql: Option<Graphiql>,
}

impl AppState {
    /// The state of a server with default limits, without a development issuer and without the query page.
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
            gate: gate(&EdgeLimits::default(), &metrics),
            metrics,
            requests: Shares::new(EdgeLimits::default().requests_per_client),
            places: Places::new(&EdgeLimits::default().live),
            clock: Clock::system(),
            front: Front::default(),
            jwks: None,
            graphiql: None,
        }
    }

    /// With other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits, edge: EdgeLimits) -> Self {
        self.gate = gate(&edge, &self.metrics);
        self.requests = Shares::new(edge.requests_per_client);
        self.places = Places::new(&edge.live);
        self.limits = limits;
        self.edge = edge;
        self
    }

    /// With the clock by which the tokens were found to hold.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// With what is known of how clients reach the server.
    #[must_use]
    pub fn with_front(mut self, front: Front) -> Self {
        self.front = front;
        self
    }

    /// With the development issuer's public keys at `/.well-known/jwks.json`.
    #[must_use]
    pub fn with_jwks(mut self, jwks: String) -> Self {
        self.jwks = Some(jwks);
        self
    }

    /// With the query page at `/graphiql`.
    #[must_use]
    pub fn with_graphiql(mut self, graphiql: Graphiql) -> Self {
        self.graphiql = Some(graphiql);
        self
    }
}

fn gate(edge: &EdgeLimits, metrics: &Metrics) -> Gate {
    Gate::new(
        edge.running,
        edge.waiting,
        edge.waiting_time,
        metrics.turned_away.clone(),
    )
}
