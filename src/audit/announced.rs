//! Announced changes in doubt: the process was killed before it could say whether the change was committed.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    code::Code,
    entry::{Entry, EntryError, EntryRef, Kind},
    read::ReadError,
    stored::RelatedRows,
};
use crate::store::trail::{TrailSnapshot, TrailStore, TrailStoreError};

const PAGE: u32 = 256;

/// A chain that may hold changes in doubt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// The sequence number of its newest entry.
    pub last: i64,
    /// The announced changes that the chain does not itself record as failed, each with its position.
    pub announced: Vec<(EntryRef, Entry)>,
}

/// The changes that a chain announces after sequence number `after`, up to its head.
pub async fn announced(store: &TrailStore, chain: Uuid, after: i64) -> Result<Open, ReadError> {
    let snapshot = store.snapshot().await?;
    let last = snapshot.last_seq(chain).await?.unwrap_or(after);
    let (mut announced, mut failed) = (Vec::new(), BTreeSet::new());
    let mut at = after;
    loop {
        let page = page(&snapshot, chain, at).await?;
        let Some((newest, _)) = page.last() else { break };
        at = newest.seq;
        for (place, entry) in page {
            if entry.kind == Kind::WriteFailed {
                failed.extend(entry.about);
            } else if entry.awaits {
                announced.push((place, entry));
            }
        }
    }
    announced.retain(|(place, _)| !failed.contains(place));
    Ok(Open { last, announced })
}

async fn page(snapshot: &TrailSnapshot, chain: Uuid, after: i64) -> Result<Vec<(EntryRef, Entry)>, ReadError> {
    let records = snapshot.announced_records_after(chain, after, PAGE).await?;
    let related = RelatedRows::read(snapshot, &records).await?;
    let mut page = Vec::new();
    for record in records {
        let seq = record.row.seq;
        page.push((seq, related.entry_of(&record).ok_or(EntryError::Unreadable)));
    }
    if page.is_empty() {
        // A chain of version 1.
        let old = snapshot.announced_after(chain, after, PAGE).await?;
        page.extend(old.into_iter().map(|row| (row.seq, Entry::from_body(&row.body))));
    }
    let read = page.into_iter().map(|(seq, entry)| {
        let place = EntryRef { chain, seq };
        let entry = entry.map_err(|error| ReadError::Entry { place, error })?;
        Ok((place, entry))
    });
    read.collect()
}

/// Every chain with the sequence number of its head.
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

/// The entry, written later by the process that found out, saying that an announced change was not made.
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
