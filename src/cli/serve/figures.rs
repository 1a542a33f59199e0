//! The counters of the store, the trail and sign-in, read whenever Prometheus asks.

use std::sync::{Arc, Mutex, PoisonError};

use prometheus::{
    IntCounter, IntGauge, Opts,
    core::{Collector, Desc},
    proto::MetricFamily,
};

use super::{
    keeping::{Findings, Keeping},
    sign_in::SignIn,
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

/// Registers every figure of the store, the trail and the engine.
///
/// # Errors
/// Never in practice: only if two figures had one name.
pub fn register(metrics: &Metrics, store: &Store, trail: &Trail, engine: &Engine) -> Result<(), prometheus::Error> {
    let counters: [(&str, &str, Read); 12] = [
        (
            "thinkfamily_sql_statements_total",
            "Statements sent to the main database.",
            of(store, Store::statements_sent),
        ),
        (
            "thinkfamily_families_cached_total",
            "Families that operations took from memory.",
            of(store, |store| store.family_cache_hits().cached),
        ),
        (
            "thinkfamily_families_read_total",
            "Families that operations looked for in memory and read, or that were not for whoever asked, there or not.",
            of(store, |store| store.family_cache_hits().read),
        ),
        (
            "thinkfamily_reading_connections_made_total",
            "Connections made to read from the main database.",
            of(store, |store| store.databases().reading().made),
        ),
        (
            "thinkfamily_reading_connections_lost_total",
            "Those of them that were lost, or given up because the database said nothing.",
            of(store, |store| store.databases().reading().lost),
        ),
        (
            "thinkfamily_reading_refused_total",
            "Operations that got no connection to read over.",
            of(store, |store| store.databases().reading().refused),
        ),
        (
            "thinkfamily_trail_entries_total",
            "Entries made durable in the trail.",
            of(trail, |trail| trail.stats().entries),
        ),
        (
            "thinkfamily_trail_batches_total",
            "Transactions that made them so.",
            of(trail, |trail| trail.stats().batches),
        ),
        (
            "thinkfamily_trail_failed_total",
            "Entries that could not be written.",
            of(trail, |trail| trail.stats().failed),
        ),
        (
            "thinkfamily_trail_refused_total",
            "Entries refused because too many waited.",
            of(trail, |trail| trail.stats().refused),
        ),
        (
            "thinkfamily_graphql_cost_total",
            "What the operations executed have cost together, as extensions.cost tells each.",
            of(engine, Engine::spent),
        ),
        (
            "thinkfamily_changes_made_again_total",
            "Changes made again because another came first.",
            of(engine, Engine::made_again),
        ),
    ];
    counted(metrics, counters)?;
    metrics.registry().register(Box::new(Gauged {
        gauge: IntGauge::new(
            "thinkfamily_trail_waiting",
            "Entries that wait to be written to the trail.",
        )?,
        read: of(trail, |trail| trail.waiting() as u64),
    }))?;
    connections(metrics, store)
}

/// Registers every figure of sign-in and of webhooks.
pub(super) fn register_others(
    metrics: &Metrics,
    sign_in: &Arc<SignIn>,
    deliverer: &Deliverer,
) -> Result<(), prometheus::Error> {
    let counters: [(&str, &str, Read); 4] = [
        (
            "thinkfamily_sign_in_refused_total",
            "Requests whose sign-in was refused.",
            of(sign_in, |sign_in| sign_in.refused()),
        ),
        (
            "thinkfamily_webhooks_delivered_total",
            "Webhooks that their receivers took.",
            of(deliverer, |deliverer| deliverer.stats().delivered),
        ),
        (
            "thinkfamily_webhook_attempts_failed_total",
            "Attempts to deliver a webhook that failed and are made again.",
            of(deliverer, |deliverer| deliverer.stats().failed),
        ),
        (
            "thinkfamily_webhooks_dead_total",
            "Webhooks that were given up.",
            of(deliverer, |deliverer| deliverer.stats().dead),
        ),
    ];
    counted(metrics, counters)
}

/// Registers what keeps the server from its work, by condition: 1 while it does; and how old the issuers' keys are.
pub(super) fn register_readiness(
    metrics: &Metrics,
    readiness: &Readiness,
    authenticator: &Authenticator,
) -> Result<(), prometheus::Error> {
    metrics.registry().register(Box::new(Gauged {
        gauge: IntGauge::new(
            "thinkfamily_issuer_keys_age_seconds",
            "How long ago the keys of an issuer were read, of the one whose are oldest.",
        )?,
        read: of(authenticator, Authenticator::oldest_keys),
    }))?;
    for condition in Condition::ALL {
        let options = Opts::new(
            "thinkfamily_unready",
            "Whether this keeps the server from its work, by condition.",
        )
        .const_label("condition", condition.word());
        let readiness = readiness.clone();
        metrics.registry().register(Box::new(Gauged {
            gauge: IntGauge::with_opts(options)?,
            read: Box::new(move || u64::from(readiness.found().contains(&condition))),
        }))?;
    }
    Ok(())
}

/// Registers what was found in the trail, and how it stands with witnesses.
pub(super) fn register_keeping(metrics: &Metrics, keeping: &Keeping) -> Result<(), prometheus::Error> {
    metrics.registry().register(Box::new(Gauged {
        gauge: IntGauge::new(
            "thinkfamily_trail_findings",
            "What is not as it was written in the trail, of the last time that it was looked through and of this one, whichever is more.",
        )?,
        read: of(&keeping.findings, Findings::count),
    }))?;
    for name in keeping.witnesses.names() {
        let read = |read: fn(WitnessMetrics) -> u64| -> Read {
            let witnesses = keeping.witnesses.clone();
            Box::new(move || witnesses.metrics(name).map_or(0, read))
        };
        let options = |metric, help| Opts::new(metric, help).const_label("witness", name);
        metrics.registry().register(Box::new(Gauged {
            gauge: IntGauge::with_opts(options(
                "thinkfamily_witness_age_seconds",
                "For how long there has been something of the trail that this witness could not be told.",
            ))?,
            read: read(|figures| figures.age),
        }))?;
        metrics.registry().register(Box::new(Counted {
            counter: IntCounter::with_opts(options(
                "thinkfamily_witness_failed_total",
                "Times that this witness could not be told.",
            ))?,
            read: read(|figures| figures.failed),
            turn: Mutex::new(()),
        }))?;
    }
    Ok(())
}

fn counted<const N: usize>(metrics: &Metrics, counters: [(&str, &str, Read); N]) -> Result<(), prometheus::Error> {
    for (name, help, read) in counters {
        let counter = IntCounter::new(name, help)?;
        metrics.registry().register(Box::new(Counted {
            counter,
            read,
            turn: Mutex::new(()),
        }))?;
    }
    Ok(())
}

/// The connections to each database.
fn connections(metrics: &Metrics, store: &Store) -> Result<(), prometheus::Error> {
    for (at, database) in ["main", "trail", "reading"].into_iter().enumerate() {
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

/// Reads one number of something that is kept elsewhere.
fn of<T: Clone + Send + Sync + 'static>(whole: &T, read: fn(&T) -> u64) -> Read {
    let whole = whole.clone();
    Box::new(move || read(&whole))
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
