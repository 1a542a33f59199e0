//! Counters for Prometheus. Every label comes from a list that is fixed in the program; nothing personal, nothing free.

use std::time::Duration;

use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder,
};

/// Seconds: the bounds of the duration histogram.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// The wire's counters, and the registry to which other rooms may add theirs.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    durations: HistogramVec,
    in_flight: IntGauge,
    operations: IntCounterVec,
    /// Connections that are open.
    pub(super) connections: IntGauge,
    /// Of these, and of the sockets, those on which nobody has signed in.
    pub(super) strangers: IntGauge,
    /// Strangers who had to leave.
    pub(super) dismissed: IntCounter,
    /// `WebSocket` connections that are open.
    pub(super) sockets: IntGauge,
    /// Subscriptions under way, on sockets and as event streams.
    pub(super) subscriptions: IntGauge,
    /// Events sent.
    pub(super) events: IntCounter,
    closings: IntCounterVec,
    /// Operations that got no turn in time.
    pub(super) turned_away: IntCounter,
    occupied: IntGaugeVec,
}

impl Metrics {
    /// Counters at nought in a registry of their own.
    ///
    /// # Errors
    /// Never in practice: only if two counters had one name.
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
            strangers: IntGauge::new(
                "thinkfamily_strangers",
                "Connections and WebSockets open on which nobody has signed in.",
            )?,
            dismissed: IntCounter::new(
                "thinkfamily_strangers_dismissed_total",
                "Connections and WebSockets closed to make room, since nobody had signed in on them.",
            )?,
            sockets: IntGauge::new("thinkfamily_sockets", "WebSocket connections open.")?,
            subscriptions: IntGauge::new("thinkfamily_subscriptions", "Subscriptions under way.")?,
            events: IntCounter::new("thinkfamily_events_total", "Events of subscriptions sent.")?,
            closings: IntCounterVec::new(
                Opts::new(
                    "thinkfamily_socket_closings_total",
                    "WebSocket connections closed, by the code sent; 1006 when none could be.",
                ),
                &["code"],
            )?,
            turned_away: IntCounter::new(
                "thinkfamily_operations_turned_away_total",
                "Operations that got no turn, since too many waited or they had waited too long.",
            )?,
            occupied: IntGaugeVec::new(
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
        metrics.registry.register(Box::new(metrics.strangers.clone()))?;
        metrics.registry.register(Box::new(metrics.dismissed.clone()))?;
        metrics.registry.register(Box::new(metrics.sockets.clone()))?;
        metrics.registry.register(Box::new(metrics.subscriptions.clone()))?;
        metrics.registry.register(Box::new(metrics.events.clone()))?;
        metrics.registry.register(Box::new(metrics.closings.clone()))?;
        metrics.registry.register(Box::new(metrics.turned_away.clone()))?;
        metrics.registry.register(Box::new(metrics.occupied.clone()))?;
        Ok(metrics)
    }

    /// Where other rooms register their own collectors.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// A request begins.
    pub(super) fn begin(&self) {
        self.in_flight.inc();
    }

    /// A request is over; `status` is absent when the client went away before the answer.
    pub(super) fn end(&self, route: &str, status: Option<u16>, took: Duration) {
        self.in_flight.dec();
        let status = status.map_or_else(|| "cancelled".to_owned(), |status| status.to_string());
        self.requests.with_label_values(&[route, status.as_str()]).inc();
        self.durations.with_label_values(&[route]).observe(took.as_secs_f64());
    }

    /// What became of a GraphQL request: one of a fixed list of words.
    pub(super) fn operation(&self, outcome: &'static str) {
        self.operations.with_label_values(&[outcome]).inc();
    }

    /// A socket was closed with one of the codes that the program has.
    pub(super) fn closed(&self, code: u16) {
        self.closings.with_label_values(&[code.to_string()]).inc();
    }

    /// How many operations run, and how many wait for a turn.
    pub(super) fn occupied(&self, (running, waiting): (usize, usize)) {
        for (state, number) in [("running", running), ("waiting", waiting)] {
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            self.occupied.with_label_values(&[state]).set(number);
        }
    }

    /// Everything, in Prometheus's text format.
    pub(super) fn text(&self) -> Result<String, prometheus::Error> {
        let mut buffer = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut buffer)?;
        String::from_utf8(buffer).map_err(|_| prometheus::Error::Msg("not UTF-8".to_owned()))
    }
}
