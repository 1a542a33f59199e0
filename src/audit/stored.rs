//! Entries as they are stored, whether as rows of version 1 or as records, in one form: with the JSON that was hashed.
//!
//! Trusts nothing: a record that cannot be unpacked has an empty body, so that the check of the chain finds it.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{
    entry::{Entry, MAX_BODY},
    hash::Hash,
    packed::{Words, unpack, words_of},
};
use crate::store::trail::{EntryRow, FamiliesRow, Record, TrailSnapshot, TrailStoreError};

/// What records speak with and of, which does not stand in their own rows.
#[derive(Debug, Default)]
pub(super) struct Beside {
    pub(super) words: Words,
    /// By the numbers of their chains and their places.
    families: BTreeMap<(i32, i64), Vec<Uuid>>,
    pub(super) rows: Vec<FamiliesRow>,
}

impl Beside {
    /// Reads it.
    pub(super) async fn read(snapshot: &TrailSnapshot, records: &[Record]) -> Result<Self, TrailStoreError> {
        let numbers: BTreeSet<i32> = records.iter().flat_map(|record| words_of(&record.row)).collect();
        let numbers: Vec<i32> = numbers.into_iter().collect();
        let places: Vec<(i32, i64)> = records
            .iter()
            .map(|record| (record.row.chain, record.row.seq))
            .collect();
        let rows = snapshot.families_of(&places).await?;
        let mut families: BTreeMap<_, Vec<Uuid>> = BTreeMap::new();
        for row in &rows {
            families.entry((row.chain, row.seq)).or_default().extend(row.families());
        }
        for families in families.values_mut() {
            families.sort_unstable();
        }
        Ok(Self {
            words: snapshot.words(&numbers).await?.into_iter().collect(),
            families,
            rows,
        })
    }

    /// The entry of a record.
    pub(super) fn entry_of(&self, record: &Record) -> Option<Entry> {
        let place = (record.row.chain, record.row.seq);
        let families = self.families.get(&place).map_or(&[][..], Vec::as_slice);
        unpack(&record.row, &self.words, families)
    }

    /// The rows that records stand for. What comes after a gap has nothing before it that could be looked at: its hash before is empty.
    pub(super) fn entries(&self, records: &[Record], after: i64, before: Option<String>) -> Vec<EntryRow> {
        let (mut last, mut prev) = (after, before.unwrap_or_default());
        let entry = |record: &Record| {
            if record.row.seq != last + 1 {
                prev.clear();
            }
            last = record.row.seq;
            let hash: Option<[u8; 32]> = record.row.hash.as_slice().try_into().ok();
            let hash = hash.map(|bytes| Hash::from(bytes).to_string()).unwrap_or_default();
            let entry = self.entry_of(record);
            EntryRow {
                chain: record.chain,
                seq: record.row.seq,
                recorded_at: record.row.at,
                authority: record.row.authority,
                kind: entry.as_ref().map_or("", |entry| entry.kind.code()).to_owned(),
                body: entry.and_then(|entry| entry.to_body().ok()).unwrap_or_default(),
                prev_hash: std::mem::replace(&mut prev, hash.clone()),
                hash,
            }
        };
        records.iter().map(entry).collect()
    }
}

/// The next chain that has entries: first those of version 1, then those of records by the order in which they began.
pub async fn chain_after(snapshot: &TrailSnapshot, after: Option<Uuid>) -> Result<Option<Uuid>, TrailStoreError> {
    let mut number = match after {
        None => None,
        Some(after) => snapshot.number_of(after).await?,
    };
    if number.is_none()
        && let Some(old) = snapshot.chain_after(after).await?
    {
        return Ok(Some(old));
    }
    while let Some((next, chain)) = snapshot.numbered_chain_after(number.unwrap_or(i32::MIN)).await? {
        if chain.is_some() {
            return Ok(chain);
        }
        // A chain without a name can be held against nothing; the check says so.
        number = Some(next);
    }
    Ok(None)
}

/// The next entries of a chain after a place, in order.
pub async fn entries_after(
    snapshot: &TrailSnapshot,
    chain: Uuid,
    after: i64,
    limit: u32,
) -> Result<Vec<EntryRow>, TrailStoreError> {
    let Some(number) = snapshot.number_of(chain).await? else {
        return snapshot.entries_after(chain, Some(after), limit, MAX_BODY).await;
    };
    let records = snapshot.records_after(number, after, limit, MAX_BODY).await?;
    let before = if after == 0 {
        Some(Hash::ZERO.to_string())
    } else {
        snapshot.hash_at(chain, after).await?
    };
    let beside = Beside::read(snapshot, &records).await?;
    Ok(beside.entries(&records, after, before))
}
