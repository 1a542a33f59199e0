//! Whose part a request's trace is: the caller's, where it says so (W3C Trace Context).

use http::HeaderMap;
use opentelemetry::{
    Context,
    propagation::{Extractor, TextMapPropagator as _},
    trace::TraceContextExt as _,
};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

const PARENT: &str = "traceparent";

/// Nothing but the identifiers of the caller's trace. `tracestate` and `baggage` are free texts, which may hold anything and would be passed on.
struct Identifiers<'h>(&'h str);

impl Extractor for Identifiers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        (key == PARENT).then_some(self.0)
    }

    fn keys(&self) -> Vec<&str> {
        vec![PARENT]
    }
}

/// Makes a span that has just begun a part of the caller's trace, where the request says so once and well.
pub fn belongs_to(span: &Span, headers: &HeaderMap) {
    if span.is_disabled() {
        return;
    }
    let mut given = headers.get_all(PARENT).iter();
    if let (Some(parent), None) = (given.next().and_then(|value| value.to_str().ok()), given.next()) {
        let parent = TraceContextPropagator::new().extract_with_context(&Context::new(), &Identifiers(parent));
        // It fails only where nobody takes the span.
        let _ = span.set_parent(parent);
    }
}

/// The trace that a span is part of, in hexadecimal digits; none where there are no traces.
pub fn trace_id(span: &Span) -> Option<String> {
    if span.is_disabled() {
        return None;
    }
    let context = span.context();
    let of = context.span().span_context().clone();
    of.is_valid().then(|| of.trace_id().to_string())
}
