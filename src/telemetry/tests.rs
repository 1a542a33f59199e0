//! Tests of `telemetry`.

use super::*;

fn traces_enabled(variable: &[(&str, &str)]) -> Result<bool, String> {
    let variable: Vec<(String, String)> = variable
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let environment = move |name: &str| {
        variable
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.clone())
    };
    let traces = Traces::from_environment(&environment).map_err(|error| error.to_string())?;
    Ok(traces.is_some())
}

const COLLECTOR: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");

#[tokio::test]
async fn tracing_is_off_without_a_collector() {
    assert_eq!(traces_enabled(&[]), Ok(false));
    assert_eq!(traces_enabled(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "")]), Ok(false));
    assert_eq!(traces_enabled(&[COLLECTOR, ("OTEL_SDK_DISABLED", "TRUE")]), Ok(false));
    assert_eq!(
        traces_enabled(&[COLLECTOR, ("OTEL_TRACES_EXPORTER", "none")]),
        Ok(false)
    );
    assert_eq!(traces_enabled(&[COLLECTOR]), Ok(true));
}

#[tokio::test]
async fn unsupported_settings_are_refused_by_name() {
    let refused = traces_enabled(&[COLLECTOR, ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]).unwrap_err();
    assert!(
        refused.contains("OTEL_EXPORTER_OTLP_PROTOCOL") && refused.contains("http/protobuf"),
        "{refused}"
    );
    let refused = traces_enabled(&[COLLECTOR, ("OTEL_TRACES_EXPORTER", "zipkin")]).unwrap_err();
    assert!(refused.contains("OTEL_TRACES_EXPORTER"), "{refused}");
}
