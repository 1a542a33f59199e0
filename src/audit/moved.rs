//! The trail of an authority that is moved to another database.
//!
//! Its entries are in chains together with those of other authorities and cannot be removed from them: they
//! stay as evidence. The move takes a copy of each entry to a chain of the other database, so that those who
//! ask there can see who saw what. A copy names the position and the hash of its original.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    entry::{Entry, EntryError, EntryRef, HeadRef, Kind, VERSION},
    hash::Hash,
    read::ReadError,
    stored::RelatedRows,
};
use crate::store::trail::{TrailStore, TrailStoreError};

/// Entries held in memory at a time.
const PAGE: u32 = 256;

/// The position of a walk through the entries of an authority.
#[derive(Clone, Copy, Debug)]
enum Position {
    /// Among the rows of version 1, after this one.
    Old(Option<(DateTime<Utc>, Uuid, i64)>),
    /// Among the records, after this one.
    Records(Option<(DateTime<Utc>, i32, i64)>),
    AtTheEnd,
}

/// A walk through the entries of an authority in chronological order, those of version 1 first.
#[derive(Clone, Copy, Debug)]
pub struct Walk {
    authority: i32,
    from: DateTime<Utc>,
    position: Position,
}

impl Walk {
    /// A walk that starts at an instant.
    pub fn from(authority: i32, from: DateTime<Utc>) -> Self {
        Self {
            authority,
            from,
            position: Position::Old(None),
        }
    }

    /// The next page of entries; empty at the end.
    pub async fn next(&mut self, store: &TrailStore) -> Result<Vec<(HeadRef, Entry)>, ReadError> {
        loop {
            let page = match self.position {
                Position::Old(after) => self.old(store, after).await?,
                Position::Records(after) => self.records(store, after).await?,
                Position::AtTheEnd => return Ok(Vec::new()),
            };
            if !page.is_empty() {
                return Ok(page);
            }
        }
    }

    async fn old(
        &mut self,
        store: &TrailStore,
        after: Option<(DateTime<Utc>, Uuid, i64)>,
    ) -> Result<Vec<(HeadRef, Entry)>, ReadError> {
        let snapshot = store.snapshot().await?;
        let rows = snapshot.entries_from(self.authority, self.from, after, PAGE).await?;
        self.position = rows.last().map_or(Position::Records(None), |row| {
            Position::Old(Some((row.recorded_at, row.chain, row.seq)))
        });
        let read = rows.iter().map(|row| {
            placed(
                row.chain,
                row.seq,
                Hash::parse(&row.hash).ok(),
                Entry::from_body(&row.body).ok(),
            )
        });
        read.collect()
    }

    async fn records(
        &mut self,
        store: &TrailStore,
        after: Option<(DateTime<Utc>, i32, i64)>,
    ) -> Result<Vec<(HeadRef, Entry)>, ReadError> {
        let snapshot = store.snapshot().await?;
        let records = snapshot.records_from(self.authority, self.from, after, PAGE).await?;
        self.position = records.last().map_or(Position::AtTheEnd, |last| {
            Position::Records(Some((last.row.at, last.row.chain, last.row.seq)))
        });
        let related = RelatedRows::read(&snapshot, &records).await?;
        let read = records.iter().map(|record| {
            let hash: Option<[u8; 32]> = record.row.hash.as_slice().try_into().ok();
            placed(
                record.chain,
                record.row.seq,
                hash.map(Hash::from),
                related.entry_of(record),
            )
        });
        read.collect()
    }
}

fn placed(chain: Uuid, seq: i64, hash: Option<Hash>, entry: Option<Entry>) -> Result<(HeadRef, Entry), ReadError> {
    let unreadable = || ReadError::Entry {
        place: EntryRef { chain, seq },
        error: EntryError::Unreadable,
    };
    let (hash, entry) = hash.zip(entry).ok_or_else(unreadable)?;
    Ok((HeadRef { chain, seq, hash }, entry))
}

/// The copy of an entry, with the outcome if it announces a change. A copy of a copy refers to the original.
pub fn copy(of: HeadRef, mut entry: Entry, made: bool) -> Entry {
    if entry.awaits && !made {
        entry.kind = Kind::WriteFailed;
    }
    entry.awaits = false;
    entry.v = VERSION;
    entry.copy_of = entry.copy_of.or(Some(of));
    entry
}

/// The originals, in a period, of which there are copies here. A copy has the timestamp of its original.
pub async fn copied_between(
    store: &TrailStore,
    authority: i32,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<HashSet<EntryRef>, ReadError> {
    let mut walk = Walk {
        position: Position::Records(None),
        ..Walk::from(authority, from)
    };
    let mut copied = HashSet::new();
    loop {
        let page = walk.next(store).await?;
        let of = page.iter().filter_map(|(_, entry)| entry.copy_of);
        copied.extend(of.map(|of| EntryRef {
            chain: of.chain,
            seq: of.seq,
        }));
        if page.last().is_none_or(|(_, entry)| entry.at > until) {
            return Ok(copied);
        }
    }
}

/// Whether the chain is in this trail.
pub async fn has_chain(store: &TrailStore, chain: Uuid) -> Result<bool, TrailStoreError> {
    Ok(store.head(chain).await?.is_some())
}

/// The entry that records the move of an authority, with the heads of the other trail.
pub fn moved(authority: i32, of: Uuid, heads: impl IntoIterator<Item = HeadRef>, now: DateTime<Utc>) -> Entry {
    let mut entry = Entry::new(Kind::Moved, now);
    entry.authority = Some(authority);
    entry.request_id = Some(of);
    entry.heads.extend(heads);
    entry
}
