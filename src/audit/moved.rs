//! The trail of an authority that is moved to another database.
//!
//! Its entries stand in chains with those of others and cannot be taken out of them: they stay, as evidence. What is taken along is a copy of each, in a chain of the other
//! database, so that whoever asks there is told who saw what. A copy says of which entry it is one, and with which hash.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    entry::{Entry, EntryError, EntryRef, HeadRef, Kind, VERSION},
    hash::Hash,
    read::ReadError,
    stored::Beside,
};
use crate::store::trail::{TrailStore, TrailStoreError};

/// Entries in memory at a time.
const PAGE: u32 = 256;

/// Where a walk through the trail of an authority stands.
#[derive(Clone, Copy, Debug)]
enum Stands {
    /// Among the rows of version 1, after this one.
    Old(Option<(DateTime<Utc>, Uuid, i64)>),
    /// Among the records, after this one.
    Records(Option<(DateTime<Utc>, i32, i64)>),
    AtTheEnd,
}

/// A walk through the entries of an authority in the order in which they happened, those of version 1 first.
#[derive(Clone, Copy, Debug)]
pub struct Walk {
    authority: i32,
    from: DateTime<Utc>,
    stands: Stands,
}

impl Walk {
    /// From an instant on.
    pub fn from(authority: i32, from: DateTime<Utc>) -> Self {
        Self {
            authority,
            from,
            stands: Stands::Old(None),
        }
    }

    /// The next entries, as they are now; none at the end.
    pub async fn next(&mut self, store: &TrailStore) -> Result<Vec<(HeadRef, Entry)>, ReadError> {
        loop {
            let page = match self.stands {
                Stands::Old(after) => self.old(store, after).await?,
                Stands::Records(after) => self.records(store, after).await?,
                Stands::AtTheEnd => return Ok(Vec::new()),
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
        self.stands = rows.last().map_or(Stands::Records(None), |row| {
            Stands::Old(Some((row.recorded_at, row.chain, row.seq)))
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
        self.stands = records.last().map_or(Stands::AtTheEnd, |last| {
            Stands::Records(Some((last.row.at, last.row.chain, last.row.seq)))
        });
        let beside = Beside::read(&snapshot, &records).await?;
        let read = records.iter().map(|record| {
            let hash: Option<[u8; 32]> = record.row.hash.as_slice().try_into().ok();
            placed(
                record.chain,
                record.row.seq,
                hash.map(Hash::from),
                beside.entry_of(record),
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

/// The copy of an entry, and what it came to where it announces a change. A copy of a copy is one of the first.
pub fn copy(of: HeadRef, mut entry: Entry, made: bool) -> Entry {
    if entry.awaits && !made {
        entry.kind = Kind::WriteFailed;
    }
    entry.awaits = false;
    entry.v = VERSION;
    entry.copy_of = entry.copy_of.or(Some(of));
    entry
}

/// Of which entries that happened from one instant up to another there are copies here: a copy has the instant of what it repeats.
pub async fn copied_between(
    store: &TrailStore,
    authority: i32,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<HashSet<EntryRef>, ReadError> {
    let mut walk = Walk {
        stands: Stands::Records(None),
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

/// Whether a chain is here.
pub async fn has_chain(store: &TrailStore, chain: Uuid) -> Result<bool, TrailStoreError> {
    Ok(store.head(chain).await?.is_some())
}

/// The entry that says that an authority was moved, with the heads of the other trail.
pub fn moved(authority: i32, of: Uuid, heads: impl IntoIterator<Item = HeadRef>, now: DateTime<Utc>) -> Entry {
    let mut entry = Entry::new(Kind::Moved, now);
    entry.authority = Some(authority);
    entry.request_id = Some(of);
    entry.heads.extend(heads);
    entry
}
