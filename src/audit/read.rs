//! Reading the trail for people: what was seen of a family, and what was done lately.
//!
//! Decides nothing: whoever calls has decided that the asker may see it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::entry::{Entry, EntryError, EntryRef};
use crate::store::trail::{EntryRow, TrailStore, TrailStoreError};

/// No page is longer than this.
pub const MAX_PAGE: u32 = 200;

/// The entry that a page ended with; the next page begins after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The entry's instant.
    pub at: DateTime<Utc>,
    /// The entry's place.
    pub entry: EntryRef,
}

impl Cursor {
    /// The cursor after a read entry.
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
    /// An entry is not one that this program knows; the check says more.
    #[error("entry {} of chain {} is not readable: {error}", .place.seq, .place.chain)]
    Entry {
        /// Where it stands.
        place: EntryRef,
        /// What is wrong with it.
        error: EntryError,
    },
}

/// The entries that speak of a family, newest first; at most `limit`, and never more than [`MAX_PAGE`].
pub async fn about_family(
    store: &TrailStore,
    authority: i32,
    family: Uuid,
    before: Option<Cursor>,
    limit: u32,
) -> Result<Vec<(EntryRef, Entry)>, ReadError> {
    let limit = limit.min(MAX_PAGE);
    let rows = store
        .entries_about(authority, family, before.map(Cursor::key), limit)
        .await?;
    rows.into_iter().map(read).collect()
}

/// The entries of an authority, newest first; at most `limit`, and never more than [`MAX_PAGE`].
pub async fn latest(
    store: &TrailStore,
    authority: i32,
    before: Option<Cursor>,
    limit: u32,
) -> Result<Vec<(EntryRef, Entry)>, ReadError> {
    let limit = limit.min(MAX_PAGE);
    let rows = store.entries_of(authority, before.map(Cursor::key), limit).await?;
    rows.into_iter().map(read).collect()
}

/// The entries that tell what an agency has looked up, newest first; at most `limit`, and never more than [`MAX_PAGE`].
pub async fn lookups_of(
    store: &TrailStore,
    authority: i32,
    agency: Uuid,
    before: Option<Cursor>,
    limit: u32,
) -> Result<Vec<(EntryRef, Entry)>, ReadError> {
    let limit = limit.min(MAX_PAGE);
    let rows = store
        .entries_by(authority, agency, before.map(Cursor::key), limit)
        .await?;
    rows.into_iter().map(read).collect()
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
