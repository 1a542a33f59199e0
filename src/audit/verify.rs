//! The check of the trail in its database: end to end, in bounded memory, at one instant while others go on writing.
//!
//! What is proved, given the public key: every entry is as it was written and where it was written; nothing is gone before
//! the signed head of its chain; every head was signed by the key; every chain that another chain's first entry names is
//! there up to the place named; the index of families says what the entries say. Someone who can write to the database
//! but has no key can do nothing of this unseen, except to put the whole database, or the newest chains with their heads,
//! back to what they were at an earlier time. That is seen by whoever keeps exported heads: each must be found again.

mod index;
mod records;
pub mod rounds;

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{
    chain::{ChainCheck, ChainEnd, Linked, check_head, is_signed},
    elsewhere::elsewhere,
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

/// Entries, heads or index rows in memory at a time.
const PAGE: u32 = 64;
/// No check holds more named heads than this; each takes about 150 bytes.
pub(super) const MAX_NAMED: usize = 1_000_000;

/// Heads that must be found: by place and hash, with who named them.
#[derive(Debug, Default)]
pub(super) struct Named {
    heads: BTreeMap<HeadRef, NamedBy>,
    overflowed: bool,
}

/// Who says that a head was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NamedBy {
    /// An entry of another chain: its first, or one that ties it.
    Entry(EntryRef),
    /// The signed head of the same chain.
    Head,
    /// A file of exported heads.
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
    /// Takes the exported heads in. A head with a wrong signature proves nothing, and is reported.
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

/// Reports a named head that is not there. `found` is the hash at its place, `last` the chain's last place; `told` says up to which place the trail tells of
/// chains that their entries are lost.
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

/// Checks all of the trail in the database, and that every one of the `exported` heads is still in it.
///
/// # Errors
/// Only when the database cannot be read; whatever is wrong with what is stored is a finding.
pub async fn verify(store: &TrailStore, keys: &[PublicKey], exported: &[HeadRow]) -> Result<Report, TrailStoreError> {
    verify_with_witness(store, keys, exported, &Witnessed::default(), &[]).await
}

/// Checks a file with months of the trail by itself. Chains that it does not have are elsewhere; the rest holds for it as for the database.
///
/// # Errors
/// The same.
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
    check.elsewhere = Elsewhere::Anywhere;
    check.all().await
}

/// The same, and that it is as a witness was told. Chains of months that were taken to files are looked for in these, where any are given.
///
/// # Errors
/// The same.
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

/// A check before it has looked at anything but which chains are in files of their own.
async fn begin<'a>(
    store: &TrailStore,
    keys: &'a [PublicKey],
    witnessed: &'a Witnessed,
) -> Result<Check<'a>, TrailStoreError> {
    let snapshot = store.snapshot().await?;
    let mut report = Report::default();
    let elsewhere = readable(elsewhere(&snapshot).await, &mut report)?;
    let lost = readable(lost(&snapshot).await, &mut report)?;
    Ok(Check {
        snapshot,
        keys,
        witnessed,
        named: Named::default(),
        elsewhere: Elsewhere::Told(elsewhere),
        lost,
        archives: Vec::new(),
        missing: BTreeSet::new(),
        report,
    })
}

/// What the trail tells of itself; nothing where that cannot be read, which is a finding.
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
enum Elsewhere {
    /// In files, up to these heads, as the trail itself tells.
    Told(BTreeMap<Uuid, HeadRef>),
    /// Nobody knows: this is a file with a part of the trail.
    Anywhere,
}

struct Check<'a> {
    snapshot: TrailSnapshot,
    elsewhere: Elsewhere,
    /// Up to which place the trail tells of chains that their entries are lost.
    lost: BTreeMap<Uuid, i64>,
    archives: Vec<TrailSnapshot>,
    keys: &'a [PublicKey],
    witnessed: &'a Witnessed,
    named: Named,
    missing: BTreeSet<Uuid>,
    report: Report,
}

impl Check<'_> {
    /// Everything.
    async fn all(mut self) -> Result<Report, TrailStoreError> {
        let passes = [
            self.chains().await,
            self.heads_without_chain().await,
            self.witnessed_chains().await,
            self.named_heads().await,
            self.index().await,
            self.records_of_nothing().await,
        ];
        for pass in passes {
            self.passed(pass)?;
        }
        Ok(self.report)
    }

    /// A pass that met something that is not of its form has found that.
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

    /// Looks at the next entries of a chain: at themselves, at whom they name, and at what the indices have of them. Gives them as they stand; none where the
    /// chain ends.
    async fn next(&mut self, chain: Uuid, check: &mut ChainCheck) -> Result<Vec<EntryRow>, TrailStoreError> {
        match self.snapshot.number_of(chain).await? {
            Some(number) => self.next_records(number, chain, check).await,
            None => self.next_old(chain, check).await,
        }
    }

    /// The same of a chain of version 1, whose columns repeat what its entries say.
    async fn next_old(&mut self, chain: Uuid, check: &mut ChainCheck) -> Result<Vec<EntryRow>, TrailStoreError> {
        let after = Some(check.end().seq).filter(|seq| *seq > 0);
        let page = self.snapshot.entries_after(chain, after, PAGE, MAX_BODY).await?;
        let (mut wanted, mut lookups) = (Vec::new(), Vec::new());
        for row in &page {
            let entry = check.entry(&linked(row), &mut self.report);
            let Some(entry) = entry else { continue };
            check_columns(row, &entry, &mut self.report);
            self.heads_of(chain, row.seq, &entry).await?;
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

    /// The heads of others that an entry names must be found.
    async fn heads_of(&mut self, chain: Uuid, seq: i64, entry: &Entry) -> Result<(), TrailStoreError> {
        let by = EntryRef { chain, seq };
        // A move names those of another database's trail.
        for head in entry.heads.iter().filter(|_| entry.kind != Kind::Moved) {
            self.named_head(head, NamedBy::Entry(by)).await?;
        }
        Ok(())
    }

    /// A chain ends where its signed head is.
    async fn end(&mut self, chain: Uuid, end: ChainEnd) -> Result<(), TrailStoreError> {
        let head = self.snapshot.head(chain).await?;
        check_head(chain, Some(end), head.as_ref(), self.keys, &mut self.report);
        self.head_inside(end, head.as_ref());
        self.families_beyond(chain, end.seq).await
    }

    /// A head that the chain goes beyond must still be one of its entries.
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
            let elsewhere = match &self.elsewhere {
                Elsewhere::Told(heads) => heads.contains_key(&chain),
                Elsewhere::Anywhere => true,
            };
            if !elsewhere && self.snapshot.last_seq(chain).await?.is_none() && self.missing.insert(chain) {
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
            match &self.elsewhere {
                Elsewhere::Anywhere => return Ok(()),
                Elsewhere::Told(heads) => {
                    if let Some(end) = heads.get(&head.chain).copied() {
                        return self.named_elsewhere(head, by, &end).await;
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
    /// A head of a chain that is in a file of its own, which ends at `end` as the trail tells. Without the file nothing more can be said than that.
    async fn named_elsewhere(&mut self, head: &HeadRef, by: NamedBy, end: &HeadRef) -> Result<(), TrailStoreError> {
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

/// The columns that repeat what the body says must say the same.
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
