//! Verification of the whole trail in its database: in bounded memory, and in one snapshot while other
//! processes go on writing.
//!
//! Given the public key, it proves that: every entry is as it was written, at its original position; nothing
//! is missing before the signed head of its chain; every head was signed by the key; every chain named by
//! another chain's first entry exists up to the position named; the index of families matches the entries.
//! Someone who can write to the database but does not have the key can do nothing to it unnoticed, except to
//! put the whole database, or the newest chains with their heads, back to an earlier state. Whoever keeps
//! exported heads notices that too: each must be found again.

pub mod incremental;
mod index;
mod records;

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{
    archived_chains::archived_heads,
    chain::{ChainCheck, ChainEnd, Linked, check_head, is_signed},
    entry::{Entry, EntryRef, HeadRef, MAX_BODY},
    finding::{FindingKind, Report},
    hash::Hash,
    key::PublicKey,
    kind::Kind,
    lost::lost,
    read::ReadError,
    stored::chain_after,
    witnessed::{Witnessed, missing},
};
use crate::store::trail::{AgencyRow, EntryRow, HeadRow, TrailSnapshot, TrailStore, TrailStoreError};

/// Entries, heads or index rows held in memory at a time.
const PAGE: u32 = 64;
/// The most named heads that a check holds; each takes about 150 bytes.
pub(super) const MAX_NAMED: usize = 1_000_000;

/// Heads that must be found, by position and hash, with where they were named.
#[derive(Debug, Default)]
pub(super) struct Named {
    heads: BTreeMap<HeadRef, NamedBy>,
    overflowed: bool,
}

/// Where a head was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NamedBy {
    /// In an entry of another chain: its first, or a cross-link.
    Entry(EntryRef),
    /// In the signed head of the same chain.
    Head,
    /// In a file of exported heads.
    Exported,
}

impl NamedBy {
    fn words(self) -> String {
        match self {
            Self::Entry(EntryRef { chain, seq: 1 }) => format!("the first entry of chain {chain}"),
            Self::Entry(EntryRef { chain, seq }) => format!("entry {seq} of chain {chain}"),
            Self::Head => "the chain's signed head".to_owned(),
            Self::Exported => "the exported heads".to_owned(),
        }
    }
}

impl Named {
    /// Adds exported heads. A head with an invalid signature proves nothing, and is reported.
    pub(super) fn exported(heads: &[HeadRow], keys: &[PublicKey], report: &mut Report) -> Self {
        let mut named = Self::default();
        for head in heads {
            if is_signed(head, keys) {
                named.head(head, NamedBy::Exported, report);
            } else {
                let sentence = "an exported head was not signed by the trail's key";
                report.note(FindingKind::BadHeadSignature, head.chain, head.seq, sentence);
            }
        }
        named
    }

    pub(super) fn head(&mut self, head: &HeadRow, by: NamedBy, report: &mut Report) {
        if let Ok(hash) = Hash::parse(&head.hash) {
            let place = HeadRef {
                chain: head.chain,
                seq: head.seq,
                hash,
            };
            self.add(place, by, report);
        }
    }

    pub(super) fn add(&mut self, head: HeadRef, by: NamedBy, report: &mut Report) {
        if self.heads.len() < MAX_NAMED {
            self.heads.entry(head).or_insert(by);
        } else if !self.overflowed {
            self.overflowed = true;
            let sentence = "more heads are named than the check can hold; the rest were not looked for";
            report.note(FindingKind::Unreadable, None, None, sentence);
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&HeadRef, NamedBy)> {
        self.heads.iter().map(|(head, by)| (head, *by))
    }
}

/// Reports a named head that is missing. `found` is the hash at its position, `last` the chain's last
/// sequence number; `told` has the last sequence number recorded as lost, for each chain with lost entries.
pub(super) fn check_named(
    head: &HeadRef,
    by: NamedBy,
    found: Option<&str>,
    last: Option<i64>,
    told: &BTreeMap<Uuid, i64>,
    missing: &mut BTreeSet<Uuid>,
    report: &mut Report,
) {
    let (chain, seq) = (head.chain, head.seq);
    let is_gone = found.is_none() && last.is_none_or(|last| last < seq);
    let is_told = matches!(by, NamedBy::Entry(_)) && told.get(&chain).is_some_and(|to| *to >= seq);
    if is_gone && is_told {
        report.lost.insert(chain);
        return;
    }
    let by = by.words();
    match (found, last) {
        (Some(found), _) if found == head.hash.to_string() => {}
        (Some(_), _) => {
            let sentence = format!("it is not the entry that {by} named");
            report.note(FindingKind::HeadNotInChain, chain, seq, sentence);
        }
        (None, None) => {
            if missing.insert(chain) {
                let sentence = format!("all of the chain is gone; {by} named its entry {seq}");
                report.note(FindingKind::MissingChain, chain, seq, sentence);
            }
        }
        (None, Some(last)) if last < seq => {
            let sentence = format!("the chain ends at entry {last}; {by} named entry {seq}");
            report.note(FindingKind::TruncatedTail, chain, last.saturating_add(1), sentence);
        }
        (None, Some(_)) => {
            let sentence = format!("entry {seq} is gone; {by} named it");
            report.note(FindingKind::MissingEntry, chain, seq, sentence);
        }
    }
}

/// Verifies the whole trail in the database, and that each of the `exported` heads is still in it.
///
/// # Errors
/// Only if the database cannot be read; any problem with what is stored is a finding.
pub async fn verify(store: &TrailStore, keys: &[PublicKey], exported: &[HeadRow]) -> Result<Report, TrailStoreError> {
    verify_with_witness(store, keys, exported, &Witnessed::default(), &[]).await
}

/// Verifies an archive file of whole months on its own. Chains that it does not have may be elsewhere;
/// otherwise as for the database.
///
/// # Errors
/// As [`verify`].
pub async fn verify_archive(
    archive: &TrailStore,
    keys: &[PublicKey],
    exported: &[HeadRow],
) -> Result<Report, TrailStoreError> {
    let nobody = Witnessed::default();
    let mut check = begin(archive, keys, &nobody).await?;
    check.named = Named::exported(exported, keys, &mut check.report);
    for head in exported {
        if check.snapshot.last_seq(head.chain).await?.is_none() && check.missing.insert(head.chain) {
            check_head(head.chain, None, Some(head), keys, &mut check.report);
        }
    }
    check.archived_heads = Archived::Unknown;
    check.all().await
}

/// As [`verify`], and compares the trail with a witness's checkpoints. Archived chains are looked for in the
/// archive files, if any are given.
///
/// # Errors
/// As [`verify`].
pub async fn verify_with_witness(
    store: &TrailStore,
    keys: &[PublicKey],
    exported: &[HeadRow],
    witnessed: &Witnessed,
    archives: &[TrailStore],
) -> Result<Report, TrailStoreError> {
    let mut check = begin(store, keys, witnessed).await?;
    check.named = Named::exported(exported, keys, &mut check.report);
    for archive in archives {
        check.archives.push(archive.snapshot().await?);
    }
    check.all().await
}

/// A check that has so far only read which chains are archived.
async fn begin<'a>(
    store: &TrailStore,
    keys: &'a [PublicKey],
    witnessed: &'a Witnessed,
) -> Result<Check<'a>, TrailStoreError> {
    let snapshot = store.snapshot().await?;
    let mut report = Report::default();
    let archived_heads = readable(archived_heads(&snapshot).await, &mut report)?;
    let lost = readable(lost(&snapshot).await, &mut report)?;
    Ok(Check {
        snapshot,
        keys,
        witnessed,
        named: Named::default(),
        archived_heads: Archived::Recorded(archived_heads),
        lost,
        archives: Vec::new(),
        missing: BTreeSet::new(),
        report,
    })
}

/// The result of reading what the trail records about itself. Unreadable entries give the default, and are a
/// finding.
fn readable<T: Default>(read: Result<T, ReadError>, report: &mut Report) -> Result<T, TrailStoreError> {
    match read {
        Ok(told) => Ok(told),
        Err(ReadError::Entry { place, error }) => {
            report.note(FindingKind::Unreadable, place.chain, place.seq, error.to_string());
            Ok(T::default())
        }
        Err(ReadError::Store(error)) => Err(error),
    }
}

/// Where chains may be that are not in the database.
enum Archived {
    /// In archive files, up to these heads, as the trail records.
    Recorded(BTreeMap<Uuid, HeadRef>),
    /// Unknown, since this file has only a part of the trail.
    Unknown,
}

struct Check<'a> {
    snapshot: TrailSnapshot,
    archived_heads: Archived,
    /// The last sequence number recorded as lost, for each chain with lost entries.
    lost: BTreeMap<Uuid, i64>,
    archives: Vec<TrailSnapshot>,
    keys: &'a [PublicKey],
    witnessed: &'a Witnessed,
    named: Named,
    missing: BTreeSet<Uuid>,
    report: Report,
}

impl Check<'_> {
    /// Runs the whole check.
    async fn all(mut self) -> Result<Report, TrailStoreError> {
        let passes = [
            self.chains().await,
            self.heads_without_chain().await,
            self.witnessed_chains().await,
            self.named_heads().await,
            self.index().await,
            self.orphaned_records().await,
        ];
        for pass in passes {
            self.passed(pass)?;
        }
        Ok(self.report)
    }

    /// Turns a malformed row, which stops a pass, into a finding.
    fn passed(&mut self, pass: Result<(), TrailStoreError>) -> Result<(), TrailStoreError> {
        match pass {
            Err(TrailStoreError::Garbage(_)) => {
                let sentence = "a stored value is not of its column's type; what follows it was not checked";
                self.report.note(FindingKind::Unreadable, None, None, sentence);
                Ok(())
            }
            other => other,
        }
    }

    async fn chains(&mut self) -> Result<(), TrailStoreError> {
        let mut after = None;
        while let Some(chain) = chain_after(&self.snapshot, after).await? {
            after = Some(chain);
            self.report.chains += 1;
            match self.chain(chain).await {
                Err(TrailStoreError::Garbage(_)) => {
                    let sentence = "a stored value is not of its column's type; the rest of the chain was not checked";
                    self.report.note(FindingKind::Unreadable, chain, None, sentence);
                }
                other => other?,
            }
        }
        Ok(())
    }

    async fn chain(&mut self, chain: Uuid) -> Result<(), TrailStoreError> {
        let mut check = ChainCheck::new(chain);
        let mut witness = self.witnessed.of(chain);
        loop {
            let page = self.next(chain, &mut check).await?;
            if page.is_empty() {
                break;
            }
            for row in &page {
                witness.entry(&row.hash, &mut self.report);
            }
        }
        witness.finish(&mut self.report);
        self.end(chain, check.end()).await
    }

    /// Checks the next entries of a chain: the entries themselves, the heads that they name, and their index
    /// rows. Returns them as stored; empty at the end of the chain.
    async fn next(&mut self, chain: Uuid, check: &mut ChainCheck) -> Result<Vec<EntryRow>, TrailStoreError> {
        match self.snapshot.number_of(chain).await? {
            Some(number) => self.next_records(number, chain, check).await,
            None => self.next_old(chain, check).await,
        }
    }

    /// The same for a chain of version 1, whose columns repeat fields of its entries.
    async fn next_old(&mut self, chain: Uuid, check: &mut ChainCheck) -> Result<Vec<EntryRow>, TrailStoreError> {
        let after = Some(check.end().seq).filter(|seq| *seq > 0);
        let page = self.snapshot.entries_after(chain, after, PAGE, MAX_BODY).await?;
        let (mut wanted, mut lookups) = (Vec::new(), Vec::new());
        for row in &page {
            let entry = check.entry(&linked(row), &mut self.report);
            let Some(entry) = entry else { continue };
            check_columns(row, &entry, &mut self.report);
            self.add_named_heads(chain, row.seq, &entry).await?;
            lookups.extend(entry.looked_up_by().map(|(authority, agency)| AgencyRow {
                authority,
                agency,
                recorded_at: entry.at,
                chain,
                seq: row.seq,
            }));
            wanted.push((row.seq, entry));
        }
        self.subjects(chain, &wanted).await?;
        self.agencies(chain, &lookups).await?;
        Ok(page)
    }

    /// Adds the heads of other chains that an entry names to those that must be found.
    async fn add_named_heads(&mut self, chain: Uuid, seq: i64, entry: &Entry) -> Result<(), TrailStoreError> {
        let by = EntryRef { chain, seq };
        // A move names heads of another database's trail.
        for head in entry.heads.iter().filter(|_| entry.kind != Kind::Moved) {
            self.named_head(head, NamedBy::Entry(by)).await?;
        }
        Ok(())
    }

    /// Checks that a chain ends at its signed head.
    async fn end(&mut self, chain: Uuid, end: ChainEnd) -> Result<(), TrailStoreError> {
        let head = self.snapshot.head(chain).await?;
        check_head(chain, Some(end), head.as_ref(), self.keys, &mut self.report);
        self.head_inside(end, head.as_ref());
        self.families_after_end(chain, end.seq).await
    }

    /// If the chain goes on after its head, the head must still be one of its entries.
    fn head_inside(&mut self, end: ChainEnd, head: Option<&HeadRow>) {
        if let Some(head) = head
            && head.seq < end.seq
        {
            self.named.head(head, NamedBy::Head, &mut self.report);
        }
    }

    async fn heads_without_chain(&mut self) -> Result<(), TrailStoreError> {
        let mut after = None;
        loop {
            let page = self.snapshot.heads_after(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.chain);
            for head in &page {
                if self.snapshot.last_seq(head.chain).await?.is_none() && self.missing.insert(head.chain) {
                    check_head(head.chain, None, Some(head), self.keys, &mut self.report);
                }
            }
        }
        Ok(())
    }

    async fn witnessed_chains(&mut self) -> Result<(), TrailStoreError> {
        for (chain, told) in self.witnessed.chains() {
            let is_archived = match &self.archived_heads {
                Archived::Recorded(heads) => heads.contains_key(&chain),
                Archived::Unknown => true,
            };
            if !is_archived && self.snapshot.last_seq(chain).await?.is_none() && self.missing.insert(chain) {
                missing(chain, told, &mut self.report);
            }
        }
        Ok(())
    }

    async fn named_heads(&mut self) -> Result<(), TrailStoreError> {
        let named: Vec<_> = self.named.iter().map(|(head, by)| (*head, by)).collect();
        for (head, by) in named {
            self.named_head(&head, by).await?;
        }
        Ok(())
    }

    async fn named_head(&mut self, head: &HeadRef, by: NamedBy) -> Result<(), TrailStoreError> {
        let found = self.snapshot.hash_at(head.chain, head.seq).await?;
        let last = match found {
            Some(_) => None,
            None => self.snapshot.last_seq(head.chain).await?,
        };
        if found.is_none() && last.is_none() {
            match &self.archived_heads {
                Archived::Unknown => return Ok(()),
                Archived::Recorded(heads) => {
                    if let Some(end) = heads.get(&head.chain).copied() {
                        return self.named_archived_head(head, by, &end).await;
                    }
                }
            }
        }
        let (told, missing) = (&self.lost, &mut self.missing);
        check_named(head, by, found.as_deref(), last, told, missing, &mut self.report);
        Ok(())
    }
}

impl Check<'_> {
    /// Checks a named head of an archived chain, whose recorded end is `end`. Without the file, only the end
    /// can be checked.
    async fn named_archived_head(&mut self, head: &HeadRef, by: NamedBy, end: &HeadRef) -> Result<(), TrailStoreError> {
        let mut found = (head.seq == end.seq).then(|| end.hash.to_string());
        let mut in_file = false;
        for archive in &self.archives {
            if let Some(last) = archive.last_seq(head.chain).await? {
                in_file = true;
                found = archive.hash_at(head.chain, head.seq).await?;
                if last != end.seq {
                    let sentence = format!("the file ends at entry {last}, the trail says {}", end.seq);
                    self.report
                        .note(FindingKind::TruncatedTail, head.chain, last.saturating_add(1), sentence);
                }
            }
        }
        if !self.archives.is_empty() && !in_file && self.missing.insert(head.chain) {
            let sentence = "none of the files that were given has the chain";
            self.report
                .note(FindingKind::MissingChain, head.chain, end.seq, sentence);
        } else if in_file || found.is_some() || head.seq > end.seq {
            let last = Some(end.seq);
            let (told, missing) = (&self.lost, &mut self.missing);
            check_named(head, by, found.as_deref(), last, told, missing, &mut self.report);
        }
        Ok(())
    }
}

fn linked(row: &EntryRow) -> Linked<'_> {
    Linked {
        seq: row.seq,
        prev: &row.prev_hash,
        hash: &row.hash,
        body: &row.body,
    }
}

/// Checks that the columns that repeat fields of the body match it.
fn check_columns(row: &EntryRow, entry: &Entry, report: &mut Report) {
    let columns = [
        ("recorded_at", row.recorded_at == entry.at),
        ("authority_id", row.authority == entry.authority),
        ("kind", row.kind == entry.kind.code()),
    ];
    for (column, same) in columns {
        if !same {
            let sentence = format!("its column {column} is not what the entry says");
            report.note(FindingKind::EditedEntry, row.chain, row.seq, sentence);
        }
    }
}
