//! Readiness checks of the database: its triggers record every write, its sequences rise, it is no standby,
//! it is not older than the trail, and its schema is this program's.

use std::{collections::BTreeSet, time::Duration};

use futures_util::FutureExt as _;
use tokio::time::timeout;

use crate::{
    audit::Trail,
    readiness::{Check, Condition},
    store::{Store, connect::Databases, migrate::Schema},
};

/// A database that takes longer does not count as ready. Other checks that time out report nothing: the one
/// that asks whether databases answer reports that.
pub(super) const CHECK_TIMEOUT: Duration = Duration::from_secs(2);

/// The triggers that record writes work, and sequences rise. Sequences that do not are repaired where
/// possible.
pub(super) fn write_triggers(store: Store) -> Check {
    Check::new(Condition::WriteTriggersMissing, move || {
        let store = store.clone();
        async move { timeout(CHECK_TIMEOUT, check_triggers(&store)).await.unwrap_or_default() }.boxed()
    })
}

async fn check_triggers(store: &Store) -> Vec<Condition> {
    let mut found = BTreeSet::new();
    match store.databases().repair_sequences().await {
        Ok(false) => {}
        Ok(true) => tracing::error!(
            "store.numbers_set_right: sequences were set back; whoever keeps families or is told of them begins anew"
        ),
        Err(error) => {
            tracing::warn!(%error, "store.not_looked_at");
            // The repair may have failed for lack of a privilege, while the sequences still run backwards.
            if matches!(store.databases().sequences_are_ahead().await, Ok(false)) {
                found.insert(Condition::SequencesBackwards);
            }
        }
    }
    if let Err(error) = store.check_triggers().await {
        tracing::warn!(%error, "store.not_looked_at");
    } else if let Some(cache_disabled) = store.cache_disabled() {
        found.extend((!cache_disabled.silent.is_empty()).then_some(Condition::WriteTriggersMissing));
        found.extend(cache_disabled.backwards.then_some(Condition::SequencesBackwards));
    }
    found.into_iter().collect()
}

/// The main database has the newest change made by this process. If it lacks it, it is an older copy, and
/// nothing more is disclosed.
pub(super) fn database_current(store: Store, trail: Trail) -> Check {
    Check::new(Condition::DatabaseBehind, move || {
        let (store, trail) = (store.clone(), trail.clone());
        async move {
            let Some((authority, place)) = trail.newest_made() else {
                return Vec::new();
            };
            let place = (authority, place.chain, place.seq);
            let places = [place];
            match timeout(CHECK_TIMEOUT, store.outcomes(&places)).await {
                Ok(Ok(outcomes)) if !outcomes.contains_key(&place) => {
                    trail.stop();
                    vec![Condition::DatabaseBehind]
                }
                _ => Vec::new(),
            }
        }
        .boxed()
    })
}

/// No newer program has migrated the database.
pub(super) fn schema_version(databases: Databases) -> Check {
    Check::new(Condition::SchemaNewer, move || {
        let databases = databases.clone();
        async move {
            match timeout(CHECK_TIMEOUT, databases.schema()).await {
                Ok(Ok(Schema::Newer(_))) => vec![Condition::SchemaNewer],
                _ => Vec::new(),
            }
        }
        .boxed()
    })
}

/// Whether a database does not answer because its address leads to a standby.
pub(super) async fn standby(databases: &Databases) -> Option<Condition> {
    // Within the timeout of one check, after a database has not answered.
    let places = timeout(CHECK_TIMEOUT / 2, databases.leads_to_standby()).await;
    places.unwrap_or(false).then_some(Condition::DatabaseStandby)
}
