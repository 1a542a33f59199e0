//! The metrics of the store, the trail, sign-in, webhooks and readiness, read when Prometheus scrapes them.

use std::sync::{Arc, Mutex, PoisonError};

use prometheus::{
    IntCounter, IntGauge, Opts,
    core::{Collector, Desc},
    proto::MetricFamily,
};

use super::{
    sign_in::SignIn,
    trail_maintenance::{Findings, TrailMaintenance},
};
use crate::{
    audit::Trail,
    auth::Authenticator,
    graphql::engine::Engine,
    readiness::{Condition, Readiness},
    store::Store,
    webhook::Deliverer,
    wire::metrics::Metrics,
    witness::WitnessMetrics,
};

type Read = Box<dyn Fn() -> u64 + Send + Sync>;

/// Registers the metrics of the store, the trail and the engine.
///
/// # Errors
/// Never in practice: only if two metrics had the same name.
pub fn register(metrics: &Metrics, store: &Store, trail: &Trail, engine: &Engine) -> Result<(), prometheus::Error> {
    let counters: [(&str, &str, Read); 12] = [
        (
            "thinkfamily_sql_statements_total",
            "Statements sent to the main database.",
            reader(store, Store::statements_sent),
        ),
        (
            "thinkfamily_families_cached_total",
            "Families that operations took from memory.",
            reader(store, |store| store.family_cache_hits().cached),
        ),
        (
            "thinkfamily_families_read_total",
            "Families that operations looked for in memory and read, or that were not for whoever asked, there or not.",
            reader(store, |store| store.family_cache_hits().read),
        ),
        (
            "thinkfamily_reading_connections_made_total",
            "Connections made to read from the main database.",
            reader(store, |store| store.databases().reading().made),
        ),
        (
            "thinkfamily_reading_connections_lost_total",
            "Those of them that were lost, or given up because the database said nothing.",
            reader(store, |store| store.databases().reading().lost),
        ),
        (
            "thinkfamily_reading_refused_total",
            "Operations that got no connection to read over.",
            reader(store, |store| store.databases().reading().refused),
        ),
        (
            "thinkfamily_trail_entries_total",
            "Entries made durable in the trail.",
            reader(trail, |trail| trail.stats().entries),
        ),
        (
            "thinkfamily_trail_batches_total",
            "Transactions that made them so.",
            reader(trail, |trail| trail.stats().batches),
        ),
        (
            "thinkfamily_trail_failed_total",
            "Entries that could not be written.",
            reader(trail, |trail| trail.stats().failed),
        ),
        (
            "thinkfamily_trail_refused_total",
            "Entries refused because too many waited.",
            reader(trail, |trail| trail.stats().refused),
        ),
        (
            "thinkfamily_graphql_cost_total",
            "What the operations executed have cost together, as extensions.cost tells each.",
            reader(engine, Engine::spent),
        ),
        (
            "thinkfamily_changes_made_again_total",
            "Changes made again because another came first.",
            reader(engine, Engine::made_again),
        ),
    ];
    register_counters(metrics, counters)?;
    metrics.registry().register(Box::new(ExternalGauge {
        gauge: IntGauge::new(
            "thinkfamily_trail_waiting",
            "Entries that wait to be written to the trail.",
        )?,
        read: reader(trail, |trail| trail.waiting() as u64),
    }))?;
    connections(metrics, store)
}

/// Registers the metrics of sign-in and webhooks.
pub(super) fn register_sign_in_and_webhooks(
    metrics: &Metrics,
    sign_in: &Arc<SignIn>,
    deliverer: &Deliverer,
) -> Result<(), prometheus::Error> {
    let counters: [(&str, &str, Read); 4] = [
        (
            "thinkfamily_sign_in_refused_total",
            "Requests whose sign-in was refused.",
            reader(sign_in, |sign_in| sign_in.refused()),
        ),
        (
            "thinkfamily_webhooks_delivered_total",
            "Webhooks that their receivers took.",
            reader(deliverer, |deliverer| deliverer.stats().delivered),
        ),
        (
            "thinkfamily_webhook_attempts_failed_total",
            "Attempts to deliver a webhook that failed and are made again.",
            reader(deliverer, |deliverer| deliverer.stats().failed),
        ),
        (
            "thinkfamily_webhooks_dead_total",
            "Webhooks that were given up.",
            reader(deliverer, |deliverer| deliverer.stats().dead),
        ),
    ];
    register_counters(metrics, counters)
}

/// Registers a gauge per readiness condition, 1 while it holds, and the age of the issuers' keys.
pub(super) fn register_readiness(
    metrics: &Metrics,
    readiness: &Readiness,
    authenticator: &Authenticator,
) -> Result<(), prometheus::Error> {
    metrics.registry().register(Box::new(ExternalGauge {
        gauge: IntGauge::new(
            "thinkfamily_issuer_keys_age_seconds",
            "How long ago the keys of an issuer were read, of the one whose are oldest.",
        )?,
        read: reader(authenticator, Authenticator::oldest_keys),
    }))?;
    for condition in Condition::ALL {
        let options = Opts::new(
            "thinkfamily_unready",
            "Whether this keeps the server from its work, by condition.",
        )
        .const_label("condition", condition.label());
        let readiness = readiness.clone();
        metrics.registry().register(Box::new(ExternalGauge {
            gauge: IntGauge::with_opts(options)?,
            read: Box::new(move || u64::from(readiness.found().contains(&condition))),
        }))?;
    }
    Ok(())
}

/// Registers the findings in the trail, and the state of each witness.
pub(super) fn register_trail_maintenance(
    metrics: &Metrics,
    trail_maintenance: &TrailMaintenance,
) -> Result<(), prometheus::Error> {
    metrics.registry().register(Box::new(ExternalGauge {
        gauge: IntGauge::new(
            "thinkfamily_trail_findings",
            "What is not as it was written in the trail, of the last time that it was looked through and of this one, whichever is more.",
        )?,
        read: reader(&trail_maintenance.findings, Findings::count),
    }))?;
    for name in trail_maintenance.witnesses.names() {
        let read = |read: fn(WitnessMetrics) -> u64| -> Read {
            let witnesses = trail_maintenance.witnesses.clone();
            Box::new(move || witnesses.metrics(name).map_or(0, read))
        };
        let options = |metric, help| Opts::new(metric, help).const_label("witness", name);
        metrics.registry().register(Box::new(ExternalGauge {
            gauge: IntGauge::with_opts(options(
                "thinkfamily_witness_age_seconds",
                "For how long there has been something of the trail that this witness could not be told.",
            ))?,
            read: read(|figures| figures.age),
        }))?;
        metrics.registry().register(Box::new(ExternalCounter {
            counter: IntCounter::with_opts(options(
                "thinkfamily_witness_failed_total",
                "Times that this witness could not be told.",
            ))?,
            read: read(|figures| figures.failed),
            collecting: Mutex::new(()),
        }))?;
    }
    Ok(())
}

fn register_counters<const N: usize>(
    metrics: &Metrics,
    counters: [(&str, &str, Read); N],
) -> Result<(), prometheus::Error> {
    for (name, help, read) in counters {
        let counter = IntCounter::new(name, help)?;
        metrics.registry().register(Box::new(ExternalCounter {
            counter,
            read,
            collecting: Mutex::new(()),
        }))?;
    }
    Ok(())
}

/// Registers the number of connections to each database.
fn connections(metrics: &Metrics, store: &Store) -> Result<(), prometheus::Error> {
    for (index, database) in ["main", "trail", "reading"].into_iter().enumerate() {
        for (state, reader) in [("open", false), ("idle", true)] {
            let options = Opts::new(
                "thinkfamily_database_connections",
                "Connections, by database and state.",
            )
            .const_label("database", database)
            .const_label("state", state);
            let store = store.clone();
            metrics.registry().register(Box::new(ExternalGauge {
                gauge: IntGauge::with_opts(options)?,
                read: Box::new(move || {
                    let connections = store.databases().connections()[index];
                    if reader { connections.idle } else { connections.open }
                }),
            }))?;
        }
    }
    Ok(())
}

/// A closure that reads one number from a shared source.
fn reader<T: Clone + Send + Sync + 'static>(source: &T, read: fn(&T) -> u64) -> Read {
    let source = source.clone();
    Box::new(move || read(&source))
}

/// A counter whose value is kept elsewhere.
struct ExternalCounter {
    counter: IntCounter,
    read: Read,
    collecting: Mutex<()>,
}

impl Collector for ExternalCounter {
    fn desc(&self) -> Vec<&Desc> {
        self.counter.desc()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        // Two concurrent scrapes would add the difference twice.
        let _guard = self.collecting.lock().unwrap_or_else(PoisonError::into_inner);
        self.counter.inc_by((self.read)().saturating_sub(self.counter.get()));
        self.counter.collect()
    }
}

/// A gauge whose value is kept elsewhere.
struct ExternalGauge {
    gauge: IntGauge,
    read: Read,
}

impl Collector for ExternalGauge {
    fn desc(&self) -> Vec<&Desc> {
        self.gauge.desc()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        self.gauge.set(i64::try_from((self.read)()).unwrap_or(i64::MAX));
        self.gauge.collect()
    }
}
