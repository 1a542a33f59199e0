//! Row types of stored records: numbers and bytes whose meaning `crate::audit` knows.

use chrono::{DateTime, Datelike, Utc};
use uuid::Uuid;

use super::HeadRow;

/// The number of buckets for the families of an authority.
const BUCKETS: u8 = 4;
/// The length of an id, in bytes.
pub(super) const ID_LENGTH: usize = 16;
/// The size of a month's range of chain numbers.
pub(super) const CHAINS: i32 = 1 << 16;

/// A row of `trail_record`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordRow {
    /// The number of the chain.
    pub chain: i32,
    /// The sequence number in the chain, from 1.
    pub seq: i64,
    /// When it happened, in whole microseconds.
    pub at: DateTime<Utc>,
    /// The authority it concerns.
    pub authority: Option<i32>,
    /// The agency that made look-ups, as a word number.
    pub agency: Option<i32>,
    /// The number of the kind of entry.
    pub kind: i16,
    /// The family, if there is exactly one.
    pub family: Option<Uuid>,
    /// The entry's hash, 32 bytes.
    pub hash: Vec<u8>,
    /// The rest of the entry, packed.
    pub body: Vec<u8>,
}

/// A row of `trail_families`: families of an entry about several. They are stored nowhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FamiliesRow {
    /// The number of the entry's chain.
    pub chain: i32,
    /// The entry's sequence number.
    pub seq: i64,
    /// The entry's timestamp.
    pub at: DateTime<Utc>,
    /// The families' authority.
    pub authority: i32,
    /// Their bucket.
    pub bucket: i16,
    /// Their ids, concatenated in order.
    pub members: Vec<u8>,
}

/// The bucket of a family.
pub(super) fn bucket(family: Uuid) -> i16 {
    i16::from(family.as_bytes()[15] % BUCKETS)
}

impl FamiliesRow {
    /// The rows of one entry, by bucket.
    pub fn of(
        authority: i32,
        families: impl IntoIterator<Item = Uuid>,
        at: DateTime<Utc>,
        chain: i32,
        seq: i64,
    ) -> Vec<Self> {
        let mut parts = vec![Vec::new(); usize::from(BUCKETS)];
        for family in families {
            parts[usize::from(family.as_bytes()[15] % BUCKETS)].push(family.into_bytes());
        }
        let rows = (0..).zip(parts).filter(|(_, members)| !members.is_empty());
        rows.map(|(bucket, mut members)| {
            members.sort_unstable();
            members.dedup();
            Self {
                chain,
                seq,
                at,
                authority,
                bucket,
                members: members.concat(),
            }
        })
        .collect()
    }

    /// The families; none if the row does not consist of whole ids.
    pub fn families(&self) -> Vec<Uuid> {
        let (keys, rest) = self.members.as_chunks::<ID_LENGTH>();
        if rest.is_empty() {
            keys.iter().copied().map(Uuid::from_bytes).collect()
        } else {
            Vec::new()
        }
    }
}

/// Entries that are written together, the new head of their chain, and the head that they follow.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The sequence number and the hash of the head that they follow; `None` at the start of a chain.
    pub before: Option<(i64, String)>,
    /// The entries, in order.
    pub records: Vec<RecordRow>,
    /// The index rows of entries about several families.
    pub families: Vec<FamiliesRow>,
    /// The new head.
    pub head: HeadRow,
}

/// A dictionary word: a text that many entries share, with its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The SHA-256 hash of the text, 32 bytes.
    pub hash: Vec<u8>,
    /// The text.
    pub body: String,
}

/// The first chain number of the month of an instant.
pub(super) fn first_of_month(at: DateTime<Utc>) -> i32 {
    let months = (at.year() - 2000) * 12 + i32::try_from(at.month0()).unwrap_or_default();
    months.clamp(0, 0x7ffe) * CHAINS
}

/// Whether the chain with this number was started in the month of an instant.
pub fn is_of_month(number: i32, at: DateTime<Utc>) -> bool {
    number / CHAINS == first_of_month(at) / CHAINS
}

/// The name of a chain's month, such as `2026_11`.
pub(super) fn month_name(number: i32) -> String {
    let months = number / CHAINS;
    format!("{}_{:02}", 2000 + months / 12, months % 12 + 1)
}

#[cfg(test)]
mod tests;
