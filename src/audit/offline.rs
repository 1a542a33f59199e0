//! Offline verification of an export, with nothing but the file and the public key.
//!
//! Reads the given file, twice if chains name each other. The index of families is not in the file;
//! everything else is verified as in the database.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::BufReader,
    path::Path,
};

use uuid::Uuid;

use super::{
    chain::{ChainCheck, ChainEnd, Linked, check_head},
    entry::{EntryRef, HeadRef},
    export::{ExportError, ExportedEntry, Line, Lines},
    finding::{FindingKind, Report},
    key::PublicKey,
    kind::Kind,
    lost::add_lost,
    verify::{Named, NamedBy, check_named},
    witnessed::{WitnessCheck, Witnessed, missing},
};
use crate::store::trail::HeadRow;

/// The most chains that a file may have.
const MAX_CHAINS: usize = 1_000_000;

/// Verifies an export file, and that each of the `exported` heads (of an earlier export) is in it.
///
/// # Errors
/// Only if the file cannot be read; any problem with its content is a finding.
pub fn verify_file(path: &Path, keys: &[PublicKey], exported: &[HeadRow]) -> Result<Report, ExportError> {
    verify_file_with_witness(path, keys, exported, &Witnessed::default())
}

/// As [`verify_file`], and compares the export with a witness's checkpoints.
///
/// # Errors
/// As [`verify_file`].
pub fn verify_file_with_witness(
    path: &Path,
    keys: &[PublicKey],
    exported: &[HeadRow],
    witnessed: &Witnessed,
) -> Result<Report, ExportError> {
    let mut report = Report::default();
    let named = Named::exported(exported, keys, &mut report);
    let mut check = Check {
        keys,
        witnessed,
        named,
        current: None,
        ends: BTreeMap::new(),
        heads: BTreeMap::new(),
        lost: BTreeMap::new(),
        archived_heads: BTreeMap::new(),
        report,
    };
    check.read(path)?;
    check.compare_heads();
    check.witnessed_chains();
    check.named_heads(path)?;
    Ok(check.report)
}

struct Check<'a> {
    keys: &'a [PublicKey],
    witnessed: &'a Witnessed,
    named: Named,
    current: Option<(Uuid, ChainCheck, WitnessCheck<'a>)>,
    ends: BTreeMap<Uuid, ChainEnd>,
    heads: BTreeMap<Uuid, HeadRow>,
    /// The last sequence number recorded as lost, for each chain with lost entries.
    lost: BTreeMap<Uuid, i64>,
    /// The heads of archived chains.
    archived_heads: BTreeMap<Uuid, HeadRef>,
    report: Report,
}

impl Check<'_> {
    fn read(&mut self, path: &Path) -> Result<(), ExportError> {
        let mut lines = Lines::new(BufReader::new(File::open(path)?));
        let (mut entries, mut heads, mut ended) = (0_u64, 0_u64, false);
        loop {
            match lines.next_line() {
                Ok(None) => break,
                Ok(Some((number, _))) if ended => self.unreadable(number),
                Ok(Some((_, Line::Format(_)))) => {}
                Ok(Some((number, Line::Entry(entry)))) => {
                    entries += 1;
                    self.entry(number, &entry);
                }
                Ok(Some((number, Line::Head(head)))) => {
                    heads += 1;
                    if self.heads.len() >= MAX_CHAINS || self.heads.insert(head.chain, head.into()).is_some() {
                        self.unreadable(number);
                    }
                }
                Ok(Some((
                    _,
                    Line::End {
                        entries: wrote,
                        heads: signed,
                    },
                ))) => {
                    ended = true;
                    if (wrote, signed) != (entries, heads) {
                        let sentence = format!(
                            "the file has {entries} entries and {heads} heads; it was written with {wrote} and {signed}"
                        );
                        self.report.note(FindingKind::Unreadable, None, None, sentence);
                    }
                }
                Err(ExportError::Line(number)) => self.unreadable(number),
                Err(other) => return Err(other),
            }
        }
        self.finish_chain();
        if !ended {
            let sentence = "the file ends early: its last line does not count what is in it";
            self.report.note(FindingKind::Unreadable, None, None, sentence);
        }
        Ok(())
    }

    fn unreadable(&mut self, number: u64) {
        let sentence = format!("line {number} of the file is not one of an export, or not in its place");
        self.report.note(FindingKind::Unreadable, None, None, sentence);
    }

    fn entry(&mut self, number: u64, entry: &ExportedEntry) {
        let chain = entry.chain;
        if self.current.as_ref().is_none_or(|(current, ..)| *current != chain) {
            self.finish_chain();
            if self.ends.len() >= MAX_CHAINS {
                self.unreadable(number);
                return;
            }
            if self.ends.contains_key(&chain) {
                let sentence = "it stands apart from the rest of its chain";
                self.report.note(FindingKind::Reordered, chain, entry.seq, sentence);
                return;
            }
            self.report.chains += 1;
            self.current = Some((chain, ChainCheck::new(chain), self.witnessed.of(chain)));
        }
        let Some((_, check, witness)) = &mut self.current else {
            return;
        };
        witness.entry(&entry.hash, &mut self.report);
        let linked = Linked {
            seq: entry.seq,
            prev: &entry.prev,
            hash: &entry.hash,
            body: &entry.body,
        };
        let body = check.entry(&linked, &mut self.report);
        let by = NamedBy::Entry(EntryRef { chain, seq: entry.seq });
        if let Some(body) = &body {
            add_lost(body, &mut self.lost);
            if body.kind == Kind::Archived {
                self.archived_heads
                    .extend(body.heads.iter().map(|head| (head.chain, *head)));
            }
        }
        // A move names heads of another database's trail.
        let named = body.filter(|body| body.kind != Kind::Moved);
        for head in named.into_iter().flat_map(|body| body.heads) {
            self.named.add(head, by, &mut self.report);
        }
    }

    fn finish_chain(&mut self) {
        if let Some((chain, check, witness)) = self.current.take() {
            witness.finish(&mut self.report);
            self.ends.insert(chain, check.end());
        }
    }

    fn compare_heads(&mut self) {
        for (chain, end) in &self.ends {
            let head = self.heads.get(chain);
            check_head(*chain, Some(*end), head, self.keys, &mut self.report);
            if let Some(head) = head.filter(|head| head.seq < end.seq) {
                self.named.head(head, NamedBy::Head, &mut self.report);
            }
        }
        for (chain, head) in &self.heads {
            if !self.ends.contains_key(chain) {
                check_head(*chain, None, Some(head), self.keys, &mut self.report);
            }
        }
    }

    fn witnessed_chains(&mut self) {
        for (chain, told) in self.witnessed.chains() {
            if !self.ends.contains_key(&chain) {
                missing(chain, told, &mut self.report);
            }
        }
    }

    fn named_heads(&mut self, path: &Path) -> Result<(), ExportError> {
        let named: BTreeSet<(Uuid, i64)> = self.named.iter().map(|(head, _)| (head.chain, head.seq)).collect();
        if named.is_empty() {
            return Ok(());
        }
        let mut found: BTreeMap<(Uuid, i64), String> = BTreeMap::new();
        let mut lines = Lines::new(BufReader::new(File::open(path)?));
        loop {
            match lines.next_line() {
                Ok(None) => break,
                Ok(Some((_, Line::Entry(entry)))) if named.contains(&(entry.chain, entry.seq)) => {
                    found.entry((entry.chain, entry.seq)).or_insert(entry.hash);
                }
                // The first pass has reported malformed lines.
                Ok(Some(_)) | Err(ExportError::Line(_)) => {}
                Err(other) => return Err(other),
            }
        }
        // A chain that has a head but no entries is reported with its head.
        let mut missing: BTreeSet<Uuid> = self.heads.keys().copied().collect();
        missing.retain(|chain| !self.ends.contains_key(chain));
        for (head, by) in self.named.iter() {
            let HeadRef { chain, seq, .. } = *head;
            let hash = found.get(&(chain, seq)).map(String::as_str);
            let last = self.ends.get(&chain).map(|end| end.seq);
            // Of an archived chain, only its end is known here.
            let end = self
                .archived_heads
                .get(&chain)
                .filter(|_| hash.is_none() && last.is_none());
            match end {
                Some(end) if end == head || end.seq > seq => {}
                _ => check_named(head, by, hash, last, &self.lost, &mut missing, &mut self.report),
            }
        }
        Ok(())
    }
}
