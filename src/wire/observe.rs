//! The outermost middleware: gives every request its id, time limit, log line and metrics, and every answer
//! its security headers.
//!
//! The log holds identifiers only: never bodies, names, variables or tokens.

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use futures_util::FutureExt;
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{
        CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
        X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
    },
};
use tracing::{Instrument as _, field::Empty, info_span};
use uuid::Uuid;

use super::{
    ingress::Peer, live::shutdown::ShutdownSignal, metrics::Metrics, request::host, respond::Problem, state::AppState,
};
use crate::{error::request_id, sharing::caller::Caller, telemetry};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// The request id. The server makes it; one sent by the client is ignored.
#[derive(Clone, Copy, Debug)]
pub(super) struct RequestId(pub(super) Uuid);

/// What a handler adds to the request's log line.
#[derive(Clone, Debug, Default)]
pub(super) struct LogFields {
    /// The caller's agency.
    pub(super) agency: String,
    /// The caller's role.
    pub(super) role: String,
    /// The purpose of use.
    pub(super) purpose: String,
    /// The first 16 bytes of the document's SHA-256, in hexadecimal digits.
    pub(super) operation: String,
    /// The outcome of a GraphQL request.
    pub(super) outcome: Option<&'static str>,
}

impl LogFields {
    /// Records the caller's agency, role and purpose, not the person.
    pub(super) fn caller(&mut self, caller: &Caller) {
        self.agency = sanitised(&caller.principal.agency_code);
        self.role = sanitised(&caller.principal.role);
        self.purpose = sanitised(&caller.purpose);
    }
}

fn sanitised(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_control())
        .take(64)
        .collect()
}

/// The route as logged and counted.
fn route(path: &str) -> &'static str {
    match path {
        "/" => "/",
        "/graphql" => "/graphql",
        "/graphql/stream" => "/graphql/stream",
        "/schema.graphql" => "/schema.graphql",
        "/sharing" => "/sharing",
        "/healthz" => "/healthz",
        "/readyz" => "/readyz",
        "/metrics" => "/metrics",
        "/.well-known/jwks.json" => "/.well-known/jwks.json",
        path if path == "/graphiql" || path.starts_with("/graphiql/") => "/graphiql",
        _ => "other",
    }
}

/// Counts a request on drop, also when the client goes away before its answer.
struct RequestMetrics {
    metrics: Metrics,
    route: &'static str,
    started: Instant,
    status: Option<u16>,
}

impl Drop for RequestMetrics {
    fn drop(&mut self) {
        self.metrics
            .request_ended(self.route, self.status, self.started.elapsed());
    }
}

/// The middleware.
pub(super) async fn observe(State(state): State<Arc<AppState>>, mut request: Request, next: Next) -> Response {
    let id = state.ids.uuid();
    let method = request.method().clone();
    let route = route(request.uri().path());
    state.metrics.request_started();
    let mut request_metrics = RequestMetrics {
        metrics: state.metrics.clone(),
        route,
        started: Instant::now(),
        status: None,
    };
    request.extensions_mut().insert(RequestId(id));
    let shutdown = request.extensions().get::<ShutdownSignal>().cloned();
    let span = info_span!(
        "request",
        otel.kind = "server",
        http.request.method = method_label(method.as_str()),
        http.route = route,
        request_id = %id,
        http.response.status_code = Empty,
        outcome = Empty,
    );
    telemetry::set_remote_parent(&span, request.headers());

    // A request made in the process, without a connection, need not name a host.
    let bad_host = request
        .extensions()
        .get::<Peer>()
        .and_then(|_| host::check(&request).err());
    let has_bad_host = bad_host.is_some();
    let handler = async {
        match bad_host {
            Some(problem) => problem.respond(None, id),
            None => next.run(request).await,
        }
    };
    // In this scope errors of sign-in, too, are logged with the id that the client is given.
    let in_scope = request_id::scope(id, answer(handler, id, state.edge.request_time));
    let mut response = in_scope.instrument(span.clone()).await;

    harden(&mut response, id, state.ingress.public_url.starts_with("https:"));
    // The connection is closed, not kept alive, when the server drains or the request's framing is in doubt.
    // An upgraded connection is not HTTP any more.
    let closes = has_bad_host || shutdown.is_some_and(|shutdown| shutdown.is_draining());
    if closes && response.status() != StatusCode::SWITCHING_PROTOCOLS {
        response
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
    }
    let status = response.status().as_u16();
    request_metrics.status = Some(status);
    let log = response.extensions_mut().remove::<LogFields>().unwrap_or_default();
    span.record("http.response.status_code", status);
    if let Some(outcome) = log.outcome {
        state.metrics.operation(outcome);
        span.record("outcome", outcome);
    }
    tracing::info!(
        request_id = %id,
        trace_id = telemetry::trace_id(&span),
        method = method_label(method.as_str()),
        route,
        status,
        duration_us = u64::try_from(request_metrics.started.elapsed().as_micros()).unwrap_or(u64::MAX),
        agency = log.agency,
        role = log.role,
        purpose = log.purpose,
        operation = log.operation,
        outcome = log.outcome.unwrap_or_default(),
        "request"
    );
    response
}

/// The handler's answer, or an error if it panics or times out.
async fn answer(handler: impl Future<Output = Response>, id: Uuid, limit: Duration) -> Response {
    match tokio::time::timeout(limit, AssertUnwindSafe(handler).catch_unwind()).await {
        Ok(Ok(response)) => response,
        // The panic hook has logged where; the payload may hold values and is dropped.
        Ok(Err(_)) => {
            tracing::error!(request_id = %id, "a handler panicked");
            Problem::internal().respond(None, id)
        }
        Err(_) => {
            tracing::warn!(request_id = %id, "a request took too long");
            Problem::unavailable().respond(None, id)
        }
    }
}

fn method_label(method: &str) -> &'static str {
    match method {
        "GET" => "GET",
        "POST" => "POST",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// Sets the security headers of every answer.
fn harden(response: &mut Response, id: Uuid, over_https: bool) {
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        headers.insert(REQUEST_ID, value);
    }
    for (name, value) in [
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (X_FRAME_OPTIONS, "DENY"),
        (RESOURCE_POLICY, "same-origin"),
        (OPENER_POLICY, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if over_https {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(STRICT_TRANSPORT_SECURITY, year);
    }
    headers
        .entry(CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
}
