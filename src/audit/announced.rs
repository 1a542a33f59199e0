//! Changes that a process announced and of which it did not say what became: it was killed in between.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    code::Code,
    entry::{Entry, EntryRef, Kind},
    read::ReadError,
};
use crate::store::trail::{TrailStore, TrailStoreError};

const PAGE: u32 = 256;

/// A chain that may hold such changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// The chain.
    pub chain: Uuid,
    /// The place of its newest entry.
    pub last: i64,
    /// Those changes that it does not itself say were not made, by the places of their entries.
    pub announced: Vec<(EntryRef, Entry)>,
}

/// What a chain announces after a place, up to its head.
pub async fn announced(store: &TrailStore, chain: Uuid, after: i64) -> Result<Open, ReadError> {
    let snapshot = store.snapshot().await?;
    let last = snapshot.last_seq(chain).await?.unwrap_or(after);
    let (mut announced, mut failed) = (Vec::new(), BTreeSet::new());
    let mut at = after;
    loop {
        let page = snapshot.announced_after(chain, at, PAGE).await?;
        let Some(newest) = page.last() else { break };
        at = newest.seq;
        for row in page {
            let place = EntryRef { chain, seq: row.seq };
            let entry = Entry::from_body(&row.body).map_err(|error| ReadError::Entry { place, error })?;
            if entry.kind == Kind::WriteFailed {
                failed.extend(entry.about);
            } else if entry.awaits {
                announced.push((place, entry));
            }
        }
    }
    announced.retain(|(place, _)| !failed.contains(place));
    Ok(Open { chain, last, announced })
}

/// The chains, with the places of their heads.
pub async fn chains(store: &TrailStore) -> Result<Vec<(Uuid, i64)>, TrailStoreError> {
    let snapshot = store.snapshot().await?;
    let (mut chains, mut after) = (Vec::new(), None);
    loop {
        let page = snapshot.heads_after(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(chains) };
        after = Some(last.chain);
        chains.extend(page.iter().map(|head| (head.chain, head.seq)));
    }
}

/// The entry that says of a change that it was announced and is not made, by whoever found it later.
pub fn not_made(place: EntryRef, announced: &Entry, now: DateTime<Utc>) -> Entry {
    Entry {
        request_id: announced.request_id,
        authority: announced.authority,
        agency: announced.agency,
        agency_kind: announced.agency_kind.clone(),
        role: announced.role.clone(),
        subject: announced.subject.clone(),
        client: announced.client.clone(),
        portal: announced.portal.clone(),
        purpose: announced.purpose.clone(),
        operation: announced.operation.clone(),
        reason: Some(Code::nearest("found_at_start")),
        about: Some(place),
        ..Entry::new(Kind::WriteFailed, now)
    }
}
