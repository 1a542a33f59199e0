//! Recovery after a crash: changes that a process announced in the trail and did not make before it was
//! killed. Each is found at the next start, blocked, and recorded in the trail as not made.

use std::time::Duration;

use chrono::TimeDelta;
use uuid::Uuid;

use crate::{
    audit::{
        Entry, EntryRef, Trail, TrailError,
        announced::{announced, chains, not_made},
        read::ReadError,
    },
    store::{
        Store,
        announced::{Outcome, Place},
        session::StoreError,
    },
};

/// With several replicas writing, a change announced this recently may still be about to be made.
const GRACE_PERIOD: Duration = Duration::from_secs(5);
/// Delay before a retry after a failure.
const RETRY_DELAY: Duration = Duration::from_secs(30);

#[derive(Debug, thiserror::Error)]
enum RecoveryError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Trail(#[from] TrailError),
    #[error("the main database lacks a change that was made: it is behind the trail, and a new start says by how much")]
    Behind,
}

/// Resolves the announced changes of other processes, and ends when none is pending.
pub(super) async fn recover(store: Store, trail: Trail) {
    loop {
        match recover_once(&store, &trail).await {
            Ok(true) => return,
            Ok(false) => tokio::time::sleep(GRACE_PERIOD).await,
            Err(error) => {
                tracing::warn!(%error, "what became of announced changes could not be looked through");
                tokio::time::sleep(RETRY_DELAY).await;
            }
        }
    }
}

/// Goes once through the announcements of other chains; `true` when none is pending.
async fn recover_once(store: &Store, trail: &Trail) -> Result<bool, RecoveryError> {
    let verified_up_to = store.examined().await?;
    let mut complete = true;
    for (chain, head) in chains(trail.store()).await.map_err(ReadError::from)? {
        let after = verified_up_to.get(&chain).copied().unwrap_or(0);
        // This process resolves its own announcements, also in the chain of a month that has turned
        // meanwhile.
        let own_chains = [trail.opened(), trail.chain()].contains(&chain);
        if !own_chains && head > after {
            complete &= recover_chain(store, trail, chain, after).await?;
        }
    }
    Ok(complete)
}

async fn recover_chain(store: &Store, trail: &Trail, chain: Uuid, after: i64) -> Result<bool, RecoveryError> {
    let pending = announced(trail.store(), chain, after).await?;
    let keys: Vec<_> = pending
        .announced
        .iter()
        .map(|(place, entry)| announcement_key(*place, entry))
        .collect();
    let outcomes = store.outcomes(&keys).await?;
    let mut complete = true;
    for (place, entry) in &pending.announced {
        let key = announcement_key(*place, entry);
        let outcome = outcomes.get(&key);
        if matches!(outcome, Some(Outcome::Made | Outcome::Reported)) {
            continue;
        }
        let age = store.clock().now() - entry.at;
        if outcome.is_none()
            && !store.makes_changes_one_at_a_time()
            && age < TimeDelta::from_std(GRACE_PERIOD).unwrap_or_default()
        {
            complete = false;
            continue;
        }
        if trail.knows_made(*place).await.map_err(ReadError::from)? {
            return Err(RecoveryError::Behind);
        }
        store.rule_out(key).await?;
        if store.outcomes(&[key]).await?.get(&key) == Some(&Outcome::Made) {
            continue;
        }
        trail.append(not_made(*place, entry, store.clock().now())).await?;
        store.note_reported(key).await?;
        tracing::warn!(%chain, seq = place.seq, "a change was announced and not made; the trail says so now");
    }
    if complete {
        store.set_examined(chain, pending.last).await?;
    }
    Ok(complete)
}

/// The key of an announcement in the main database. An announcement always names its authority.
fn announcement_key(place: EntryRef, entry: &Entry) -> Place {
    (entry.authority.unwrap_or_default(), place.chain, place.seq)
}
