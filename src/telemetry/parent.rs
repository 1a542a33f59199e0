//! Joins a request's trace to the caller's trace, if its headers name one (W3C Trace Context).

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

/// Only the identifiers of the caller's trace. `tracestate` and `baggage` are free text and would be passed
/// on.
struct Identifiers<'h>(&'h str);

impl Extractor for Identifiers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        (key == PARENT).then_some(self.0)
    }

    fn keys(&self) -> Vec<&str> {
        vec![PARENT]
    }
}

/// Makes a new span a child of the caller's trace, if there is exactly one valid `traceparent`.
pub fn set_remote_parent(span: &Span, headers: &HeaderMap) {
    if span.is_disabled() {
        return;
    }
    let mut values = headers.get_all(PARENT).iter();
    if let (Some(parent), None) = (values.next().and_then(|value| value.to_str().ok()), values.next()) {
        let parent = TraceContextPropagator::new().extract_with_context(&Context::new(), &Identifiers(parent));
        // Fails only where no layer takes the span.
        let _ = span.set_parent(parent);
    }
}

/// The trace id of a span in hexadecimal digits; `None` when tracing is off.
pub fn trace_id(span: &Span) -> Option<String> {
    if span.is_disabled() {
        return None;
    }
    let context = span.context();
    let span_context = context.span().span_context().clone();
    span_context.is_valid().then(|| span_context.trace_id().to_string())
}
