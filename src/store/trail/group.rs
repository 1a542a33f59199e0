//! Index rows for an entry about many families: the families are grouped into a few rows, and the entry is
//! still found by each of them.
//!
//! One row per family would cost two index entries for each family and answer. Instead an entry has one row
//! for each of eight buckets of families, with their ids concatenated; a search for one family reads only the
//! rows of its bucket.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// An entry about more families than this has group rows; any other has one row per family.
pub const MAX_SINGLE: usize = 16;
/// The number of buckets for the families of an authority.
const BUCKETS: u8 = 8;
/// The length of an id, in bytes.
const ID_LENGTH: usize = 16;

/// A row of `trail_group`: an entry concerns these families.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRow {
    /// The families' authority.
    pub authority: i32,
    /// Their bucket.
    pub bucket: i32,
    /// The entry's timestamp.
    pub recorded_at: DateTime<Utc>,
    /// The entry's chain.
    pub chain: Uuid,
    /// The entry's sequence number.
    pub seq: i64,
    /// Their ids, concatenated in order.
    pub members: Vec<u8>,
}

/// The bucket of a family: from the end of its id, which is random in all kinds of ids.
pub(super) fn bucket(family: Uuid) -> i32 {
    i32::from(family.as_bytes()[ID_LENGTH - 1] % BUCKETS)
}

impl GroupRow {
    /// The rows of one entry, by bucket. `families` must be in order.
    pub fn of<'a>(
        authority: i32,
        families: impl IntoIterator<Item = &'a Uuid>,
        recorded_at: DateTime<Utc>,
        chain: Uuid,
        seq: i64,
    ) -> Vec<Self> {
        let mut parts = vec![Vec::new(); usize::from(BUCKETS)];
        for family in families {
            parts[usize::from(family.as_bytes()[ID_LENGTH - 1] % BUCKETS)].extend_from_slice(family.as_bytes());
        }
        let rows = (0..).zip(parts).filter(|(_, members)| !members.is_empty());
        rows.map(|(bucket, members)| Self {
            authority,
            bucket,
            recorded_at,
            chain,
            seq,
            members,
        })
        .collect()
    }

    /// The families; `None` if the row does not have the format that [`of`](Self::of) produces.
    pub fn families(&self) -> Option<Vec<Uuid>> {
        let (keys, rest) = self.members.as_chunks::<ID_LENGTH>();
        let families: Vec<Uuid> = keys.iter().copied().map(Uuid::from_bytes).collect();
        let in_form = rest.is_empty()
            && !families.is_empty()
            && families.is_sorted_by(|one, next| one < next)
            && families.iter().all(|family| bucket(*family) == self.bucket);
        in_form.then_some(families)
    }
}

#[cfg(test)]
mod tests;
