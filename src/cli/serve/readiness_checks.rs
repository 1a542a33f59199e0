//! The readiness checks: one for each thing that can go wrong, using the rooms concerned.

mod database;

use std::{sync::Arc, time::Duration};

use futures_util::FutureExt as _;
use tokio::time::timeout;

use super::trail_maintenance::TrailMaintenance;
use crate::{
    audit::{Health, Trail},
    auth::Authenticator,
    readiness::{Check, Condition, Readiness},
    store::{Store, connect::Databases, files::Unfit},
    wire::services::Ready,
};

/// Interval of the background checks, for the log and the metrics.
pub(super) const CHECK_INTERVAL: Duration = Duration::from_secs(5);

/// All readiness checks.
pub(super) fn readiness(
    store: &Store,
    trail: &Trail,
    authenticator: &Authenticator,
    trail_maintenance: &TrailMaintenance,
) -> Readiness {
    let databases = store.databases();
    Readiness::new(vec![
        databases_answer(databases.clone()),
        files_in_place(databases.clone()),
        trail_writable(trail.clone()),
        issuer_keys_current(authenticator.clone()),
        database::write_triggers(store.clone()),
        database::database_current(store.clone(), trail.clone()),
        database::schema_version(databases.clone()),
        trail_verified(trail_maintenance),
    ])
}

/// The readiness check in the wire's form.
pub(super) fn probe(readiness: Readiness) -> Ready {
    Arc::new(move || {
        let readiness = readiness.clone();
        async move { readiness.check().await }.boxed()
    })
}

/// Both databases answer in time.
fn databases_answer(databases: Databases) -> Check {
    Check::new(Condition::DatabaseUnreachable, move || {
        let databases = databases.clone();
        async move {
            match timeout(database::CHECK_TIMEOUT, databases.ping()).await {
                Ok(Ok(())) => return Vec::new(),
                Ok(Err(error)) => tracing::warn!(%error, "a database does not answer"),
                Err(_) => {}
            }
            let standby = database::standby(&databases).await;
            std::iter::once(Condition::DatabaseUnreachable).chain(standby).collect()
        }
        .boxed()
    })
}

/// The last write to the trail succeeded, or a write succeeds now.
fn trail_writable(trail: Trail) -> Check {
    Check::new(Condition::TrailNotWritten, move || {
        let trail = trail.clone();
        async move {
            match trail.probe().await {
                Health::Well => Vec::new(),
                Health::Failing => vec![Condition::TrailNotWritten],
                Health::Stopped => vec![Condition::TrailStopped],
            }
        }
        .boxed()
    })
}

/// Verification has found nothing wrong in the trail, and witnesses have recent checkpoints.
fn trail_verified(trail_maintenance: &TrailMaintenance) -> Check {
    let (findings, witnesses) = (trail_maintenance.findings.clone(), trail_maintenance.witnesses.clone());
    Check::new(Condition::WitnessBehind, move || {
        let corrupt = (findings.count() > 0).then_some(Condition::TrailCorrupt);
        let database_current = witnesses.is_behind().then_some(Condition::WitnessBehind);
        let found = corrupt.into_iter().chain(database_current).collect();
        async move { found }.boxed()
    })
}

/// The SQLite files are in place, and their disks have room.
fn files_in_place(databases: Databases) -> Check {
    Check::new(Condition::FileMoved, move || {
        let unfit = databases.unfit();
        let conditions = unfit.into_iter().map(|unfit| match unfit {
            Unfit::Moved => Condition::FileMoved,
            Unfit::DiskLow => Condition::DiskLow,
        });
        let found = conditions.collect();
        async move { found }.boxed()
    })
}

/// At least one issuer's keys are recent. Also refreshes keys that are due, whether anybody signs in or not.
fn issuer_keys_current(authenticator: Authenticator) -> Check {
    Check::new(Condition::KeysStale, move || {
        let refresh = authenticator.clone();
        // In the background: an address that does not answer must not make the other issuers' keys stale.
        tokio::spawn(async move { refresh.warm_up().await });
        let found = (!authenticator.has_current_keys()).then_some(Condition::KeysStale);
        async move { found.into_iter().collect() }.boxed()
    })
}
