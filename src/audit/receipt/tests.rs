//! Tests of `receipt`.

use super::*;

fn key() -> HeadKey {
    let folder = tempfile::tempdir().unwrap();
    HeadKey::load_or_create(&folder.path().join("trail.key")).unwrap()
}

fn told(given: Given) -> UnsignedReceipt {
    UnsignedReceipt {
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
fn a_receipt_is_what_was_signed_and_only_the_key_unseals_it() {
    let (key, other) = (key(), key());
    let signed = told(Given::default()).sign(&[head(8), head(6)], &key).unwrap();
    let bytes = serde_json::to_vec(&signed).unwrap();
    let receipt = SignedReceipt::read(&bytes).unwrap().receipt(&[key.public()]).unwrap();
    let place = receipt.place(&key).unwrap();
    assert_eq!((place.chain, place.first, place.last), (Uuid::from_u128(5), 6, 8));
    let hashes = [head(6).hash, head(8).hash];
    assert_eq!(
        receipt.recorded.as_ref().unwrap().entries,
        salted_hash(&hashes, &place.by_chance)
    );
    assert_eq!(receipt.place(&other), None);
    assert_eq!(signed.receipt(&[other.public()]), None);
    // The sealed positions are bound to their request.
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
fn positions_counts_and_hashes_of_entries_are_hidden() {
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
fn hostile_receipts_are_rejected() {
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
