//! Receipts and their proofs, from the entry to somebody who has only files and the public key.

use std::{collections::BTreeSet, fs, path::PathBuf};

use super::{Place, code, command::audit, testing::tamper};
use crate::{
    audit::{
        Trail,
        entry::HeadRef,
        hash::Hash,
        prove::Proof,
        receipt::{Given, SignedReceipt, UnsignedReceipt},
    },
    store::trail::TrailStore,
};

/// A name, and the change that invalidates the proof.
type Wronged<'a> = (&'a str, &'a dyn Fn(&mut Proof));

struct Shown {
    place: Place,
    trail: Trail,
    key: PathBuf,
}

impl Shown {
    /// A trail that other requests write to as well.
    async fn new(seed: u64) -> Self {
        let place = Place::new(seed).await;
        let trail = place.open().await;
        let key = place.path().join("trail.key");
        trail.public_key().export(&place.path().join("trail.pub")).unwrap();
        Self { place, trail, key }
    }

    async fn others(&self, count: usize) {
        for _ in 0..count {
            self.trail.append(self.place.disclosed(1, [])).await.unwrap();
        }
    }

    /// An operation of two entries, and its receipt in a file.
    async fn receipt(&self, name: &str) -> (String, Vec<HeadRef>) {
        let request = self.place.ids.uuid();
        let mut entries = Vec::new();
        for _ in 0..2 {
            let mut entry = self.place.disclosed(1, [self.place.ids.uuid()]);
            entry.request_id = Some(request);
            entries.push(self.trail.append(entry).await.unwrap());
            self.others(1).await;
        }
        let told = UnsignedReceipt {
            request_id: request,
            at: self.place.clock.now(),
            purpose: code("safeguarding"),
            given: Given::default(),
            clauses: [code("TFF-2/police-marker")].into(),
            agreements: BTreeSet::new(),
        };
        let signed = told.sign(&entries, self.trail.key()).unwrap();
        let path = self.path(name);
        fs::write(&path, serde_json::to_vec(&signed).unwrap()).unwrap();
        (path, entries)
    }

    fn path(&self, name: &str) -> String {
        self.place.path().join(name).to_str().unwrap().to_owned()
    }

    async fn prove(&self, store: &TrailStore, more: &[&str]) -> (bool, String) {
        let words = [&["prove"], more].concat();
        audit(Some(store), &self.key, &words).await
    }

    async fn check(&self, more: &[&str]) -> (bool, String) {
        let public = self.path("trail.pub");
        let words = [&["verify-receipt", "--public-key", &public], more].concat();
        audit(None, std::path::Path::new("/nowhere"), &words).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_proved_by_few_hashes_and_verified_without_the_trail() {
    let shown = Shown::new(500).await;
    shown.others(300).await;
    let (receipt, entries) = shown.receipt("receipt").await;
    shown.others(200).await;
    let proof = shown.path("proof");
    let (done, said) = shown.prove(&shown.place.store, &[&receipt, "--out", &proof]).await;
    assert!(done, "{said}");
    let (good, said) = shown.check(&[&receipt, &proof]).await;
    assert!(good && said.contains("its entries are in the trail"), "{said}");
    let made = Proof::read(&fs::read(&proof).unwrap()).unwrap();
    assert_eq!(
        made.entries.iter().map(|entry| entry.hash).collect::<Vec<_>>(),
        entries.iter().map(|entry| entry.hash).collect::<Vec<_>>()
    );
    // 505 entries: nine hashes each.
    assert!(made.entries.iter().all(|entry| entry.path.len() <= 9));
    let (good, said) = shown.check(&[&receipt]).await;
    assert!(good && said.contains("without a proof"), "{said}");

    // Any change is found, and named.
    let signed: SignedReceipt = serde_json::from_slice(&fs::read(&receipt).unwrap()).unwrap();
    let changed = SignedReceipt {
        signed: signed.signed.replace("safeguarding", "research"),
        ..signed
    };
    let other = shown.path("changed");
    fs::write(&other, serde_json::to_vec(&changed).unwrap()).unwrap();
    let (good, said) = shown.check(&[&other, &proof]).await;
    assert!(!good && said.starts_with("RECEIPT_NOT_SIGNED"), "{said}");
    let (another, _) = shown.receipt("another").await;
    let (good, said) = shown.check(&[&another, &proof]).await;
    assert!(!good && said.starts_with("OTHER_ENTRIES"), "{said}");
    let with = |change: &dyn Fn(&mut Proof)| {
        let mut proof = made.clone();
        change(&mut proof);
        let path = shown.path("wrong");
        fs::write(&path, serde_json::to_vec(&proof).unwrap()).unwrap();
        path
    };
    let size = made.checkpoint.lines().nth(1).unwrap().to_owned();
    let wrongs: [Wronged<'_>; 6] = [
        ("NOT_IN_TREE", &|proof| proof.entries[0].index += 1),
        ("NOT_IN_TREE", &|proof| proof.entries[1].path[3] = Hash::ZERO),
        ("NOT_IN_TREE", &|proof| proof.entries[1].path.clear()),
        ("OTHER_ENTRIES", &|proof| proof.entries.truncate(1)),
        ("OTHER_ENTRIES", &|proof| proof.by_chance = Hash::ZERO),
        ("CHECKPOINT_NOT_SIGNED", &|proof| {
            proof.checkpoint = proof.checkpoint.replacen(&size, "999999", 1);
        }),
    ];
    for (word, change) in wrongs {
        let (good, said) = shown.check(&[&receipt, &with(change)]).await;
        assert!(!good && said.starts_with(word), "{word}: {said}");
    }
    for junk in ["", "{}", "[[[[[["] {
        fs::write(shown.path("wrong"), junk).unwrap();
        let (good, said) = shown.check(&[&receipt, &shown.path("wrong")]).await;
        assert!(!good && said.starts_with("PROOF_UNREADABLE"), "{said}");
        let (good, said) = shown.check(&[&shown.path("wrong")]).await;
        assert!(!good && said.starts_with("RECEIPT_NOT_SIGNED"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_proof_is_signed_for_a_tampered_trail() {
    let shown = Shown::new(501).await;
    let (receipt, entries) = shown.receipt("receipt").await;
    let (chain, seq) = (entries[0].chain, entries[0].seq);
    shown.others(5).await;
    let proof = shown.path("proof");
    let harm = [
        (
            "UPDATE trail_record SET at = at - 1 WHERE chain = (SELECT number FROM trail_chain WHERE chain_id = $1) AND seq = $2 + 4",
            "CHAIN_NOT_SOUND",
        ),
        (
            "UPDATE trail_record SET hash = (SELECT hash FROM trail_record WHERE chain = (SELECT number FROM trail_chain WHERE chain_id = $1) AND seq = $2 - 1) WHERE chain = (SELECT number FROM trail_chain WHERE chain_id = $1) AND seq = $2",
            "ENTRIES_GONE",
        ),
        (
            "DELETE FROM trail_record WHERE chain = (SELECT number FROM trail_chain WHERE chain_id = $1) AND seq >= $2",
            "ENTRIES_GONE",
        ),
        (
            "DELETE FROM trail_record WHERE chain = (SELECT number FROM trail_chain WHERE chain_id = $1) AND seq > $2 + 4",
            "CHAIN_NOT_SOUND",
        ),
    ];
    for (at, (sql, word)) in harm.into_iter().enumerate() {
        let copy = shown.place.copy(&format!("copy-{at}")).await;
        assert!(tamper(&copy, sql, [chain.into(), seq.into()]).await > 0, "{sql}");
        let (done, said) = shown.prove(&copy, &[&receipt, "--out", &proof]).await;
        assert!(!done && said.contains(word), "{sql}: {said}");
        assert!(!PathBuf::from(&proof).exists());
    }
    // Another key unseals nothing.
    let other = Shown::new(502).await;
    let (done, said) = other.prove(&shown.place.store, &[&receipt, "--out", &proof]).await;
    assert!(!done && said.starts_with("RECEIPT_NOT_SIGNED"), "{said}");
    let key = shown.key.to_str().unwrap();
    let (done, said) = other
        .prove(&shown.place.store, &[&receipt, "--out", &proof, "--key", key])
        .await;
    assert!(done, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_can_use_a_checkpoint_of_the_witness() {
    let shown = Shown::new(503).await;
    let (notes, early) = (shown.path("notes"), shown.path("early"));
    fs::write(&early, shown.trail.checkpoint().1).unwrap();
    let (receipt, _) = shown.receipt("receipt").await;
    fs::write(&notes, shown.trail.checkpoint().1).unwrap();
    shown.others(20).await;
    let (proof, by_witness) = (shown.path("proof"), shown.path("by-witness"));
    let store = &shown.place.store;
    assert!(shown.prove(store, &[&receipt, "--out", &proof]).await.0);
    let (good, said) = shown.check(&[&receipt, &proof, "--witness", &notes]).await;
    assert!(!good && said.starts_with("NOT_WITNESSED"), "{said}");
    let (done, said) = shown
        .prove(store, &[&receipt, "--out", &by_witness, "--witness", &early])
        .await;
    assert!(!done && said.starts_with("NOT_WITNESSED"), "{said}");
    assert!(
        shown
            .prove(store, &[&receipt, "--out", &by_witness, "--witness", &notes])
            .await
            .0
    );
    let (good, said) = shown.check(&[&receipt, &by_witness, "--witness", &notes]).await;
    assert!(good, "{said}");
}
