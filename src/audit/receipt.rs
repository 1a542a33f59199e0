//! Receipts: what whoever asked can show later of what they were given, signed by the trail's key, and what ties it to the entries that were written of it.
//!
//! A receipt says no more than its answer. Where its entries stand is sealed, since places tell how much others did in between; and it has only a hash over
//! theirs with a number drawn by chance, so that nobody can try out what else they say. Whoever has the trail and its key opens the one, and tells the other
//! with the proof ([`super::prove`]).
//!
//! Touches nothing. What is read may come from anybody: it is bounded, and nothing panics.

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

/// No receipt that is read is longer, in bytes.
pub const MAX_RECEIPT: usize = 1 << 18;
const FORM: &str = "thinkfamily receipt 1";
/// What is sealed: chain, first and last place, and what the hash over the entries is drawn with.
const PLACE: usize = 16 + 8 + 8 + 32;

/// How many look-ups came to what, as the answer tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookedUp {
    /// Somebody was found.
    pub matched: u64,
    /// It was not clear who was meant.
    pub ambiguous: u64,
    /// Nobody was found.
    pub not_found: u64,
}

/// What was given: how many, and of which categories. No ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// Families, besides those of people who were looked up.
    pub families: u64,
    /// People whose being of them was told.
    pub people: u64,
    /// Look-ups.
    pub looked_up: LookedUp,
    /// The categories of all of it.
    pub categories: BTreeSet<Code>,
    /// The categories of what was changed.
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

/// Where the entries are, for whoever can open it, and the hash over theirs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// The hash over the entries' hashes and a number drawn by chance.
    pub entries: Hash,
    /// The sealed place.
    pub place: String,
}

/// What a receipt says. Fields stand in the order of its JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    form: String,
    /// The request, as in the answer's header.
    pub request_id: Uuid,
    /// When it was answered.
    pub at: DateTime<Utc>,
    /// What it was wanted for.
    pub purpose: Code,
    /// What was given.
    pub given: Given,
    /// The clauses by which the asker may have that, as far as agreements go.
    pub clauses: BTreeSet<Code>,
    /// Their agreements.
    pub agreements: BTreeSet<AgreementText>,
    /// The entries; none where nothing of anybody was given or changed.
    pub recorded: Option<Recorded>,
}

/// A receipt as it is given out: its JSON, whose bytes are what was signed, and the signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedReceipt {
    /// The receipt's JSON.
    pub signed: String,
    /// The signature, in base64.
    pub signature: String,
}

/// What the asker is told of an operation, before it is known where its entries stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The request.
    pub request_id: Uuid,
    /// When it was answered.
    pub at: DateTime<Utc>,
    /// What it was wanted for.
    pub purpose: Code,
    /// What was given.
    pub given: Given,
    /// The clauses.
    pub clauses: BTreeSet<Code>,
    /// The agreements.
    pub agreements: BTreeSet<AgreementText>,
}

/// Whether a receipt speaks of an entry: one by which something of somebody was given or changed. What was refused is not among them: it would tell that there is something.
pub fn speaks_of(entry: &Entry) -> bool {
    match entry.kind {
        Kind::Disclosed | Kind::LookedUp => !(entry.families.is_empty() && entry.also.is_empty()),
        kind => kind.announces(),
    }
}

/// The hash over the entries' hashes, in order.
pub fn over(entries: &[Hash], by_chance: &[u8; 32]) -> Hash {
    let mut parts: Vec<&[u8]> = vec![b"thinkfamily receipt entries 1\n", by_chance];
    parts.extend(entries.iter().map(|hash| &hash.as_bytes()[..]));
    Hash::of(&parts)
}

/// What is opened of a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The chain.
    pub chain: Uuid,
    /// The place of the first of the entries.
    pub first: i64,
    /// The place of the last.
    pub last: i64,
    /// What the hash over them is drawn with.
    pub by_chance: [u8; 32],
}

fn sealer(key: &HeadKey) -> Result<LessSafeKey, Unspecified> {
    let key = key.derived(b"thinkfamily receipt place 1")?;
    Ok(LessSafeKey::new(UnboundKey::new(&AES_256_GCM_SIV, &key)?))
}

fn bound(request_id: Uuid) -> Aad<[u8; 16]> {
    Aad::from(*request_id.as_bytes())
}

impl Place {
    fn seal(&self, request_id: Uuid, key: &HeadKey) -> Result<String, Unspecified> {
        let mut nonce = [0; NONCE_LEN];
        aws_lc_rs::rand::fill(&mut nonce)?;
        let mut sealed = Vec::with_capacity(PLACE);
        sealed.extend(self.chain.as_bytes());
        sealed.extend(self.first.to_be_bytes());
        sealed.extend(self.last.to_be_bytes());
        sealed.extend(self.by_chance);
        let of = Nonce::assume_unique_for_key(nonce);
        sealer(key)?.seal_in_place_append_tag(of, bound(request_id), &mut sealed)?;
        Ok(URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat()))
    }

    fn open(sealed: &str, request_id: Uuid, key: &HeadKey) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut plain = rest.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let plain = sealer(key)
            .ok()?
            .open_in_place(nonce, bound(request_id), &mut plain)
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

impl Told {
    /// The receipt, signed. `entries` are those that it speaks of, as they were written.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn sign(self, entries: &[HeadRef], key: &HeadKey) -> Result<SignedReceipt, Unspecified> {
        let mut entries = entries.to_vec();
        entries.sort_unstable();
        let recorded = match (entries.first(), entries.last()) {
            (Some(first), Some(last)) => {
                let mut by_chance = [0; 32];
                aws_lc_rs::rand::fill(&mut by_chance)?;
                let place = Place {
                    chain: first.chain,
                    first: first.seq,
                    last: last.seq,
                    by_chance,
                };
                let hashes: Vec<Hash> = entries.iter().map(|entry| entry.hash).collect();
                Some(Recorded {
                    entries: over(&hashes, &by_chance),
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

/// What the signature covers.
fn message(signed: &str) -> Vec<u8> {
    [FORM, "\n", signed].concat().into_bytes()
}

impl SignedReceipt {
    /// Reads a receipt's file.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        (bytes.len() <= MAX_RECEIPT).then(|| serde_json::from_slice(bytes).ok())?
    }

    /// What it says, if one of the keys signed that.
    pub fn receipt(&self, keys: &[PublicKey]) -> Option<Receipt> {
        let message = message(&self.signed);
        let signed = keys.iter().any(|key| key.signed(&message, &self.signature));
        let receipt: Receipt = signed.then(|| serde_json::from_str(&self.signed).ok())??;
        (receipt.form == FORM).then_some(receipt)
    }
}

impl Receipt {
    /// Where its entries stand, with the key that sealed it.
    pub fn place(&self, key: &HeadKey) -> Option<Place> {
        Place::open(&self.recorded.as_ref()?.place, self.request_id, key)
    }

    /// The same in words, for people.
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
mod tests {
    use super::*;

    fn key() -> HeadKey {
        let folder = tempfile::tempdir().unwrap();
        HeadKey::load_or_create(&folder.path().join("trail.key")).unwrap()
    }

    fn told(given: Given) -> Told {
        Told {
            request_id: Uuid::from_u128(9),
            at: "2026-03-02T12:00:00Z".parse().unwrap(),
            purpose: Code::nearest("direct_support"),
            given,
            clauses: BTreeSet::from([Code::nearest("TFF-2/health")]),
            agreements: BTreeSet::new(),
        }
    }

    fn head(seq: i64) -> HeadRef {
        HeadRef {
            chain: Uuid::from_u128(5),
            seq,
            hash: Hash::of(&[&seq.to_be_bytes()]),
        }
    }

    #[test]
    fn a_receipt_is_what_was_signed_and_only_the_key_opens_its_place() {
        let (key, other) = (key(), key());
        let signed = told(Given::default()).sign(&[head(8), head(6)], &key).unwrap();
        let bytes = serde_json::to_vec(&signed).unwrap();
        let receipt = SignedReceipt::read(&bytes).unwrap().receipt(&[key.public()]).unwrap();
        let place = receipt.place(&key).unwrap();
        assert_eq!((place.chain, place.first, place.last), (Uuid::from_u128(5), 6, 8));
        let hashes = [head(6).hash, head(8).hash];
        assert_eq!(
            receipt.recorded.as_ref().unwrap().entries,
            over(&hashes, &place.by_chance)
        );
        assert_eq!(receipt.place(&other), None);
        assert_eq!(signed.receipt(&[other.public()]), None);
        // Of use for its own request alone.
        let moved = Receipt {
            request_id: Uuid::from_u128(10),
            ..receipt.clone()
        };
        assert_eq!(moved.place(&key), None);
        for at in 0..signed.signed.len() {
            let mut changed = signed.signed.clone().into_bytes();
            changed[at] ^= 1;
            let Ok(changed) = String::from_utf8(changed) else {
                continue;
            };
            let changed = SignedReceipt {
                signed: changed,
                ..signed.clone()
            };
            assert_eq!(changed.receipt(&[key.public()]), None, "byte {at}");
        }
    }

    #[test]
    fn neither_place_nor_number_nor_hash_of_entries_can_be_seen() {
        let key = key();
        let lengths: BTreeSet<usize> = [&[head(2)][..], &[head(2), head(3)], &[head(i64::MAX)]]
            .into_iter()
            .map(|entries| told(Given::default()).sign(entries, &key).unwrap().signed.len())
            .collect();
        assert_eq!(lengths.len(), 1);
        let twice = [0, 1].map(|_| told(Given::default()).sign(&[head(2)], &key).unwrap().signed);
        assert_ne!(twice[0], twice[1]);
        assert!(!twice[0].contains(&head(2).hash.to_string()));
        assert!(!twice[0].contains(&head(2).chain.to_string()));
    }

    #[test]
    fn hostile_receipts_are_none() {
        let keys = [key().public()];
        for bytes in [
            &b""[..],
            b"{}",
            b"[]",
            &vec![b'['; 100_000],
            &vec![b' '; MAX_RECEIPT + 1],
            br#"{"signed":"{}","signature":""}"#,
            br#"{"signed":"","signature":"AAAA","more":1}"#,
        ] {
            let read = SignedReceipt::read(bytes);
            assert!(read.is_none_or(|read| read.receipt(&keys).is_none()));
        }
    }
}
