//! Comparing chains with a witness's checkpoints: finds a missing chain, entries missing from a chain's end,
//! and entries that differ from what the witness was sent, even if whoever changed them has the key.
//!
//! Pure. The witness's files are untrusted; memory is bounded.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, BufRead},
};

use uuid::Uuid;

use super::{
    checkpoint::{Checkpoint, Note, Notes},
    finding::{FindingKind, Report},
    hash::Hash,
    key::PublicKey,
    merkle::MerkleTree,
};

/// The most checkpoints that a check holds; each takes about 100 bytes.
const MAX_CHECKPOINTS: usize = 2_000_000;

/// The checkpoints that a witness has.
#[derive(Clone, Debug, Default)]
pub struct Witnessed {
    roots: BTreeMap<Uuid, BTreeMap<u64, BTreeSet<Hash>>>,
    newest: BTreeMap<Uuid, Note>,
    count: usize,
}

impl Witnessed {
    /// Reads the notes of one of its files. Anything that is not a note, or was not signed by one of the
    /// keys, proves nothing, and is reported.
    pub fn read(&mut self, from: impl BufRead, keys: &[PublicKey], report: &mut Report) -> io::Result<()> {
        let mut notes = Notes::new(from);
        while let Some(note) = notes.next_note()? {
            match note {
                Err(line) => {
                    let sentence = format!("what ends at line {line} of a witness's file is no checkpoint");
                    report.note(FindingKind::Unreadable, None, None, sentence);
                }
                Ok(note) if !note.is_signed(keys) => {
                    let sentence = "a checkpoint of the witness was not signed by the trail's key";
                    report.note(FindingKind::BadHeadSignature, note.checkpoint.chain, None, sentence);
                }
                Ok(_) if self.count >= MAX_CHECKPOINTS => {
                    let sentence =
                        "the witness has more checkpoints than the check can hold; the rest were not looked for";
                    report.note(FindingKind::Unreadable, None, None, sentence);
                    return Ok(());
                }
                Ok(note) => self.add(note),
            }
        }
        Ok(())
    }

    fn add(&mut self, note: Note) {
        let Checkpoint { chain, size, root } = note.checkpoint;
        self.count += 1;
        self.roots
            .entry(chain)
            .or_default()
            .entry(size)
            .or_default()
            .insert(root);
        if self
            .newest
            .get(&chain)
            .is_none_or(|newest| newest.checkpoint.size <= size)
        {
            self.newest.insert(chain, note);
        }
    }

    /// Whether the witness has this checkpoint.
    pub fn has(&self, checkpoint: &Checkpoint) -> bool {
        let roots = self
            .roots
            .get(&checkpoint.chain)
            .and_then(|of| of.get(&checkpoint.size));
        roots.is_some_and(|roots| roots.contains(&checkpoint.root))
    }

    /// The newest note of a chain.
    pub fn newest(&self, chain: Uuid) -> Option<&Note> {
        self.newest.get(&chain)
    }

    /// The chains that the witness knows, each with the size of its newest checkpoint.
    pub fn chains(&self) -> impl Iterator<Item = (Uuid, u64)> {
        self.newest.iter().map(|(chain, note)| (*chain, note.checkpoint.size))
    }

    /// A check of a chain.
    pub(super) fn of(&self, chain: Uuid) -> WitnessCheck<'_> {
        WitnessCheck {
            chain,
            roots: self.roots.get(&chain),
            tree: MerkleTree::default(),
            differs: false,
        }
    }
}

/// The comparison of one chain with the witness's checkpoints.
#[derive(Debug)]
pub(super) struct WitnessCheck<'a> {
    chain: Uuid,
    roots: Option<&'a BTreeMap<u64, BTreeSet<Hash>>>,
    tree: MerkleTree,
    differs: bool,
}

impl WitnessCheck<'_> {
    /// Adds the next entry's hash, as stored.
    pub(super) fn entry(&mut self, hash: &str, report: &mut Report) {
        let Some(roots) = self.roots else { return };
        // An invalid hash cannot match what the witness was sent.
        self.tree.push(&Hash::parse(hash).unwrap_or(Hash::ZERO));
        let size = self.tree.size();
        let Some(told) = roots.get(&size).filter(|_| !self.differs) else {
            return;
        };
        let root = self.tree.root();
        if told.iter().any(|told| *told != root) {
            self.differs = true;
            let sentence = format!("entries 1 to {size} are not those of which the witness was told");
            report.note(FindingKind::NotAsWitnessed, self.chain, place(size), sentence);
        }
    }

    /// Ends the comparison at the end of the chain.
    pub(super) fn finish(self, report: &mut Report) {
        let last = self.roots.and_then(|roots| roots.last_key_value());
        if let Some((told, _)) = last
            && *told > self.tree.size()
        {
            let size = self.tree.size();
            let sentence = format!("the chain ends at entry {size}; the witness was told of {told}");
            report.note(FindingKind::TruncatedTail, self.chain, place(size + 1), sentence);
        }
    }
}

/// Reports a chain that the witness knows and that is missing.
pub(super) fn missing(chain: Uuid, told: u64, report: &mut Report) {
    let sentence = format!("all of the chain is gone; the witness was told of {told} entries");
    report.note(FindingKind::MissingChain, chain, place(told), sentence);
}

fn place(size: u64) -> Option<i64> {
    i64::try_from(size).ok()
}
