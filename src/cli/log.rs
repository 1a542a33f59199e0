//! Starts the log on standard error, and keeps panics' messages out of it.

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

/// Starts the log. Of other people's code only warnings are taken, since what it writes below may hold values of rows. A
/// command that does one thing and ends tells it by itself, so that of ours, too, only warnings are taken unless more than
/// the usual is asked for. Spans are not the log's: where there are no traces, nobody takes them and they cost nothing.
pub(super) fn init(log: Log, serving: bool, traces: Option<&Traces>) {
    let level = match log.level {
        tracing::Level::INFO if !serving => tracing::Level::WARN,
        level => level,
    };
    let level = level.as_str().to_ascii_lowercase();
    let others = if log.level == tracing::Level::ERROR {
        "error"
    } else {
        "warn"
    };
    let taken = EnvFilter::new(format!("{others},thinkfamily={level}")).and(filter_fn(is_event));
    let lines = fmt::layer::<Registry>().with_writer(io::stderr);
    let lines = match log.format {
        LogFormat::Json => lines.json().flatten_event(true).with_filter(taken).boxed(),
        LogFormat::Text => lines.with_ansi(false).with_filter(taken).boxed(),
    };
    let registry = tracing_subscriber::registry().with(lines);
    let started = match traces {
        Some(traces) => registry.with(traces.layer()).try_init(),
        None => registry.try_init(),
    };
    // It fails only where a log was started before, as in a test: that one is as good.
    drop(started);
}

fn is_event(metadata: &tracing::Metadata<'_>) -> bool {
    metadata.is_event()
}

/// From now on a panic writes its place to the log and nothing of its message, which may hold a value.
pub(super) fn install_panic_hook() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location();
        tracing::error!(
            file = place.map(panic::Location::file),
            line = place.map(panic::Location::line),
            "a mistake in the program"
        );
    }));
}
