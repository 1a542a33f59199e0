//! Receipts: signed by the trail's key, they let a caller show later what they were given, and tie it to the
//! entries written about it.
//!
//! A receipt reveals no more than its answer. The positions of its entries are sealed, since positions tell
//! how much others did in between; and it has only a salted hash over the entries' hashes, so that nobody can
//! guess what else the entries say. Whoever has the trail and its key can unseal the positions, and reveals
//! the salt with the proof ([`super::prove`]).
//!
//! No I/O. Input is untrusted: it is bounded, and nothing panics.

use std::collections::BTreeSet;

use aws_lc_rs::{
    aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    error::Unspecified,
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    code::Code,
    entry::{Entry, HeadRef, Kind},
    hash::Hash,
    key::{HeadKey, PublicKey},
};

/// The longest receipt that is read, in bytes.
pub const MAX_RECEIPT: usize = 1 << 18;
const FORM: &str = "thinkfamily receipt 1";
/// The length of what is sealed: the chain, the first and last sequence numbers, and the salt.
const SEALED_LENGTH: usize = 16 + 8 + 8 + 32;

/// The outcomes of look-ups, as in the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookedUp {
    /// How many people were found.
    pub matched: u64,
    /// How many look-ups had more than one candidate.
    pub ambiguous: u64,
    /// How many look-ups found nobody.
    pub not_found: u64,
}

/// What was disclosed: counts and categories, no ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// Families, not counting those of people who were looked up.
    pub families: u64,
    /// People whose membership of a family was disclosed.
    pub people: u64,
    /// Look-ups.
    pub looked_up: LookedUp,
    /// The categories of data disclosed.
    pub categories: BTreeSet<Code>,
    /// The categories of data changed.
    pub changed: BTreeSet<Code>,
}

/// A version of an agreement, and the SHA-256 of its text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgreementText {
    /// The agreement's code.
    pub code: Code,
    /// Its version.
    pub version: i32,
    /// The hash of the text that was loaded.
    pub sha256: Hash,
}

/// The sealed positions of the entries, and the salted hash over them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// The hash over the entries' hashes and the salt.
    pub entries: Hash,
    /// The sealed positions.
    pub place: String,
}

/// The content of a receipt. The order of the fields is that of its JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    form: String,
    /// The request id, as in the response header.
    pub request_id: Uuid,
    /// When it was answered.
    pub at: DateTime<Utc>,
    /// The purpose of the request.
    pub purpose: Code,
    /// What was disclosed or changed.
    pub given: Given,
    /// The clauses under which the caller may have it, as far as agreements go.
    pub clauses: BTreeSet<Code>,
    /// Their agreements.
    pub agreements: BTreeSet<AgreementText>,
    /// The entries; none if no data about anybody was disclosed or changed.
    pub recorded: Option<Recorded>,
}

/// A receipt as issued: its JSON, whose exact bytes were signed, and the signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedReceipt {
    /// The receipt's JSON.
    pub signed: String,
    /// The signature, in base64.
    pub signature: String,
}

/// The content of a receipt before the positions of its entries are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsignedReceipt {
    /// The request id.
    pub request_id: Uuid,
    /// When it was answered.
    pub at: DateTime<Utc>,
    /// The purpose of the request.
    pub purpose: Code,
    /// What was disclosed or changed.
    pub given: Given,
    /// The clauses.
    pub clauses: BTreeSet<Code>,
    /// The agreements.
    pub agreements: BTreeSet<AgreementText>,
}

/// Whether receipts cover an entry: one by which data was disclosed or changed. Refusals are not covered,
/// since that would reveal that something exists.
pub fn is_covered(entry: &Entry) -> bool {
    match entry.kind {
        Kind::Disclosed | Kind::LookedUp => !(entry.families.is_empty() && entry.also.is_empty()),
        kind => kind.announces(),
    }
}

/// The salted hash over the entries' hashes, in order.
pub fn salted_hash(entries: &[Hash], by_chance: &[u8; 32]) -> Hash {
    let mut parts: Vec<&[u8]> = vec![b"thinkfamily receipt entries 1\n", by_chance];
    parts.extend(entries.iter().map(|hash| &hash.as_bytes()[..]));
    Hash::of(&parts)
}

/// The unsealed positions of a receipt's entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedPosition {
    /// The chain.
    pub chain: Uuid,
    /// The sequence number of the first entry.
    pub first: i64,
    /// The sequence number of the last entry.
    pub last: i64,
    /// The salt of the hash over the entries.
    pub by_chance: [u8; 32],
}

fn sealing_key(key: &HeadKey) -> Result<LessSafeKey, Unspecified> {
    let key = key.derive(b"thinkfamily receipt place 1")?;
    Ok(LessSafeKey::new(UnboundKey::new(&AES_256_GCM_SIV, &key)?))
}

fn associated_data(request_id: Uuid) -> Aad<[u8; 16]> {
    Aad::from(*request_id.as_bytes())
}

impl SealedPosition {
    fn seal(&self, request_id: Uuid, key: &HeadKey) -> Result<String, Unspecified> {
        let mut nonce = [0; NONCE_LEN];
        aws_lc_rs::rand::fill(&mut nonce)?;
        let mut sealed = Vec::with_capacity(SEALED_LENGTH);
        sealed.extend(self.chain.as_bytes());
        sealed.extend(self.first.to_be_bytes());
        sealed.extend(self.last.to_be_bytes());
        sealed.extend(self.by_chance);
        let of = Nonce::assume_unique_for_key(nonce);
        sealing_key(key)?.seal_in_place_append_tag(of, associated_data(request_id), &mut sealed)?;
        Ok(URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat()))
    }

    fn open(sealed: &str, request_id: Uuid, key: &HeadKey) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut plain = rest.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let plain = sealing_key(key)
            .ok()?
            .open_in_place(nonce, associated_data(request_id), &mut plain)
            .ok()?;
        let (chain, rest) = plain.split_first_chunk::<16>()?;
        let (first, rest) = rest.split_first_chunk::<8>()?;
        let (last, by_chance) = rest.split_first_chunk::<8>()?;
        Some(Self {
            chain: Uuid::from_bytes(*chain),
            first: i64::from_be_bytes(*first),
            last: i64::from_be_bytes(*last),
            by_chance: by_chance.try_into().ok()?,
        })
    }
}

impl UnsignedReceipt {
    /// Makes and signs the receipt. `entries` are those that it covers, as written.
    ///
    /// # Errors
    /// If the operating system gives no random numbers.
    pub fn sign(self, entries: &[HeadRef], key: &HeadKey) -> Result<SignedReceipt, Unspecified> {
        let mut entries = entries.to_vec();
        entries.sort_unstable();
        let recorded = match (entries.first(), entries.last()) {
            (Some(first), Some(last)) => {
                let mut by_chance = [0; 32];
                aws_lc_rs::rand::fill(&mut by_chance)?;
                let place = SealedPosition {
                    chain: first.chain,
                    first: first.seq,
                    last: last.seq,
                    by_chance,
                };
                let hashes: Vec<Hash> = entries.iter().map(|entry| entry.hash).collect();
                Some(Recorded {
                    entries: salted_hash(&hashes, &by_chance),
                    place: place.seal(self.request_id, key)?,
                })
            }
            _ => None,
        };
        let receipt = Receipt {
            form: FORM.to_owned(),
            request_id: self.request_id,
            at: self.at,
            purpose: self.purpose,
            given: self.given,
            clauses: self.clauses,
            agreements: self.agreements,
            recorded,
        };
        let signed = serde_json::to_string(&receipt).map_err(|_| Unspecified)?;
        let signature = STANDARD.encode(key.signature(&message(&signed)));
        Ok(SignedReceipt { signed, signature })
    }
}

/// The bytes that the signature covers.
fn message(signed: &str) -> Vec<u8> {
    [FORM, "\n", signed].concat().into_bytes()
}

impl SignedReceipt {
    /// Parses a receipt file.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        (bytes.len() <= MAX_RECEIPT).then(|| serde_json::from_slice(bytes).ok())?
    }

    /// The receipt's content, if one of the keys signed it.
    pub fn receipt(&self, keys: &[PublicKey]) -> Option<Receipt> {
        let message = message(&self.signed);
        let signed = keys.iter().any(|key| key.signed(&message, &self.signature));
        let receipt: Receipt = signed.then(|| serde_json::from_str(&self.signed).ok())??;
        (receipt.form == FORM).then_some(receipt)
    }
}

impl Receipt {
    /// Unseals the positions of its entries with the key that sealed them.
    pub fn place(&self, key: &HeadKey) -> Option<SealedPosition> {
        SealedPosition::open(&self.recorded.as_ref()?.place, self.request_id, key)
    }

    /// The receipt in words, for people.
    pub fn words(&self) -> String {
        let list = |codes: &BTreeSet<Code>| match codes.len() {
            0 => "nothing".to_owned(),
            _ => codes.iter().map(Code::as_str).collect::<Vec<_>>().join(", "),
        };
        let given = &self.given;
        let at = self.at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let LookedUp {
            matched,
            ambiguous,
            not_found,
        } = given.looked_up;
        let mut lines = vec![
            format!("request {} of {at} for {}", self.request_id, self.purpose),
            format!(
                "given: {} of {} people of {} families",
                list(&given.categories),
                given.people,
                given.families
            ),
            format!("looked up: {matched} found, {ambiguous} not clear, {not_found} not found"),
            format!("changed: {}", list(&given.changed)),
        ];
        lines.extend(self.agreements.iter().map(|agreement| {
            let AgreementText { code, version, sha256 } = agreement;
            format!("agreement {code} version {version}, text {sha256}")
        }));
        lines.join("\n") + "\n"
    }
}

#[cfg(test)]
mod tests;
