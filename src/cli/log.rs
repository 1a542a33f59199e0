//! Initialises the log on standard error, and keeps panic messages out of it.

use std::{io, panic};

use tracing_subscriber::{
    EnvFilter, Layer as _, Registry,
    filter::{FilterExt as _, filter_fn},
    fmt,
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use crate::{
    config::{Log, LogFormat},
    telemetry::Traces,
};

/// Initialises the log. Of libraries only warnings are logged, since lower levels may hold values of rows. A
/// short-lived command prints its own result, so of our code too only warnings are logged unless a more
/// verbose level is set. Spans are not logged: without tracing nobody takes them and they cost nothing.
pub(super) fn init(log: Log, serving: bool, traces: Option<&Traces>) {
    let level = match log.level {
        tracing::Level::INFO if !serving => tracing::Level::WARN,
        level => level,
    };
    let level = level.as_str().to_ascii_lowercase();
    let library_level = if log.level == tracing::Level::ERROR {
        "error"
    } else {
        "warn"
    };
    let filter = EnvFilter::new(format!("{library_level},thinkfamily={level}")).and(filter_fn(is_event));
    let lines = fmt::layer::<Registry>().with_writer(io::stderr);
    let lines = match log.format {
        LogFormat::Json => lines.json().flatten_event(true).with_filter(filter).boxed(),
        LogFormat::Text => lines.with_ansi(false).with_filter(filter).boxed(),
    };
    let registry = tracing_subscriber::registry().with(lines);
    let result = match traces {
        Some(traces) => registry.with(traces.layer()).try_init(),
        None => registry.try_init(),
    };
    // Fails only if a log was initialised before, as in a test.
    drop(result);
}

fn is_event(metadata: &tracing::Metadata<'_>) -> bool {
    metadata.is_event()
}

/// Installs a hook that logs the location of a panic, and nothing of its message, which may hold a value.
pub(super) fn install_panic_hook() {
    panic::set_hook(Box::new(|panic| {
        let location = panic.location();
        tracing::error!(
            file = location.map(panic::Location::file),
            line = location.map(panic::Location::line),
            "a mistake in the program"
        );
    }));
}
