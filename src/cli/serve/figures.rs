//! The counters of the store, the trail and sign-in, read whenever Prometheus asks.

use std::sync::{Arc, Mutex, PoisonError};

use prometheus::{
    IntCounter, IntGauge, Opts,
    core::{Collector, Desc},
    proto::MetricFamily,
};

use super::sign_in::SignIn;
use crate::{audit::Trail, store::Store, webhook::Deliverer, wire::metrics::Metrics};

type Read = Box<dyn Fn() -> u64 + Send + Sync>;

/// Registers every figure.
pub(super) fn register(
    metrics: &Metrics,
    store: &Store,
    trail: &Trail,
    sign_in: &Arc<SignIn>,
    deliverer: &Deliverer,
) -> Result<(), prometheus::Error> {
    let counters: [(&str, &str, Read); 9] = [
        (
            "thinkfamily_sql_statements_total",
            "Statements sent to the main database.",
            {
                let store = store.clone();
                Box::new(move || store.statements_sent())
            },
        ),
        (
            "thinkfamily_trail_entries_total",
            "Entries made durable in the trail.",
            {
                let trail = trail.clone();
                Box::new(move || trail.stats().entries)
            },
        ),
        ("thinkfamily_trail_batches_total", "Transactions that made them so.", {
            let trail = trail.clone();
            Box::new(move || trail.stats().batches)
        }),
        (
            "thinkfamily_trail_failed_total",
            "Entries that could not be written.",
            {
                let trail = trail.clone();
                Box::new(move || trail.stats().failed)
            },
        ),
        (
            "thinkfamily_trail_refused_total",
            "Entries refused because too many waited.",
            {
                let trail = trail.clone();
                Box::new(move || trail.stats().refused)
            },
        ),
        (
            "thinkfamily_sign_in_refused_total",
            "Requests whose sign-in was refused.",
            {
                let sign_in = Arc::clone(sign_in);
                Box::new(move || sign_in.refused())
            },
        ),
        (
            "thinkfamily_webhooks_delivered_total",
            "Webhooks that their receivers took.",
            {
                let deliverer = deliverer.clone();
                Box::new(move || deliverer.stats().delivered)
            },
        ),
        (
            "thinkfamily_webhook_attempts_failed_total",
            "Attempts to deliver a webhook that failed and are made again.",
            {
                let deliverer = deliverer.clone();
                Box::new(move || deliverer.stats().failed)
            },
        ),
        ("thinkfamily_webhooks_dead_total", "Webhooks that were given up.", {
            let deliverer = deliverer.clone();
            Box::new(move || deliverer.stats().dead)
        }),
    ];
    for (name, help, read) in counters {
        let counter = IntCounter::new(name, help)?;
        metrics.registry().register(Box::new(Counted {
            counter,
            read,
            turn: Mutex::new(()),
        }))?;
    }
    for (at, database) in ["main", "trail"].into_iter().enumerate() {
        for (state, of) in [("open", false), ("idle", true)] {
            let options = Opts::new(
                "thinkfamily_database_connections",
                "Connections, by database and state.",
            )
            .const_label("database", database)
            .const_label("state", state);
            let store = store.clone();
            metrics.registry().register(Box::new(Gauged {
                gauge: IntGauge::with_opts(options)?,
                read: Box::new(move || {
                    let connections = store.databases().connections()[at];
                    if of { connections.idle } else { connections.open }
                }),
            }))?;
        }
    }
    Ok(())
}

/// A counter that is kept elsewhere.
struct Counted {
    counter: IntCounter,
    read: Read,
    turn: Mutex<()>,
}

impl Collector for Counted {
    fn desc(&self) -> Vec<&Desc> {
        self.counter.desc()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        // Two readers at once would add the difference twice.
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.counter.inc_by((self.read)().saturating_sub(self.counter.get()));
        self.counter.collect()
    }
}

/// A number that goes up and down elsewhere.
struct Gauged {
    gauge: IntGauge,
    read: Read,
}

impl Collector for Gauged {
    fn desc(&self) -> Vec<&Desc> {
        self.gauge.desc()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        self.gauge.set(i64::try_from((self.read)()).unwrap_or(i64::MAX));
        self.gauge.collect()
    }
}
