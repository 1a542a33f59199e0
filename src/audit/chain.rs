//! Hash chaining of entries, signing of heads, and verification of one chain.
//!
//! Pure: sequences in, findings out. Knows the row types of `store::trail`, not how they are fetched.

use chrono::{DateTime, SecondsFormat, Utc};
use uuid::Uuid;

use super::{
    entry::{Entry, HeadRef, Kind},
    finding::{FindingKind, Report},
    hash::Hash,
    key::{HeadKey, PublicKey},
};
use crate::store::trail::HeadRow;

/// How many positions either side of an entry are searched for its original position before it is reported as
/// edited.
const SEARCH_DISTANCE: i64 = 4096;
/// The most positions tried for one chain, so that a chain of garbage has a bounded cost.
const MAX_TRIES: u32 = 1 << 20;

/// The hash of an entry: over the previous hash, the chain, the sequence number and the body.
pub fn entry_hash(prev: &Hash, chain: Uuid, seq: i64, body: &str) -> Hash {
    Hash::of(&[
        b"thinkfamily trail entry 1\n",
        prev.as_bytes(),
        chain.as_bytes(),
        &seq.to_be_bytes(),
        body.as_bytes(),
    ])
}

/// The text that the signature of a head covers.
fn head_message(head: &HeadRow) -> String {
    format!(
        "thinkfamily trail head 1\n{}\n{}\n{}\n{}\n{}",
        head.chain,
        head.seq,
        head.hash,
        head.updated_at.to_rfc3339_opts(SecondsFormat::Micros, true),
        head.process,
    )
}

/// The signed head row for the newest entry of a chain.
pub fn sign_head(key: &HeadKey, at: &HeadRef, process: &str, updated_at: DateTime<Utc>) -> HeadRow {
    let mut head = HeadRow {
        chain: at.chain,
        seq: at.seq,
        hash: at.hash.to_string(),
        signature: String::new(),
        process: process.to_owned(),
        updated_at,
    };
    head.signature = key.sign(head_message(&head).as_bytes());
    head
}

/// Whether one of the keys signed the head.
pub fn is_signed(head: &HeadRow, keys: &[PublicKey]) -> bool {
    let message = head_message(head);
    keys.iter().any(|key| key.signed(message.as_bytes(), &head.signature))
}

/// The parts of a stored entry that link it into the chain.
#[derive(Clone, Copy, Debug)]
pub struct Linked<'a> {
    /// Its sequence number.
    pub seq: i64,
    /// The previous hash, as stored; empty where the previous entry is missing and its hash was not stored
    /// here.
    pub prev: &'a str,
    /// Its hash, as stored.
    pub hash: &'a str,
    /// Its body, as stored.
    pub body: &'a str,
}

/// The end of a chain, as found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainEnd {
    /// The sequence number of the newest entry.
    pub seq: i64,
    /// Its hash as stored, if that is a valid hash.
    pub hash: Option<Hash>,
}

/// The verification of one chain, entry by entry.
#[derive(Clone, Debug)]
pub struct ChainCheck {
    chain: Uuid,
    end: ChainEnd,
    /// Whether the previous entry is intact, so that the next can be compared with it.
    intact: bool,
    tries_left: u32,
}

impl ChainCheck {
    /// A check of `chain` from its beginning.
    pub fn new(chain: Uuid) -> Self {
        Self {
            chain,
            end: ChainEnd {
                seq: 0,
                hash: Some(Hash::ZERO),
            },
            intact: true,
            tries_left: MAX_TRIES,
        }
    }

    /// A check of `chain` from after the entry `end`, which is trusted to be intact.
    pub fn after(chain: Uuid, end: ChainEnd) -> Self {
        Self {
            end,
            intact: end.hash.is_some(),
            ..Self::new(chain)
        }
    }

    /// Checks the next entry, and returns its parsed body if it is intact.
    pub fn entry(&mut self, entry: &Linked<'_>, report: &mut Report) -> Option<Entry> {
        report.entries += 1;
        let (chain, seq) = (self.chain, entry.seq);
        if seq <= self.end.seq {
            let sentence = format!("entry {seq} stands after entry {}", self.end.seq);
            report.note(FindingKind::Reordered, chain, seq, sentence);
            return None;
        }
        let expected = self.end.seq.saturating_add(1);
        let follows = seq == expected;
        if !follows {
            let sentence = if seq - 1 == expected {
                format!("entry {expected} is gone")
            } else {
                format!("entries {expected} to {} are gone", seq - 1)
            };
            report.note(FindingKind::MissingEntry, chain, expected, sentence);
        }
        let before = self.end;
        let (prev, hash) = (Hash::parse(entry.prev).ok(), Hash::parse(entry.hash).ok());
        self.end = ChainEnd { seq, hash };
        let was_intact = std::mem::replace(&mut self.intact, true);
        if !follows && entry.prev.is_empty() {
            // There is nothing to compare it with, and the gap has been reported.
            self.intact = hash.is_some();
            return None;
        }
        let (Some(prev), Some(hash)) = (prev, hash) else {
            self.intact = false;
            report.note(FindingKind::EditedEntry, chain, seq, "its hashes are not hashes");
            return None;
        };
        if entry_hash(&prev, chain, seq, entry.body) != hash {
            self.intact = false;
            match self.original_position(&prev, &hash, entry) {
                Some(place) => report.note(
                    FindingKind::Reordered,
                    chain,
                    seq,
                    format!("it was written as entry {place}"),
                ),
                None => report.note(FindingKind::EditedEntry, chain, seq, "it is not as it was written"),
            }
            return None;
        }
        if follows && was_intact && before.hash != Some(prev) {
            let sentence = format!("it does not follow entry {} as that stands now", before.seq);
            report.note(FindingKind::BrokenLink, chain, seq, sentence);
        }
        self.body(entry, report)
    }

    fn body(&self, entry: &Linked<'_>, report: &mut Report) -> Option<Entry> {
        let Ok(body) = Entry::from_body(entry.body) else {
            let sentence = "its body is not an entry of the trail";
            report.note(FindingKind::EditedEntry, self.chain, entry.seq, sentence);
            return None;
        };
        if (entry.seq == 1) != (body.kind == Kind::ChainOpened) {
            let sentence = "a chain opens with its first entry and with no other";
            report.note(FindingKind::BrokenLink, self.chain, entry.seq, sentence);
        }
        Some(body)
    }

    /// The nearby sequence number at which the entry, as it stands, was originally written.
    fn original_position(&mut self, prev: &Hash, hash: &Hash, entry: &Linked<'_>) -> Option<i64> {
        for distance in 1..=SEARCH_DISTANCE {
            for place in [entry.seq.checked_sub(distance), entry.seq.checked_add(distance)] {
                let Some(place) = place.filter(|place| *place >= 1) else {
                    continue;
                };
                self.tries_left = self.tries_left.checked_sub(1)?;
                if entry_hash(prev, self.chain, place, entry.body) == *hash {
                    return Some(place);
                }
            }
        }
        None
    }

    /// The end of the chain so far.
    pub fn end(&self) -> ChainEnd {
        self.end
    }
}

/// Compares a chain's signed head with the end of the chain. A `head` of `None` is missing; an `end` of
/// `None` means that the whole chain is missing.
pub fn check_head(chain: Uuid, end: Option<ChainEnd>, head: Option<&HeadRow>, keys: &[PublicKey], report: &mut Report) {
    let Some(head) = head else {
        if let Some(end) = end {
            let sentence = "the chain has no signed head, so its newest entries may be gone";
            report.note(FindingKind::MissingHead, chain, end.seq, sentence);
        }
        return;
    };
    if !is_signed(head, keys) {
        let sentence = "the chain's head was not signed by the trail's key";
        report.note(FindingKind::BadHeadSignature, chain, head.seq, sentence);
    }
    match end {
        None => {
            let sentence = format!("the chain has a head at entry {} and no entries", head.seq);
            report.note(FindingKind::MissingChain, chain, head.seq, sentence);
        }
        Some(end) if end.seq < head.seq => {
            let sentence = format!("the chain ends at entry {}, its head is at {}", end.seq, head.seq);
            report.note(FindingKind::TruncatedTail, chain, end.seq.saturating_add(1), sentence);
        }
        Some(end) if end.seq > head.seq => {
            let sentence = format!("the chain goes on to entry {}, its head is at {}", end.seq, head.seq);
            report.note(FindingKind::BeyondHead, chain, head.seq.saturating_add(1), sentence);
        }
        Some(end) if end.hash.is_none_or(|hash| hash.to_string() != head.hash) => {
            let sentence = "the newest entry is not the one in the chain's head";
            report.note(FindingKind::HeadNotInChain, chain, head.seq, sentence);
        }
        Some(_) => {}
    }
}
