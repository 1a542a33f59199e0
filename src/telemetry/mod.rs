//! Traces: how long each part of a request took, for whoever looks after the server. Off unless the standard `OTEL_*` variables name a collector.
//!
//! A span tells its name, how long it took and what belongs to which request; its attributes come from lists that are fixed in the program, or are
//! numbers. Nothing of a document, a variable, a token or an answer is in any of them, and of what a client sends nothing but the identifiers of its own
//! trace is passed on. Uses no other room; the wire and the command line use it.

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

pub use self::parent::{belongs_to, trace_id};

/// How long what was not sent yet may take when the server stops.
const CLOSE_TIME: Duration = Duration::from_secs(5);

/// Why traces cannot be sent as the environment asks.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// Another way than OTLP over HTTP in binary form.
    #[error("setting `{0}` (from the environment): want http/protobuf")]
    Protocol(&'static str),
    /// Something else than an exporter that there is.
    #[error("setting `OTEL_TRACES_EXPORTER` (from the environment): want otlp or none")]
    Exporter,
    /// An address that cannot be used, or a client that cannot be made.
    #[error("traces cannot be sent to the collector that `OTEL_EXPORTER_OTLP_ENDPOINT` names")]
    Collector,
}

/// Where spans go.
#[derive(Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// As `environment`, which gives the value of a variable, asks; none where it names no collector. The rest of the standard's variables (headers,
    /// time-outs, batches, sampling, the resource) are read by the library itself. Must be called within the runtime that sends.
    pub fn from_environment(environment: &dyn Fn(&str) -> Option<String>) -> Result<Option<Self>, TelemetryError> {
        let given = |name: &str| environment(name).filter(|value| !value.is_empty());
        let named = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];
        let is_off = given("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        if is_off || named.iter().all(|name| given(name).is_none()) {
            return Ok(None);
        }
        match given("OTEL_TRACES_EXPORTER").as_deref() {
            Some("none") => return Ok(None),
            None | Some("otlp") => {}
            Some(_) => return Err(TelemetryError::Exporter),
        }
        for name in ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"] {
            if given(name).is_some_and(|protocol| protocol != "http/protobuf") {
                return Err(TelemetryError::Protocol(name));
            }
        }
        let client = collector::Client::new().map_err(|_| TelemetryError::Collector)?;
        let exporter = SpanExporter::builder().with_http().with_http_client(client).build();
        let exporter = exporter.map_err(|_| TelemetryError::Collector)?;
        let mut resource =
            Resource::builder().with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
        let is_named = given("OTEL_SERVICE_NAME").is_some()
            || given("OTEL_RESOURCE_ATTRIBUTES").is_some_and(|list| list.contains("service.name="));
        if !is_named {
            resource = resource.with_service_name("thinkfamily");
        }
        let provider = SdkTracerProvider::builder()
            .with_resource(resource.build())
            .with_batch_exporter(exporter)
            .build();
        Ok(Some(Self { provider }))
    }

    /// What takes the program's own spans, and nothing else: no events, which are the log's, and nothing of other libraries.
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

    /// Sends what was not sent yet, and ends.
    pub fn close(self) {
        if self.provider.shutdown_with_timeout(CLOSE_TIME).is_err() {
            tracing::warn!("the last traces were not sent");
        }
    }
}

fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target().starts_with("thinkfamily")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(given: &[(&str, &str)]) -> Result<bool, String> {
        let given: Vec<(String, String)> = given
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let look = move |name: &str| {
            given
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.clone())
        };
        let traces = Traces::from_environment(&look).map_err(|error| error.to_string())?;
        Ok(traces.is_some())
    }

    const COLLECTOR: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");

    #[tokio::test]
    async fn without_a_collector_there_are_no_traces() {
        assert_eq!(asked(&[]), Ok(false));
        assert_eq!(asked(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "")]), Ok(false));
        assert_eq!(asked(&[COLLECTOR, ("OTEL_SDK_DISABLED", "TRUE")]), Ok(false));
        assert_eq!(asked(&[COLLECTOR, ("OTEL_TRACES_EXPORTER", "none")]), Ok(false));
        assert_eq!(asked(&[COLLECTOR]), Ok(true));
    }

    #[tokio::test]
    async fn what_cannot_be_done_is_refused_by_its_name() {
        let refused = asked(&[COLLECTOR, ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]).unwrap_err();
        assert!(
            refused.contains("OTEL_EXPORTER_OTLP_PROTOCOL") && refused.contains("http/protobuf"),
            "{refused}"
        );
        let refused = asked(&[COLLECTOR, ("OTEL_TRACES_EXPORTER", "zipkin")]).unwrap_err();
        assert!(refused.contains("OTEL_TRACES_EXPORTER"), "{refused}");
    }
}
