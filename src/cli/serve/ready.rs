//! What is looked at to say whether the server is ready: one look for each thing that can go wrong, over the rooms that know.

mod database;

use std::{sync::Arc, time::Duration};

use futures_util::FutureExt as _;
use tokio::time::timeout;

use crate::{
    audit::Trail,
    readiness::{Condition, Look, Readiness},
    store::{Store, connect::Databases},
    wire::services::Ready,
};

/// Longer than this, and a database does not count as ready.
const READY_TIME: Duration = Duration::from_secs(2);
/// How often the server looks by itself, for the log and the metrics.
pub(super) const EVERY: Duration = Duration::from_secs(5);

/// All the looks.
pub(super) fn readiness(store: &Store, trail: &Trail) -> Readiness {
    let databases = store.databases();
    Readiness::new(vec![
        answering(databases.clone()),
        written(trail.clone()),
        database::noted(store.clone()),
        database::schema(databases.clone()),
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
            match timeout(READY_TIME, databases.answer()).await {
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

/// The trail takes entries.
fn written(trail: Trail) -> Look {
    Look::new(Condition::TrailNotWritten, move || {
        let found = (!trail.is_ready()).then_some(Condition::TrailNotWritten);
        async move { found.into_iter().collect() }.boxed()
    })
}
