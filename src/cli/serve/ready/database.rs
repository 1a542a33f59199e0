//! What the database is looked at for: that it notes what is written, that its numbers rise, that it is no standby, and that its schema is this program's.

use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::time::timeout;

use crate::{
    readiness::{Condition, Look},
    store::{Store, connect::Databases, migrate::Schema},
};

/// Longer than this, and it is for others to say that the database is away.
const TIME: Duration = Duration::from_secs(2);

/// Writes are noted, and numbers rise. Numbers that do not are set right where that can be done.
pub(super) fn noted(store: Store) -> Look {
    Look::new(Condition::WritesNotNoted, move || {
        let store = store.clone();
        async move { timeout(TIME, look(&store)).await.unwrap_or_default() }.boxed()
    })
}

async fn look(store: &Store) -> Vec<Condition> {
    match store.databases().set_numbers_right().await {
        Ok(false) => {}
        Ok(true) => tracing::error!(
            "store.numbers_set_right: sequences were set back; whoever keeps families or is told of them begins anew"
        ),
        Err(error) => tracing::warn!(%error, "store.not_looked_at"),
    }
    if let Err(error) = store.look_at_notes().await {
        tracing::warn!(%error, "store.not_looked_at");
        return Vec::new();
    }
    let Some(found) = store.unproved() else {
        return Vec::new();
    };
    let silent = (!found.silent.is_empty()).then_some(Condition::WritesNotNoted);
    let backwards = found.backwards.then_some(Condition::NumbersBackwards);
    silent.into_iter().chain(backwards).collect()
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
    let asked = timeout(TIME, databases.lead_to_standby()).await;
    asked.unwrap_or(false).then_some(Condition::DatabaseStandby)
}
