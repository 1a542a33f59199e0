//! Around every request: its id, its time limit, its line in the log, its counters, and the headers every answer carries.
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
    front::Peer, live::stopping::Stopping, metrics::Metrics, request::host, respond::Problem, state::AppState,
};
use crate::{error::request_id, sharing::caller::Caller, telemetry};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// The id that the server gave a request; one that the client sends is not used.
#[derive(Clone, Copy, Debug)]
pub(super) struct RequestId(pub(super) Uuid);

/// What a handler knows of a request that the log should tell.
#[derive(Clone, Debug, Default)]
pub(super) struct Notes {
    /// The agency that asks.
    pub(super) agency: String,
    /// In which role.
    pub(super) role: String,
    /// What for.
    pub(super) purpose: String,
    /// The first half of the SHA-256 of the document.
    pub(super) operation: String,
    /// What became of a GraphQL request.
    pub(super) outcome: Option<&'static str>,
}

impl Notes {
    /// Notes who is asking: the agency, role and purpose, not the person.
    pub(super) fn caller(&mut self, caller: &Caller) {
        self.agency = short(&caller.principal.agency_code);
        self.role = short(&caller.principal.role);
        self.purpose = short(&caller.purpose);
    }
}

fn short(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_control())
        .take(64)
        .collect()
}

/// The routes as the log and the counters name them.
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

/// Counts a request, also when the client goes away before its answer.
struct Count {
    metrics: Metrics,
    route: &'static str,
    started: Instant,
    status: Option<u16>,
}

impl Drop for Count {
    fn drop(&mut self) {
        self.metrics.end(self.route, self.status, self.started.elapsed());
    }
}

/// The outermost layer.
pub(super) async fn observe(State(state): State<Arc<AppState>>, mut request: Request, next: Next) -> Response {
    let id = state.ids.uuid();
    let method = request.method().clone();
    let route = route(request.uri().path());
    state.metrics.begin();
    let mut count = Count {
        metrics: state.metrics.clone(),
        route,
        started: Instant::now(),
        status: None,
    };
    request.extensions_mut().insert(RequestId(id));
    let stopping = request.extensions().get::<Stopping>().cloned();
    let span = info_span!(
        "request",
        otel.kind = "server",
        http.request.method = method_label(method.as_str()),
        http.route = route,
        request_id = %id,
        http.response.status_code = Empty,
        outcome = Empty,
    );
    telemetry::belongs_to(&span, request.headers());

    // What was made in the process and did not come by a connection need not name a host.
    let fault = request
        .extensions()
        .get::<Peer>()
        .and_then(|_| host::check(&request).err());
    let is_faulty = fault.is_some();
    let handling = async {
        match fault {
            Some(problem) => problem.respond(None, id),
            None => next.run(request).await,
        }
    };
    // So that whoever looks into a refusal finds its cause by the id that the client was given, sign-in's too.
    let handled = request_id::scope(id, answer(handling, id, state.edge.request_time));
    let mut response = handled.instrument(span.clone()).await;

    harden(&mut response, id, state.front.public_url.starts_with("https:"));
    // A connection is not kept for another request that would come when nobody is there, nor where it is not certain what is one; one that has become a
    // socket is no connection of HTTP any more.
    let leaves = is_faulty || stopping.is_some_and(|stopping| stopping.leaves());
    if leaves && response.status() != StatusCode::SWITCHING_PROTOCOLS {
        response
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
    }
    let status = response.status().as_u16();
    count.status = Some(status);
    let notes = response.extensions_mut().remove::<Notes>().unwrap_or_default();
    span.record("http.response.status_code", status);
    if let Some(outcome) = notes.outcome {
        state.metrics.operation(outcome);
        span.record("outcome", outcome);
    }
    tracing::info!(
        request_id = %id,
        trace_id = telemetry::trace_id(&span),
        method = method_label(method.as_str()),
        route,
        status,
        duration_us = u64::try_from(count.started.elapsed().as_micros()).unwrap_or(u64::MAX),
        agency = notes.agency,
        role = notes.role,
        purpose = notes.purpose,
        operation = notes.operation,
        outcome = notes.outcome.unwrap_or_default(),
        "request"
    );
    response
}

/// The handler's answer, or one that says that it failed or took too long.
async fn answer(handler: impl Future<Output = Response>, id: Uuid, limit: Duration) -> Response {
    match tokio::time::timeout(limit, AssertUnwindSafe(handler).catch_unwind()).await {
        Ok(Ok(response)) => response,
        // The panic hook has written where; its payload may hold values and is dropped.
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

/// The headers of every answer.
fn harden(response: &mut Response, id: Uuid, by_tls: bool) {
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
    if by_tls {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(STRICT_TRANSPORT_SECURITY, year);
    }
    headers
        .entry(CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
}
