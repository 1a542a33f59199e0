//! Reading the trail for people: who saw what of a family, and recent activity. Paginated.
//!
//! Makes no access decisions: the caller has already decided that the reader may see it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    entry::{Entry, EntryError, EntryRef},
    kind::Kind,
    packed::hash_of_agency,
    person::PersonKey,
    stored::RelatedRows,
};
use crate::store::trail::{EntryRow, Record, TrailSnapshot, TrailStore, TrailStoreError};

/// The largest page.
pub const MAX_PAGE: u32 = 200;

/// A pagination cursor: the entry that the last page ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The entry's timestamp.
    pub at: DateTime<Utc>,
    /// The entry's position.
    pub entry: EntryRef,
}

impl Cursor {
    /// The cursor after an entry.
    pub fn after(place: EntryRef, entry: &Entry) -> Self {
        Self {
            at: entry.at,
            entry: place,
        }
    }

    fn key(self) -> (DateTime<Utc>, Uuid, i64) {
        (self.at, self.entry.chain, self.entry.seq)
    }
}

/// Why the trail could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] TrailStoreError),
    /// An entry is not one that this program knows; verification says more.
    #[error("entry {} of chain {} is not readable: {error}", .place.seq, .place.chain)]
    Entry {
        /// Its position.
        place: EntryRef,
        /// What is wrong with it.
        error: EntryError,
    },
}

/// The entries about a family, newest first; at most `limit`, and never more than [`MAX_PAGE`]. An entry that
/// concerns several families is reduced to what it says of this one.
pub async fn about_family(
    store: &TrailStore,
    authority: i32,
    family: Uuid,
    before: Option<Cursor>,
    limit: u32,
) -> Result<Vec<(EntryRef, Entry)>, ReadError> {
    let page = whole_about(store, authority, family, before, limit.min(MAX_PAGE)).await?;
    let about = |(place, entry): (EntryRef, Entry)| {
        let speaks = entry.all_families().contains(&family);
        speaks.then(|| (place, entry.about(family)))
    };
    Ok(page.into_iter().filter_map(about).collect())
}

/// The entries about a family that name a person of it, newest first; at most `limit`, and never more than
/// [`MAX_PAGE`]. Each is reduced to what it says of that family. The family's entries are read page by page until
/// there are enough: no index leads from people to entries.
pub async fn about_person(
    store: &TrailStore,
    authority: i32,
    (family, person): (Uuid, PersonKey),
    mut before: Option<Cursor>,
    limit: u32,
) -> Result<Vec<(EntryRef, Entry)>, ReadError> {
    let limit = usize::try_from(limit.min(MAX_PAGE)).unwrap_or_default();
    let mut found = Vec::new();
    while found.len() < limit {
        let page = whole_about(store, authority, family, before, MAX_PAGE).await?;
        let Some((place, last)) = page.last() else { break };
        before = Some(Cursor::after(*place, last));
        let of_person = page.into_iter().filter(|(_, entry)| entry.speaks_of(family, person));
        found.extend(of_person.map(|(place, entry)| (place, entry.about(family))));
    }
    found.truncate(limit);
    Ok(found)
}

/// The entries that may be about a family, whole.
async fn whole_about(
    store: &TrailStore,
    authority: i32,
    family: Uuid,
    before: Option<Cursor>,
    limit: u32,
) -> Result<Vec<(EntryRef, Entry)>, ReadError> {
    let place = before.map(Cursor::key);
    let snapshot = store.snapshot().await?;
    let records = snapshot.records_about(authority, family, place, limit).await?;
    let old = snapshot
        .entries_about(authority, family, v1_cursor(&snapshot, place).await?, limit)
        .await?;
    merged(&snapshot, records, old, limit).await
}

/// The entries of an authority, newest first; at most `limit`, and never more than [`MAX_PAGE`].
pub async fn latest(
    store: &TrailStore,
    authority: i32,
    before: Option<Cursor>,
    limit: u32,
) -> Result<Vec<(EntryRef, Entry)>, ReadError> {
    let limit = limit.min(MAX_PAGE);
    let place = before.map(Cursor::key);
    let snapshot = store.snapshot().await?;
    let records = snapshot.records_of(authority, place, limit).await?;
    let old = snapshot
        .entries_of(authority, v1_cursor(&snapshot, place).await?, limit)
        .await?;
    merged(&snapshot, records, old, limit).await
}

/// The entries about an agency's look-ups, newest first; at most `limit`, and never more than [`MAX_PAGE`].
pub async fn lookups_of(
    store: &TrailStore,
    authority: i32,
    agency: Uuid,
    before: Option<Cursor>,
    limit: u32,
) -> Result<Vec<(EntryRef, Entry)>, ReadError> {
    let limit = limit.min(MAX_PAGE);
    let place = before.map(Cursor::key);
    let word = hash_of_agency(agency);
    let snapshot = store.snapshot().await?;
    let records = snapshot.records_by(authority, word.as_bytes(), place, limit).await?;
    let old = snapshot
        .entries_by(authority, agency, v1_cursor(&snapshot, place).await?, limit)
        .await?;
    merged(&snapshot, records, old, limit).await
}

/// All entries of a kind. Only for rare kinds.
pub(super) async fn entries_of_kind(snapshot: &TrailSnapshot, kind: Kind) -> Result<Vec<Entry>, ReadError> {
    let records = snapshot.records_of_kind(kind.number()).await?;
    let related = RelatedRows::read(snapshot, &records).await?;
    let entry = |record: &Record| {
        let place = EntryRef {
            chain: record.chain,
            seq: record.row.seq,
        };
        let error = EntryError::Unreadable;
        related.entry_of(record).ok_or(ReadError::Entry { place, error })
    };
    records.iter().map(entry).collect()
}

/// The cursor's place among the rows of version 1, which come after all records with the same timestamp.
async fn v1_cursor(
    snapshot: &TrailSnapshot,
    place: Option<(DateTime<Utc>, Uuid, i64)>,
) -> Result<Option<(DateTime<Utc>, Uuid, i64)>, TrailStoreError> {
    match place {
        Some((at, chain, _)) if snapshot.number_of(chain).await?.is_some() => Ok(Some((at, Uuid::max(), i64::MAX))),
        other => Ok(other),
    }
}

/// Merges records and rows of version 1, newest first.
async fn merged(
    snapshot: &TrailSnapshot,
    records: Vec<Record>,
    old: Vec<EntryRow>,
    limit: u32,
) -> Result<Vec<(EntryRef, Entry)>, ReadError> {
    let related = RelatedRows::read(snapshot, &records).await?;
    let mut page = Vec::with_capacity(records.len() + old.len());
    for record in records {
        let place = EntryRef {
            chain: record.chain,
            seq: record.row.seq,
        };
        let error = EntryError::Unreadable;
        page.push((
            place,
            related.entry_of(&record).ok_or(ReadError::Entry { place, error })?,
        ));
    }
    for row in old {
        page.push(read(row)?);
    }
    // The sort is stable, so entries with the same timestamp keep their order.
    page.sort_by_key(|(_, entry)| std::cmp::Reverse(entry.at));
    page.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(page)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the row's body is let go of as soon as it is read"
)]
fn read(row: EntryRow) -> Result<(EntryRef, Entry), ReadError> {
    let place = EntryRef {
        chain: row.chain,
        seq: row.seq,
    };
    match Entry::from_body(&row.body) {
        Ok(entry) => Ok((place, entry)),
        Err(error) => Err(ReadError::Entry { place, error }),
    }
}
