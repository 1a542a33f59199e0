//! Stored entries in one common form, with the JSON that was hashed, whether stored as records or as rows of
//! version 1.
//!
//! Nothing is trusted: a record that cannot be unpacked has an empty body, so that verification finds it.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{
    entry::{Entry, MAX_BODY},
    hash::Hash,
    packed::{Words, unpack, words_of},
};
use crate::store::trail::{EntryRow, FamiliesRow, Record, TrailSnapshot, TrailStoreError};

/// The dictionary words and families that records refer to, which are in other tables.
#[derive(Debug, Default)]
pub(super) struct RelatedRows {
    pub(super) words: Words,
    /// By chain number and sequence number.
    families: BTreeMap<(i32, i64), Vec<Uuid>>,
    pub(super) rows: Vec<FamiliesRow>,
}

impl RelatedRows {
    /// Reads the rows that these records refer to.
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

    /// Unpacks the entry of a record.
    pub(super) fn entry_of(&self, record: &Record) -> Option<Entry> {
        let place = (record.row.chain, record.row.seq);
        let families = self.families.get(&place).map_or(&[][..], Vec::as_slice);
        unpack(&record.row, &self.words, families)
    }

    /// The entry rows that records stand for. After a gap the previous hash is not known, and is left empty.
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

/// The next chain that has entries: first those of version 1, then those of records in the order in which
/// they were started.
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
        // A chain without a name cannot be compared with anything; verification reports it.
        number = Some(next);
    }
    Ok(None)
}

/// The next entries of a chain after a sequence number, in order.
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
    let related = RelatedRows::read(snapshot, &records).await?;
    Ok(related.entries(&records, after, before))
}
