//! What the database is looked at for: that it notes what is written, that its numbers rise, that it is no standby, and that its schema is this program's.

use std::{collections::BTreeSet, time::Duration};

use futures_util::FutureExt as _;
use tokio::time::timeout;

use crate::{
    audit::Trail,
    readiness::{Condition, Look},
    store::{Store, connect::Databases, migrate::Schema},
};

/// Longer than this, and a database does not count as ready. Looks at anything else of it leave that to the one that asks whether it answers.
pub(super) const TIME: Duration = Duration::from_secs(2);
/// Writes are noted, and numbers rise. Numbers that do not are set right where that can be done.
pub(super) fn noted(store: Store) -> Look {
    Look::new(Condition::WritesNotNoted, move || {
        let store = store.clone();
        async move { timeout(TIME, look(&store)).await.unwrap_or_default() }.boxed()
    })
}

async fn look(store: &Store) -> Vec<Condition> {
    let mut found = BTreeSet::new();
    match store.databases().repair_sequences().await {
        Ok(false) => {}
        Ok(true) => tracing::error!(
            "store.numbers_set_right: sequences were set back; whoever keeps families or is told of them begins anew"
        ),
        Err(error) => {
            tracing::warn!(%error, "store.not_looked_at");
            // It may have failed for want of a right, and they run backwards still.
            if matches!(store.databases().sequences_are_ahead().await, Ok(false)) {
                found.insert(Condition::NumbersBackwards);
            }
        }
    }
    if let Err(error) = store.check_triggers().await {
        tracing::warn!(%error, "store.not_looked_at");
    } else if let Some(cache_disabled) = store.cache_disabled() {
        found.extend((!cache_disabled.silent.is_empty()).then_some(Condition::WritesNotNoted));
        found.extend(cache_disabled.backwards.then_some(Condition::NumbersBackwards));
    }
    found.into_iter().collect()
}

/// The main database has the newest change that this process has made. Where another one stands in its place, to which that did not come, nothing more is given.
pub(super) fn behind(store: Store, trail: Trail) -> Look {
    Look::new(Condition::DatabaseBehind, move || {
        let (store, trail) = (store.clone(), trail.clone());
        async move {
            let Some((authority, place)) = trail.newest_made() else {
                return Vec::new();
            };
            let place = (authority, place.chain, place.seq);
            let asked = [place];
            match timeout(TIME, store.outcomes(&asked)).await {
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
pub(super) fn schema(databases: Databases) -> Look {
    Look::new(Condition::SchemaNewer, move || {
        let databases = databases.clone();
        async move {
            match timeout(TIME, databases.schema()).await {
                Ok(Ok(Schema::Newer(_))) => vec![Condition::SchemaNewer],
                _ => Vec::new(),
            }
        }
        .boxed()
    })
}

/// Whether a database does not answer because its address leads to a standby.
pub(super) async fn standby(databases: &Databases) -> Option<Condition> {
    // Within what one look may take, after a database has not answered.
    let asked = timeout(TIME / 2, databases.leads_to_standby()).await;
    asked.unwrap_or(false).then_some(Condition::DatabaseStandby)
}
