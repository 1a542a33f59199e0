//! Distributed tracing (OpenTelemetry): how long each part of a request took. Off unless the standard
//! `OTEL_*` variables name a collector.
//!
//! A span has a name, a duration and the request it belongs to; its attributes come from lists fixed in the
//! program, or are numbers. Nothing of a document, a variable, a token or an answer is in a span, and of a
//! client's headers only the identifiers of its own trace are passed on. Depends on no other room; the wire
//! and the command line use it.

mod collector;
mod parent;

use opentelemetry::{KeyValue, trace::TracerProvider as _};
use opentelemetry_otlp::{SpanExporter, WithHttpConfig as _};
use opentelemetry_sdk::{
    Resource,
    trace::{SdkTracerProvider, Tracer},
};
use std::time::Duration;
use tracing::{Metadata, Subscriber};
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

pub use self::parent::{set_remote_parent, trace_id};

/// Time to send the remaining spans at shutdown.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// Why traces cannot be exported as the environment asks.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// A protocol other than OTLP over HTTP in binary form.
    #[error("setting `{0}` (from the environment): want http/protobuf")]
    Protocol(&'static str),
    /// An exporter that is not supported.
    #[error("setting `OTEL_TRACES_EXPORTER` (from the environment): want otlp or none")]
    Exporter,
    /// An unusable address, or an HTTP client that cannot be built.
    #[error("traces cannot be sent to the collector that `OTEL_EXPORTER_OTLP_ENDPOINT` names")]
    Collector,
}

/// The exporter of spans.
#[derive(Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Sets up tracing from `environment`, a look-up of variables; `None` if it names no collector. The other
    /// standard variables (headers, time-outs, batches, sampling, resource) are read by the library. Must be
    /// called within the runtime that sends.
    pub fn from_environment(environment: &dyn Fn(&str) -> Option<String>) -> Result<Option<Self>, TelemetryError> {
        let variable = |name: &str| environment(name).filter(|value| !value.is_empty());
        let endpoint_variables = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];
        let is_off = variable("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        if is_off || endpoint_variables.iter().all(|name| variable(name).is_none()) {
            return Ok(None);
        }
        match variable("OTEL_TRACES_EXPORTER").as_deref() {
            Some("none") => return Ok(None),
            None | Some("otlp") => {}
            Some(_) => return Err(TelemetryError::Exporter),
        }
        for name in ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"] {
            if variable(name).is_some_and(|protocol| protocol != "http/protobuf") {
                return Err(TelemetryError::Protocol(name));
            }
        }
        let client = collector::Client::new().map_err(|_| TelemetryError::Collector)?;
        let exporter = SpanExporter::builder().with_http().with_http_client(client).build();
        let exporter = exporter.map_err(|_| TelemetryError::Collector)?;
        let mut resource =
            Resource::builder().with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
        let has_service_name = variable("OTEL_SERVICE_NAME").is_some()
            || variable("OTEL_RESOURCE_ATTRIBUTES").is_some_and(|list| list.contains("service.name="));
        if !has_service_name {
            resource = resource.with_service_name("thinkfamily");
        }
        let provider = SdkTracerProvider::builder()
            .with_resource(resource.build())
            .with_batch_exporter(exporter)
            .build();
        Ok(Some(Self { provider }))
    }

    /// The layer that takes the program's own spans only: no events, which go to the log, and no spans of
    /// libraries.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let tracer: Tracer = self.provider.tracer("thinkfamily");
        OpenTelemetryLayer::new(tracer)
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_level(false)
            .with_tracked_inactivity(false)
            .with_context_activation(false)
            .with_filter(filter_fn(is_ours))
    }

    /// Sends the remaining spans and shuts down.
    pub fn close(self) {
        if self.provider.shutdown_with_timeout(CLOSE_TIMEOUT).is_err() {
            tracing::warn!("the last traces were not sent");
        }
    }
}

fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target().starts_with("thinkfamily")
}

#[cfg(test)]
mod tests;
