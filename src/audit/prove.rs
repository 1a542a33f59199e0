//! Proofs that the entries of a receipt are in the trail: made from the database, a few hashes long, and
//! verified with nothing but the public key.
//!
//! A proof reveals what the receipt keeps sealed: the chain, how many entries it has, and the positions of
//! the receipt's entries. Whoever makes the proof decides who is told.

use serde::{Deserialize, Serialize};

use super::{
    chain::{ChainCheck, Linked, check_head},
    checkpoint::{Checkpoint, Note},
    entry::Entry,
    finding::Report,
    hash::Hash,
    key::{HeadKey, PublicKey},
    merkle::{MAX_PROOF, Prover, root_from_proof},
    receipt::{Receipt, SealedPosition, SignedReceipt, is_covered, salted_hash},
    stored::entries_after,
    witnessed::Witnessed,
};
use crate::store::trail::{EntryRow, TrailSnapshot, TrailStore, TrailStoreError};

/// The longest proof that is read, in bytes.
pub const MAX_PROOF_BYTES: usize = 8 << 20;
/// The most entries that a receipt covers, and the most entries between its first and its last.
const MAX_ENTRIES: usize = 2048;
const MAX_BETWEEN: i64 = 1 << 16;
const FORM: &str = "thinkfamily proof 1";
const PAGE: u32 = 64;

/// An inclusion proof: an entry of a receipt, and the hashes that lead from it to the root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InclusionProof {
    /// The index of its leaf in the tree, from 0.
    pub index: u64,
    /// Its hash.
    pub hash: Hash,
    /// The audit path: the sibling hashes on the way to the root, from the leaf upwards (RFC 9162, section
    /// 2.1.3).
    pub path: Vec<Hash>,
}

/// The proof that belongs to a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    form: String,
    /// The signed checkpoint of the chain, as a note.
    pub checkpoint: String,
    /// The random number in the receipt's hash over the entries.
    pub by_chance: Hash,
    /// The entries.
    pub entries: Vec<InclusionProof>,
}

/// Why a receipt, or its proof, is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidReceipt {
    /// It is not a receipt, or the key did not sign it as it is.
    #[error("RECEIPT_NOT_SIGNED: it is no receipt that the trail's key has signed as it is")]
    NotSigned,
    /// A proof was given, but the receipt has nothing to prove.
    #[error("NOTHING_TO_PROVE: the receipt says that nothing of anybody was given or changed")]
    Nothing,
    /// It is not a proof.
    #[error("PROOF_UNREADABLE: it is no proof")]
    Unreadable,
    /// The checkpoint was not signed by the key.
    #[error("CHECKPOINT_NOT_SIGNED: the proof's checkpoint is not one that the trail's key has signed")]
    CheckpointNotSigned,
    /// The proof is of other entries than the receipt's.
    #[error("OTHER_ENTRIES: the proof is of other entries than those of the receipt")]
    OtherEntries,
    /// An entry's inclusion proof does not lead to the checkpoint's root.
    #[error("NOT_IN_TREE: an entry is not among those of the checkpoint")]
    NotInTree,
    /// The witness does not have the checkpoint.
    #[error("NOT_WITNESSED: the proof's checkpoint is not among the witness's")]
    NotWitnessed,
}

/// Why a proof could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] TrailStoreError),
    /// The receipt has nothing to prove, or is not valid.
    #[error(transparent)]
    InvalidReceipt(#[from] InvalidReceipt),
    /// The receipt's position was sealed with another key.
    #[error("PLACE_NOT_OPENED: the receipt's place was not sealed with this key")]
    NotOpened,
    /// The entries are missing or have changed.
    #[error("ENTRIES_GONE: the entries of the receipt do not stand where they were written")]
    Gone,
    /// Verification of the chain found problems, so nothing is signed.
    #[error("CHAIN_NOT_SOUND: the check of the chain found something, so no checkpoint of it is signed")]
    Unsound(Report),
    /// The witness's checkpoint does not match the entries that are there.
    #[error("NOT_AS_WITNESSED: the chain is not as it was when the witness was told of it")]
    NotAsWitnessed,
    /// The witness's newest checkpoint of the chain is older than the entries.
    #[error("NOT_WITNESSED: the witness has no checkpoint of the chain that is as new as the receipt")]
    NotWitnessed,
}

/// Makes the proof of a receipt: against the witness's newest checkpoint of the chain if notes are given, or
/// else against a checkpoint that is signed now, once the chain has been verified up to its signed head.
///
/// # Errors
/// The reason in words, including that the database failed.
pub async fn prove(
    store: &TrailStore,
    key: &HeadKey,
    receipt: &SignedReceipt,
    witnessed: Option<&Witnessed>,
) -> Result<Proof, ProveError> {
    let keys = [key.public()];
    let receipt = receipt.receipt(&keys).ok_or(InvalidReceipt::NotSigned)?;
    let recorded = receipt.recorded.as_ref().ok_or(InvalidReceipt::Nothing)?;
    let place = receipt.place(key).ok_or(ProveError::NotOpened)?;
    let snapshot = store.snapshot().await?;
    let entries = entries_of(&snapshot, &receipt, &place).await?;
    let hashes: Vec<Hash> = entries.iter().map(|(_, hash)| *hash).collect();
    if salted_hash(&hashes, &place.by_chance) != recorded.entries {
        return Err(ProveError::Gone);
    }
    let head = snapshot.head(place.chain).await?.ok_or(ProveError::Gone)?;
    let newest = match witnessed {
        None => None,
        Some(witnessed) => Some(witnessed.newest(place.chain).ok_or(ProveError::NotWitnessed)?),
    };
    let size = newest.map_or(u64::try_from(head.seq).unwrap_or(0), |note| note.checkpoint.size);
    let provers = entries.iter().map(|(index, _)| Prover::new(*index, size));
    let mut provers: Vec<Prover> = provers.collect::<Option<_>>().ok_or(match newest {
        Some(_) => ProveError::NotWitnessed,
        None => ProveError::Gone,
    })?;
    let (mut check, mut report, mut after) = (ChainCheck::new(place.chain), Report::default(), 0);
    loop {
        let page = entries_after(&snapshot, place.chain, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        for row in &page {
            check.entry(&linked(row), &mut report);
            if let Ok(hash) = Hash::parse(&row.hash) {
                for prover in &mut provers {
                    prover.push(&hash);
                }
            }
        }
    }
    check_head(place.chain, Some(check.end()), Some(&head), &keys, &mut report);
    if !report.is_sound() {
        return Err(ProveError::Unsound(report));
    }
    let mut proved = Vec::with_capacity(entries.len());
    let mut root = None;
    for (prover, (index, hash)) in provers.into_iter().zip(entries) {
        let (path, of_all) = prover.finish().ok_or(ProveError::NotAsWitnessed)?;
        proved.push(InclusionProof { index, hash, path });
        root = Some(of_all);
    }
    let checkpoint = Checkpoint {
        chain: place.chain,
        size,
        root: root.ok_or(ProveError::Gone)?,
    };
    let note = match newest {
        Some(note) if note.checkpoint != checkpoint => return Err(ProveError::NotAsWitnessed),
        Some(note) => note.text(),
        None => checkpoint.sign(key),
    };
    Ok(Proof {
        form: FORM.to_owned(),
        checkpoint: note,
        by_chance: Hash::from(place.by_chance),
        entries: proved,
    })
}

fn linked(row: &EntryRow) -> Linked<'_> {
    Linked {
        seq: row.seq,
        prev: &row.prev_hash,
        hash: &row.hash,
        body: &row.body,
    }
}

/// The entries that a receipt covers: the indices of their leaves, and their hashes as stored.
async fn entries_of(
    snapshot: &TrailSnapshot,
    receipt: &Receipt,
    place: &SealedPosition,
) -> Result<Vec<(u64, Hash)>, ProveError> {
    let mut found = Vec::new();
    if place.first < 1 || place.last < place.first || place.last - place.first > MAX_BETWEEN {
        return Err(ProveError::Gone);
    }
    let mut after = place.first - 1;
    while after < place.last {
        let page = entries_after(snapshot, place.chain, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        for row in page.iter().take_while(|row| row.seq <= place.last) {
            let entry = Entry::from_body(&row.body).ok();
            let of_receipt = |entry: &Entry| entry.request_id == Some(receipt.request_id) && is_covered(entry);
            if entry.as_ref().is_some_and(of_receipt) {
                let index = u64::try_from(row.seq - 1).map_err(|_| ProveError::Gone)?;
                found.push((index, Hash::parse(&row.hash).map_err(|_| ProveError::Gone)?));
            }
        }
        if found.len() > MAX_ENTRIES {
            return Err(ProveError::Gone);
        }
    }
    Ok(found)
}

impl Proof {
    /// Parses a proof file.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let proof: Self = (bytes.len() <= MAX_PROOF_BYTES).then(|| serde_json::from_slice(bytes).ok())??;
        let bounded =
            proof.entries.len() <= MAX_ENTRIES && proof.entries.iter().all(|entry| entry.path.len() <= MAX_PROOF);
        (bounded && proof.form == FORM).then_some(proof)
    }

    /// Verifies the proof against a receipt: by a checkpoint that one of the keys signed, and that the
    /// witness has, if one is given.
    ///
    /// # Errors
    /// Why the proof is not valid.
    pub fn check(
        &self,
        receipt: &Receipt,
        keys: &[PublicKey],
        witnessed: Option<&Witnessed>,
    ) -> Result<(), InvalidReceipt> {
        let recorded = receipt.recorded.as_ref().ok_or(InvalidReceipt::Nothing)?;
        let note = Note::read(&self.checkpoint).ok_or(InvalidReceipt::Unreadable)?;
        if !note.is_signed(keys) {
            return Err(InvalidReceipt::CheckpointNotSigned);
        }
        let hashes: Vec<Hash> = self.entries.iter().map(|entry| entry.hash).collect();
        if hashes.is_empty() || salted_hash(&hashes, self.by_chance.as_bytes()) != recorded.entries {
            return Err(InvalidReceipt::OtherEntries);
        }
        let Checkpoint { size, root, .. } = note.checkpoint;
        let leads = |entry: &InclusionProof| root_from_proof(&entry.hash, entry.index, size, &entry.path) == Some(root);
        if !self.entries.iter().all(leads) {
            return Err(InvalidReceipt::NotInTree);
        }
        if witnessed.is_some_and(|witnessed| !witnessed.has(&note.checkpoint)) {
            return Err(InvalidReceipt::NotWitnessed);
        }
        Ok(())
    }
}

impl SignedReceipt {
    /// Verifies a receipt, and its proof if there is one, with nothing but the public key; and that the
    /// witness has the proof's checkpoint, if its notes are given.
    ///
    /// # Errors
    /// Why they are not valid.
    pub fn check(
        &self,
        proof: Option<&Proof>,
        keys: &[PublicKey],
        witnessed: Option<&Witnessed>,
    ) -> Result<Receipt, InvalidReceipt> {
        let receipt = self.receipt(keys).ok_or(InvalidReceipt::NotSigned)?;
        if let Some(proof) = proof {
            proof.check(&receipt, keys, witnessed)?;
        }
        Ok(receipt)
    }
}
