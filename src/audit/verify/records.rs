//! Verification of chains stored as records, and of the indices over them.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{Check, PAGE, linked};
use crate::{
    audit::{
        chain::ChainCheck,
        entry::{Entry, MAX_BODY},
        finding::FindingKind,
        packed::Words,
        stored::RelatedRows,
    },
    store::trail::{EntryRow, FamiliesRow, Record, TrailStoreError},
};

impl Check<'_> {
    /// Checks the next entries of a chain of records.
    pub(super) async fn next_records(
        &mut self,
        number: i32,
        chain: Uuid,
        check: &mut ChainCheck,
    ) -> Result<Vec<EntryRow>, TrailStoreError> {
        let end = check.end();
        let page = self.snapshot.records_after(number, end.seq, PAGE, MAX_BODY).await?;
        if let Some(last) = page.last() {
            let from = if end.seq == 0 { i64::MIN } else { end.seq };
            self.orphaned_families(number, chain.into(), from, last.row.seq).await?;
        }
        let related = RelatedRows::read(&self.snapshot, &page).await?;
        let rows = related.entries(&page, end.seq, end.hash.map(|hash| hash.to_string()));
        let mut wanted = Vec::new();
        for (record, row) in page.iter().zip(&rows) {
            let Some(entry) = check.entry(&linked(row), &mut self.report) else {
                continue;
            };
            self.add_named_heads(chain, row.seq, &entry).await?;
            self.check_agency(record, &related.words, &entry);
            wanted.push((row.seq, entry));
        }
        self.families(number, chain, &wanted, &related.rows);
        Ok(rows)
    }

    /// Checks that look-ups are indexed by their agency.
    fn check_agency(&mut self, record: &Record, words: &Words, entry: &Entry) {
        let found = record.row.agency.and_then(|number| words.get(&number));
        let wanted = entry
            .looked_up_by()
            .and_then(|(_, agency)| serde_json::to_string(&agency).ok());
        if found != wanted.as_ref() || record.row.agency.is_some() != wanted.is_some() {
            let sentence = "the index has it under another agency than the one whose look-ups it tells of";
            self.report
                .note(FindingKind::SubjectMissing, record.chain, record.row.seq, sentence);
        }
    }

    /// Checks that entries about several families are indexed by each of them, and by no other.
    fn families(&mut self, number: i32, chain: Uuid, entries: &[(i64, Entry)], rows: &[FamiliesRow]) {
        // Rows of entries that are not intact have been reported already.
        let of_these = |row: &&FamiliesRow| entries.iter().any(|(seq, _)| *seq == row.seq);
        let found: Vec<FamiliesRow> = rows.iter().filter(of_these).cloned().collect();
        let wanted: Vec<FamiliesRow> = entries
            .iter()
            .flat_map(|(seq, entry)| of_entry(number, *seq, entry))
            .collect();
        let differ = |some: &[FamiliesRow], others: &[FamiliesRow]| -> BTreeSet<i64> {
            some.iter()
                .filter(|row| !others.contains(row))
                .map(|row| row.seq)
                .collect()
        };
        for seq in differ(&wanted, &found) {
            let sentence = "the index lacks families that the entry speaks of";
            self.report.note(FindingKind::SubjectMissing, chain, seq, sentence);
        }
        for seq in differ(&found, &wanted) {
            let sentence = "the index has families of which the entry does not speak";
            self.report.note(FindingKind::SubjectExtra, chain, seq, sentence);
        }
    }

    /// Reports family rows that match no record, with sequence numbers after `from` and up to `to`. There may
    /// be any number of them; the report is limited.
    async fn orphaned_families(
        &mut self,
        number: i32,
        chain: Option<Uuid>,
        from: i64,
        to: i64,
    ) -> Result<(), TrailStoreError> {
        for row in self.snapshot.orphaned_families(number, from, to, PAGE).await? {
            let sentence = format!("the index has families for an entry that is not there, in chain number {number}");
            self.report.note(FindingKind::SubjectExtra, chain, row.seq, sentence);
        }
        Ok(())
    }

    /// The same beyond the end of a chain, if it is one of records.
    pub(super) async fn families_after_end(&mut self, chain: Uuid, end: i64) -> Result<(), TrailStoreError> {
        match self.snapshot.number_of(chain).await? {
            Some(number) => self.orphaned_families(number, chain.into(), end, i64::MAX).await,
            None => Ok(()),
        }
    }

    /// Reports records of chains without a name, and family rows of chains without records.
    pub(super) async fn orphaned_records(&mut self) -> Result<(), TrailStoreError> {
        let mut after = i32::MIN;
        while let Some((number, name)) = self.snapshot.numbered_chain_after(after).await? {
            after = number;
            if name.is_none() {
                let sentence = format!("entries stand in a chain without a name, number {number}");
                self.report.note(FindingKind::Unreadable, None, None, sentence);
            }
        }
        let mut after = i32::MIN;
        while let Some((number, has_records)) = self.snapshot.chain_of_families_after(after).await? {
            after = number;
            if !has_records {
                self.orphaned_families(number, None, i64::MIN, i64::MAX).await?;
            }
        }
        Ok(())
    }
}

fn of_entry(number: i32, seq: i64, entry: &Entry) -> Vec<FamiliesRow> {
    let families = entry.all_families();
    match (entry.authority, families.len()) {
        (Some(authority), 2..) => FamiliesRow::of(authority, families, entry.at, number, seq),
        _ => Vec::new(),
    }
}
