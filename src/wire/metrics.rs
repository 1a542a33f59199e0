//! Prometheus metrics of the wire. Every label value comes from a fixed list in the program: no personal
//! data, no free text.

use std::time::Duration;

use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder,
};

/// Upper bounds of the duration histogram's buckets, in seconds.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// The wire's metrics, and the registry to which other rooms add theirs.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    durations: HistogramVec,
    in_flight: IntGauge,
    operations: IntCounterVec,
    /// Open connections.
    pub(super) connections: IntGauge,
    /// Of these and of the sockets, the unauthenticated ones.
    pub(super) unauthenticated: IntGauge,
    /// Unauthenticated connections evicted.
    pub(super) evicted: IntCounter,
    /// Open `WebSocket` connections.
    pub(super) sockets: IntGauge,
    /// Active subscriptions, on sockets and as event streams.
    pub(super) subscriptions: IntGauge,
    /// Events sent.
    pub(super) events: IntCounter,
    socket_closings: IntCounterVec,
    /// Operations rejected because no slot became free in time.
    pub(super) rejected: IntCounter,
    operations_in_state: IntGaugeVec,
}

impl Metrics {
    /// Metrics at zero, in a registry of their own.
    ///
    /// # Errors
    /// Never in practice: only if two metrics had the same name.
    pub fn new() -> Result<Self, prometheus::Error> {
        let metrics = Self {
            registry: Registry::new(),
            requests: IntCounterVec::new(
                Opts::new(
                    "thinkfamily_http_requests_total",
                    "Requests answered, by route and status.",
                ),
                &["route", "status"],
            )?,
            durations: HistogramVec::new(
                HistogramOpts::new(
                    "thinkfamily_http_request_duration_seconds",
                    "Time from head to answer, by route.",
                )
                .buckets(BUCKETS.to_vec()),
                &["route"],
            )?,
            in_flight: IntGauge::new("thinkfamily_http_requests_in_flight", "Requests being worked on.")?,
            operations: IntCounterVec::new(
                Opts::new(
                    "thinkfamily_graphql_operations_total",
                    "GraphQL requests, by what became of them.",
                ),
                &["outcome"],
            )?,
            connections: IntGauge::new("thinkfamily_http_connections", "Connections open.")?,
            unauthenticated: IntGauge::new(
                "thinkfamily_strangers",
                "Connections and WebSockets open on which nobody has signed in.",
            )?,
            evicted: IntCounter::new(
                "thinkfamily_strangers_dismissed_total",
                "Connections and WebSockets closed to make room, since nobody had signed in on them.",
            )?,
            sockets: IntGauge::new("thinkfamily_sockets", "WebSocket connections open.")?,
            subscriptions: IntGauge::new("thinkfamily_subscriptions", "Subscriptions under way.")?,
            events: IntCounter::new("thinkfamily_events_total", "Events of subscriptions sent.")?,
            socket_closings: IntCounterVec::new(
                Opts::new(
                    "thinkfamily_socket_closings_total",
                    "WebSocket connections closed, by the code sent; 1006 when none could be.",
                ),
                &["code"],
            )?,
            rejected: IntCounter::new(
                "thinkfamily_operations_turned_away_total",
                "Operations that got no turn, since too many waited or they had waited too long.",
            )?,
            operations_in_state: IntGaugeVec::new(
                Opts::new(
                    "thinkfamily_operations",
                    "Operations at this moment, by state: running or waiting.",
                ),
                &["state"],
            )?,
        };
        metrics.registry.register(Box::new(metrics.requests.clone()))?;
        metrics.registry.register(Box::new(metrics.durations.clone()))?;
        metrics.registry.register(Box::new(metrics.in_flight.clone()))?;
        metrics.registry.register(Box::new(metrics.operations.clone()))?;
        metrics.registry.register(Box::new(metrics.connections.clone()))?;
        metrics.registry.register(Box::new(metrics.unauthenticated.clone()))?;
        metrics.registry.register(Box::new(metrics.evicted.clone()))?;
        metrics.registry.register(Box::new(metrics.sockets.clone()))?;
        metrics.registry.register(Box::new(metrics.subscriptions.clone()))?;
        metrics.registry.register(Box::new(metrics.events.clone()))?;
        metrics.registry.register(Box::new(metrics.socket_closings.clone()))?;
        metrics.registry.register(Box::new(metrics.rejected.clone()))?;
        metrics
            .registry
            .register(Box::new(metrics.operations_in_state.clone()))?;
        Ok(metrics)
    }

    /// The registry, for other rooms' collectors.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Counts the start of a request.
    pub(super) fn request_started(&self) {
        self.in_flight.inc();
    }

    /// Counts the end of a request; `status` is absent when the client went away before the answer.
    pub(super) fn request_ended(&self, route: &str, status: Option<u16>, duration: Duration) {
        self.in_flight.dec();
        let status = status.map_or_else(|| "cancelled".to_owned(), |status| status.to_string());
        self.requests.with_label_values(&[route, status.as_str()]).inc();
        self.durations
            .with_label_values(&[route])
            .observe(duration.as_secs_f64());
    }

    /// Counts a GraphQL request by its outcome, one of a fixed list.
    pub(super) fn operation(&self, outcome: &'static str) {
        self.operations.with_label_values(&[outcome]).inc();
    }

    /// Counts a closed socket by its close code.
    pub(super) fn socket_closed(&self, code: u16) {
        self.socket_closings.with_label_values(&[code.to_string()]).inc();
    }

    /// Sets the number of running and of waiting operations.
    pub(super) fn operations_in_state(&self, (running, waiting): (usize, usize)) {
        for (state, number) in [("running", running), ("waiting", waiting)] {
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            self.operations_in_state.with_label_values(&[state]).set(number);
        }
    }

    /// All metrics, in the Prometheus text format.
    pub(super) fn text(&self) -> Result<String, prometheus::Error> {
        let mut buffer = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut buffer)?;
        String::from_utf8(buffer).map_err(|_| prometheus::Error::Msg("not UTF-8".to_owned()))
    }
}
