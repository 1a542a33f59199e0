//! What is looked at to say whether the server is ready: one look for each thing that can go wrong, over the rooms that know.

mod database;

use std::{sync::Arc, time::Duration};

use futures_util::FutureExt as _;
use tokio::time::timeout;

use super::keeping::Keeping;
use crate::{
    audit::{Health, Trail},
    auth::Authenticator,
    readiness::{Condition, Look, Readiness},
    store::{Store, connect::Databases, files::Unfit},
    wire::services::Ready,
};

/// How often the server looks by itself, for the log and the metrics.
pub(super) const EVERY: Duration = Duration::from_secs(5);

/// All the looks.
pub(super) fn readiness(store: &Store, trail: &Trail, authenticator: &Authenticator, keeping: &Keeping) -> Readiness {
    let databases = store.databases();
    Readiness::new(vec![
        answering(databases.clone()),
        kept(databases.clone()),
        written(trail.clone()),
        believing(authenticator.clone()),
        database::noted(store.clone()),
        database::behind(store.clone(), trail.clone()),
        database::schema(databases.clone()),
        held_to(keeping),
    ])
}

/// For the wire.
pub(super) fn ready(readiness: Readiness) -> Ready {
    Arc::new(move || {
        let readiness = readiness.clone();
        async move { readiness.look().await }.boxed()
    })
}

/// Both databases answer in time.
fn answering(databases: Databases) -> Look {
    Look::new(Condition::DatabaseAway, move || {
        let databases = databases.clone();
        async move {
            match timeout(database::TIME, databases.ping()).await {
                Ok(Ok(())) => return Vec::new(),
                Ok(Err(error)) => tracing::warn!(%error, "a database does not answer"),
                Err(_) => {}
            }
            let standby = database::standby(&databases).await;
            std::iter::once(Condition::DatabaseAway).chain(standby).collect()
        }
        .boxed()
    })
}

/// The trail was written last time, or can be written now.
fn written(trail: Trail) -> Look {
    Look::new(Condition::TrailNotWritten, move || {
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

/// The trail is as it was written, as far as it was looked at, and witnesses know how it stands.
fn held_to(keeping: &Keeping) -> Look {
    let (findings, witnesses) = (keeping.findings.clone(), keeping.witnesses.clone());
    Look::new(Condition::WitnessBehind, move || {
        let unsound = (findings.count() > 0).then_some(Condition::TrailUnsound);
        let behind = witnesses.is_behind().then_some(Condition::WitnessBehind);
        let found = unsound.into_iter().chain(behind).collect();
        async move { found }.boxed()
    })
}

/// The files of SQLite are in their place, and their disks have room.
fn kept(databases: Databases) -> Look {
    Look::new(Condition::FileMoved, move || {
        let unfit = databases.unfit();
        let conditions = unfit.into_iter().map(|unfit| match unfit {
            Unfit::Moved => Condition::FileMoved,
            Unfit::DiskLow => Condition::DiskLow,
        });
        let found = conditions.collect();
        async move { found }.boxed()
    })
}

/// The keys of an issuer at least were read lately. What is due is read, whoever signs in or not.
fn believing(authenticator: Authenticator) -> Look {
    Look::new(Condition::KeysOld, move || {
        let reading = authenticator.clone();
        // Beside it: an address that does not answer must not make the others' keys look old.
        tokio::spawn(async move { reading.warm_up().await });
        let found = (!authenticator.has_current_keys()).then_some(Condition::KeysOld);
        async move { found.into_iter().collect() }.boxed()
    })
}
