//! What is looked at to say whether the server is ready: one look for each thing that can go wrong, over the rooms that know.

use std::{sync::Arc, time::Duration};

use futures_util::FutureExt as _;
use tokio::time::timeout;

use crate::{
    audit::{Health, Trail},
    readiness::{Condition, Look, Readiness},
    store::{connect::Databases, files::Unfit},
    wire::services::Ready,
};

/// Longer than this, and a database does not count as ready.
const READY_TIME: Duration = Duration::from_secs(2);
/// How often the server looks by itself, for the log and the metrics.
pub(super) const EVERY: Duration = Duration::from_secs(5);

/// All the looks.
pub(super) fn readiness(databases: &Databases, trail: &Trail) -> Readiness {
    Readiness::new(vec![
        answering(databases.clone()),
        kept(databases.clone()),
        written(trail.clone()),
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
                Ok(Ok(())) => Vec::new(),
                Ok(Err(error)) => {
                    tracing::warn!(%error, "a database does not answer");
                    vec![Condition::DatabaseAway]
                }
                Err(_) => vec![Condition::DatabaseAway],
            }
        }
        .boxed()
    })
}

/// The trail was written last time, or can be written now.
fn written(trail: Trail) -> Look {
    Look::new(Condition::TrailNotWritten, move || {
        let trail = trail.clone();
        async move {
            match trail.proven().await {
                Health::Well => Vec::new(),
                Health::Failing => vec![Condition::TrailNotWritten],
                Health::Stopped => vec![Condition::TrailStopped],
            }
        }
        .boxed()
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
