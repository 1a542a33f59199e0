//! Starts the log on standard error, and keeps panics' messages out of it.

use std::{io, panic};

use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// Starts the log. Of other people's code only warnings are taken, since what it writes below may hold values of rows. A
/// command that does one thing and ends tells it by itself, so that of ours, too, only warnings are taken unless more than
/// the usual is asked for.
pub(super) fn init(log: Log, serving: bool) {
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
    let builder = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(format!("{others},thinkfamily={level}")))
        .with_writer(io::stderr);
    let started = match log.format {
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
        LogFormat::Text => builder.with_ansi(false).try_init(),
    };
    // It fails only where a log was started before, as in a test: that one is as good.
    drop(started);
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
