//! Changes that a process announced in the trail and was killed before it made them: each is found at the next start, shut out, and told in the trail.

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

/// Where several processes make changes at once, one that was announced so lately may be about to be made.
const ABOUT_TO_BE: Duration = Duration::from_secs(5);
/// How long to wait after a failure.
const PAUSE: Duration = Duration::from_secs(30);

#[derive(Debug, thiserror::Error)]
enum Unsettled {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Trail(#[from] TrailError),
    #[error("the main database lacks a change that was made: it is behind the trail, and a new start says by how much")]
    Behind,
}

/// Settles what others left open, and ends when nothing is.
pub(super) async fn settle(store: Store, trail: Trail) {
    loop {
        match look_through(&store, &trail).await {
            Ok(true) => return,
            Ok(false) => tokio::time::sleep(ABOUT_TO_BE).await,
            Err(error) => {
                tracing::warn!(%error, "what became of announced changes could not be looked through");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Looks once through what other chains announce; whether of nothing it is still open what became of it.
async fn look_through(store: &Store, trail: &Trail) -> Result<bool, Unsettled> {
    let before = store.examined().await?;
    let mut settled = true;
    for (chain, head) in chains(trail.store()).await.map_err(ReadError::from)? {
        let after = before.get(&chain).copied().unwrap_or(0);
        // What this process announces it settles itself, also in the chain of a month that has turned meanwhile.
        let own = [trail.opened(), trail.chain()].contains(&chain);
        if !own && head > after {
            settled &= settle_chain(store, trail, chain, after).await?;
        }
    }
    Ok(settled)
}

async fn settle_chain(store: &Store, trail: &Trail, chain: Uuid, after: i64) -> Result<bool, Unsettled> {
    let open = announced(trail.store(), chain, after).await?;
    let places: Vec<_> = open.announced.iter().map(|(place, entry)| at(*place, entry)).collect();
    let outcomes = store.outcomes(&places).await?;
    let mut settled = true;
    for (place, entry) in &open.announced {
        let at = at(*place, entry);
        let outcome = outcomes.get(&at);
        if matches!(outcome, Some(Outcome::Made | Outcome::Reported)) {
            continue;
        }
        let age = store.clock().now() - entry.at;
        if outcome.is_none()
            && !store.makes_changes_one_at_a_time()
            && age < TimeDelta::from_std(ABOUT_TO_BE).unwrap_or_default()
        {
            settled = false;
            continue;
        }
        if trail.knows_made(*place).await.map_err(ReadError::from)? {
            return Err(Unsettled::Behind);
        }
        store.rule_out(at).await?;
        if store.outcomes(&[at]).await?.get(&at) == Some(&Outcome::Made) {
            continue;
        }
        trail.append(not_made(*place, entry, store.clock().now())).await?;
        store.note_reported(at).await?;
        tracing::warn!(%chain, seq = place.seq, "a change was announced and not made; the trail says so now");
    }
    if settled {
        store.set_examined(chain, open.last).await?;
    }
    Ok(settled)
}

/// Where the main database knows it by. What announces a change always names whose.
fn at(place: EntryRef, entry: &Entry) -> Place {
    (entry.authority.unwrap_or_default(), place.chain, place.seq)
}
