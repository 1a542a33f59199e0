//! Every kind of harm, at random places, is found and named; an untouched trail passes. In the database and in its export.

use std::{fs::File, io::BufReader};

use rand::{RngExt, SeedableRng, rngs::ChaCha12Rng};
use uuid::Uuid;

use super::{
    Place,
    testing::{Value, tamper},
    three_chains,
};
use crate::{
    audit::{
        FindingKind, HeadKey, Report,
        chain::{entry_hash, sign_head},
        entry::{HeadRef, MAX_BODY},
        export::{export, read_heads},
        hash::Hash,
        offline::verify_file,
        verify::verify,
    },
    store::trail::{HeadRow, TrailStore},
};

const ROUNDS: u64 = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Harm {
    EditBody,
    EditBodyAndItsHash,
    EditTime,
    EditKind,
    EditAuthority,
    EditPrevious,
    DeleteOne,
    DeleteFirst,
    SwapTwo,
    RenumberOne,
    RenumberAfterDeleting,
    DeleteTail,
    DeleteTailAndHead,
    DeleteTailAndSetHeadBack,
    DeleteChain,
    DeleteChainAndHead,
    EditHead,
    EditHeadProcess,
    DeleteHead,
    ForgeChain,
    ForgeChainWithAnotherKey,
    AppendForged,
    DropSubjects,
    MoveSubject,
    AddSubject,
    Garbage,
}

const ALL: [Harm; 26] = [
    Harm::EditBody,
    Harm::EditBodyAndItsHash,
    Harm::EditTime,
    Harm::EditKind,
    Harm::EditAuthority,
    Harm::EditPrevious,
    Harm::DeleteOne,
    Harm::DeleteFirst,
    Harm::SwapTwo,
    Harm::RenumberOne,
    Harm::RenumberAfterDeleting,
    Harm::DeleteTail,
    Harm::DeleteTailAndHead,
    Harm::DeleteTailAndSetHeadBack,
    Harm::DeleteChain,
    Harm::DeleteChainAndHead,
    Harm::EditHead,
    Harm::EditHeadProcess,
    Harm::DeleteHead,
    Harm::ForgeChain,
    Harm::ForgeChainWithAnotherKey,
    Harm::AppendForged,
    Harm::DropSubjects,
    Harm::MoveSubject,
    Harm::AddSubject,
    Harm::Garbage,
];

/// What must be among the findings: its kind, and its place in the harmed chain where that is known.
type Expected = Vec<(FindingKind, Option<i64>)>;

struct Target<'a> {
    store: &'a TrailStore,
    chain: Uuid,
    last: i64,
    /// An entry that is neither the first nor the last, nor next to them.
    at: i64,
}

impl Target<'_> {
    async fn run(&self, sql: &str, more: impl IntoIterator<Item = Value>) -> u64 {
        let values = std::iter::once(Value::from(self.chain)).chain(more);
        tamper(self.store, sql, values).await
    }

    /// Writes the chain anew from `from` on, with every hash right.
    async fn forge(&self, from: i64, change: impl Fn(&str) -> String) -> HeadRef {
        let snapshot = self.store.snapshot().await.unwrap();
        let rows = snapshot.entries_after(self.chain, None, 500, MAX_BODY).await.unwrap();
        drop(snapshot);
        let mut head = HeadRef {
            chain: self.chain,
            seq: 0,
            hash: Hash::ZERO,
        };
        for row in rows {
            let body = if row.seq == from { change(&row.body) } else { row.body };
            let prev = head.hash;
            head.seq = row.seq;
            head.hash = entry_hash(&prev, self.chain, row.seq, &body);
            let sql = "UPDATE trail_entry SET body = $3, prev_hash = $4, hash = $5 WHERE chain_id = $1 AND seq = $2";
            let texts = [body, prev.to_string(), head.hash.to_string()].map(Value::from);
            self.run(sql, std::iter::once(Value::from(row.seq)).chain(texts)).await;
        }
        head
    }

    async fn put_head(&self, head: &HeadRow) {
        let sql = "UPDATE trail_head SET seq = $2, hash = $3, signature = $4 WHERE chain_id = $1";
        let texts = [head.hash.as_str().into(), head.signature.as_str().into()];
        let done = self.run(sql, std::iter::once(Value::from(head.seq)).chain(texts)).await;
        assert_eq!(done, 1);
    }
}

#[expect(clippy::too_many_lines, reason = "a table of harms, each a few lines")]
async fn harm(harm: Harm, target: &Target<'_>, rng: &mut ChaCha12Rng) -> Expected {
    use FindingKind as K;
    let (at, last) = (target.at, target.last);
    let here = "WHERE chain_id = $1 AND seq = $2";
    let change = |body: &str| body.replace("safeguarding", "prevention_of_crime");
    match harm {
        Harm::EditBody => {
            let sql = format!("UPDATE trail_entry SET body = replace(body, 'safeguarding', 'housing') {here}");
            target.run(&sql, [at.into()]).await;
            vec![(K::EditedEntry, Some(at))]
        }
        Harm::EditBodyAndItsHash => {
            let snapshot = target.store.snapshot().await.unwrap();
            let row = snapshot
                .entries_after(target.chain, Some(at - 1), 1, MAX_BODY)
                .await
                .unwrap()
                .remove(0);
            drop(snapshot);
            let body = change(&row.body);
            let hash = entry_hash(&Hash::parse(&row.prev_hash).unwrap(), target.chain, at, &body).to_string();
            let sql = format!("UPDATE trail_entry SET body = $3, hash = $4 {here}");
            target.run(&sql, [at.into(), body.into(), hash.into()]).await;
            vec![(K::BrokenLink, Some(at + 1))]
        }
        Harm::EditTime => {
            let sql = format!("UPDATE trail_entry SET recorded_at = '2026-03-01T00:00:00+00:00' {here}");
            target.run(&sql, [at.into()]).await;
            vec![(K::EditedEntry, Some(at))]
        }
        Harm::EditKind => {
            target
                .run(&format!("UPDATE trail_entry SET kind = 'refused' {here}"), [at.into()])
                .await;
            vec![(K::EditedEntry, Some(at))]
        }
        Harm::EditAuthority => {
            target
                .run(&format!("UPDATE trail_entry SET authority_id = 9 {here}"), [at.into()])
                .await;
            vec![(K::EditedEntry, Some(at))]
        }
        Harm::EditPrevious => {
            let sql = format!("UPDATE trail_entry SET prev_hash = hash {here}");
            target.run(&sql, [at.into()]).await;
            vec![(K::EditedEntry, Some(at))]
        }
        Harm::DeleteOne => {
            target
                .run(&format!("DELETE FROM trail_entry {here}"), [at.into()])
                .await;
            vec![(K::MissingEntry, Some(at))]
        }
        Harm::DeleteFirst => {
            target
                .run("DELETE FROM trail_entry WHERE chain_id = $1 AND seq = 1", [])
                .await;
            vec![(K::MissingEntry, Some(1))]
        }
        Harm::SwapTwo => {
            let other = if at > 10 { rng.random_range(2..at - 1) } else { last - 2 };
            for (from, to) in [(at, 1_000_000), (other, at), (1_000_000, other)] {
                let sql = format!("UPDATE trail_entry SET seq = $3 {here}");
                assert_eq!(target.run(&sql, [from.into(), to.into()]).await, 1);
            }
            vec![(K::Reordered, Some(at)), (K::Reordered, Some(other))]
        }
        Harm::RenumberOne => {
            let to = last + rng.random_range(1..50);
            target
                .run(
                    &format!("UPDATE trail_entry SET seq = $3 {here}"),
                    [at.into(), to.into()],
                )
                .await;
            vec![
                (K::MissingEntry, Some(at)),
                (K::Reordered, Some(to)),
                (K::BeyondHead, Some(last + 1)),
            ]
        }
        Harm::RenumberAfterDeleting => {
            target
                .run(&format!("DELETE FROM trail_entry {here}"), [at.into()])
                .await;
            for seq in at + 1..=last {
                let sql = format!("UPDATE trail_entry SET seq = seq - 1 {here}");
                target.run(&sql, [seq.into()]).await;
            }
            vec![(K::Reordered, Some(at)), (K::TruncatedTail, Some(last))]
        }
        Harm::DeleteTail => {
            target
                .run("DELETE FROM trail_entry WHERE chain_id = $1 AND seq > $2", [at.into()])
                .await;
            vec![(K::TruncatedTail, Some(at + 1))]
        }
        Harm::DeleteTailAndHead => {
            target
                .run("DELETE FROM trail_entry WHERE chain_id = $1 AND seq > $2", [at.into()])
                .await;
            target.run("DELETE FROM trail_head WHERE chain_id = $1", []).await;
            vec![(K::MissingHead, Some(at)), (K::TruncatedTail, Some(at + 1))]
        }
        Harm::DeleteTailAndSetHeadBack => {
            target
                .run("DELETE FROM trail_entry WHERE chain_id = $1 AND seq > $2", [at.into()])
                .await;
            let sql = "UPDATE trail_head SET seq = $2, hash = \
                       (SELECT hash FROM trail_entry WHERE chain_id = $1 AND seq = $2) WHERE chain_id = $1";
            target.run(sql, [at.into()]).await;
            vec![(K::BadHeadSignature, Some(at)), (K::TruncatedTail, Some(at + 1))]
        }
        Harm::DeleteChain => {
            target.run("DELETE FROM trail_entry WHERE chain_id = $1", []).await;
            vec![(K::MissingChain, None)]
        }
        Harm::DeleteChainAndHead => {
            for table in ["entry", "head", "subject"] {
                target
                    .run(&format!("DELETE FROM trail_{table} WHERE chain_id = $1"), [])
                    .await;
            }
            vec![(K::MissingChain, Some(last))]
        }
        Harm::EditHead => {
            let sql = "UPDATE trail_head SET seq = seq - 1 WHERE chain_id = $1";
            target.run(sql, []).await;
            vec![
                (K::BadHeadSignature, Some(last - 1)),
                (K::BeyondHead, Some(last)),
                (K::HeadNotInChain, Some(last - 1)),
            ]
        }
        Harm::EditHeadProcess => {
            target
                .run("UPDATE trail_head SET process = 'other' WHERE chain_id = $1", [])
                .await;
            vec![(K::BadHeadSignature, Some(last))]
        }
        Harm::DeleteHead => {
            target.run("DELETE FROM trail_head WHERE chain_id = $1", []).await;
            vec![(K::MissingHead, Some(last))]
        }
        Harm::ForgeChain => {
            target.forge(at, change).await;
            vec![(K::HeadNotInChain, Some(last))]
        }
        Harm::ForgeChainWithAnotherKey => {
            let head = target.forge(at, change).await;
            let folder = tempfile::tempdir().unwrap();
            let key = HeadKey::load_or_create(&folder.path().join("key")).unwrap();
            let old = target.store.head(target.chain).await.unwrap().unwrap();
            target
                .put_head(&sign_head(&key, &head, &old.process, old.updated_at))
                .await;
            vec![(K::BadHeadSignature, Some(last)), (K::HeadNotInChain, Some(last))]
        }
        Harm::AppendForged => {
            let old = target.store.head(target.chain).await.unwrap().unwrap();
            let body = r#"{"v":1,"at":"2026-03-02T12:00:00.000000Z","kind":"refused"}"#;
            let hash = entry_hash(&Hash::parse(&old.hash).unwrap(), target.chain, last + 1, body).to_string();
            let sql =
                "INSERT INTO trail_entry VALUES ($1, $2, '2026-03-02T12:00:00+00:00', NULL, 'refused', $3, $4, $5)";
            target
                .run(sql, [(last + 1).into(), body.into(), old.hash.into(), hash.into()])
                .await;
            vec![(K::BeyondHead, Some(last + 1))]
        }
        Harm::DropSubjects => {
            let sql = "DELETE FROM trail_subject WHERE chain_id = $1 AND seq = \
                       (SELECT max(seq) FROM trail_subject WHERE chain_id = $1 AND seq <= $2)";
            assert!(target.run(sql, [at.into()]).await > 0);
            vec![(K::SubjectMissing, None)]
        }
        Harm::MoveSubject => {
            let sql = "UPDATE trail_subject SET recorded_at = '2020-01-01T00:00:00+00:00' WHERE chain_id = $1 AND seq = \
                       (SELECT max(seq) FROM trail_subject WHERE chain_id = $1 AND seq <= $2)";
            assert!(target.run(sql, [at.into()]).await > 0);
            vec![(K::SubjectMissing, None)]
        }
        Harm::AddSubject => {
            let sql = "INSERT INTO trail_subject VALUES (1, $3, '2020-01-01T00:00:00+00:00', $1, $2)";
            target.run(sql, [at.into(), Uuid::from_u128(7).into()]).await;
            vec![(K::SubjectExtra, Some(at))]
        }
        Harm::Garbage => {
            let garbage = [
                "body = x'00ff'",
                "seq = 'x'",
                "recorded_at = 'never'",
                "hash = 3",
                "authority_id = 'y'",
            ];
            let sql = format!(
                "UPDATE trail_entry SET {} {here}",
                garbage[rng.random_range(0..garbage.len())]
            );
            target.run(&sql, [at.into()]).await;
            vec![]
        }
    }
}

fn assert_found(what: &str, target: &Target<'_>, expected: &Expected, report: &Report) {
    assert!(!report.is_sound(), "{what} was not found");
    for (kind, seq) in expected {
        let named = report.findings.iter().any(|finding| {
            finding.kind == *kind
                && finding.chain == Some(target.chain)
                && seq.is_none_or(|seq| finding.seq == Some(seq))
        });
        assert!(
            named,
            "{what}: no {kind:?} at {seq:?} of {}: {:#?}",
            target.chain, report.findings
        );
    }
    let elsewhere = |chain: Option<Uuid>| chain.is_some_and(|chain| chain != target.chain);
    assert!(
        !report.findings.iter().any(|finding| elsewhere(finding.chain)),
        "{what}: blames another chain: {:#?}",
        report.findings
    );
}

async fn exported_heads(place: &Place, store: &TrailStore) -> Vec<HeadRow> {
    let path = place.path().join("heads.jsonl");
    export(store, true, &mut File::create(&path).unwrap()).await.unwrap();
    read_heads(BufReader::new(File::open(&path).unwrap())).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_untouched_trail_passes() {
    let (place, _) = three_chains(100).await;
    let heads = exported_heads(&place, &place.store).await;
    assert_eq!(heads.len(), 3);
    let report = verify(&place.store, &[place.key.public()], &heads).await.unwrap();
    assert!(report.is_sound(), "{:?}", report.findings);
    assert_eq!(report.chains, 3);
    assert!(report.entries > 270);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_harm_is_found_and_named() {
    for round in 0..ROUNDS {
        let (place, chains) = three_chains(200 + round).await;
        let mut rng = ChaCha12Rng::seed_from_u64(round);
        let exported = exported_heads(&place, &place.store).await;
        let keys = [place.key.public()];
        for what in ALL {
            let name = format!("{what:?}");
            let store = place.copy(&name).await;
            let chain = chains[rng.random_range(0..3)];
            let last = store.head(chain).await.unwrap().unwrap().seq;
            let target = Target {
                store: &store,
                chain,
                last,
                at: rng.random_range(4..last - 3),
            };
            let expected = harm(what, &target, &mut rng).await;
            // Of the newest chain no other names the head. So, without exported heads, it cannot be noticed when it is gone
            // with its head, and of some harm only the missing or unsigned head shows.
            let newest = chain == chains[2];
            let alone = verify(&store, &keys, &[]).await.unwrap();
            match what {
                Harm::DeleteChainAndHead if newest => assert!(alone.is_sound()),
                Harm::DeleteTailAndHead | Harm::DeleteTailAndSetHeadBack | Harm::ForgeChainWithAnotherKey if newest => {
                    assert_found(&name, &target, &expected[..1].to_vec(), &alone);
                }
                _ => assert_found(&name, &target, &expected, &alone),
            }
            let report = verify(&store, &keys, &exported).await.unwrap();
            assert_found(&name, &target, &expected, &report);
            offline(&place, &target, what, &expected, &exported).await;
        }
    }
}

/// The same harm, found in an export by somebody who has only the file, the public key and the earlier heads.
async fn offline(place: &Place, target: &Target<'_>, what: Harm, expected: &Expected, exported: &[HeadRow]) {
    let path = place.path().join("export.jsonl");
    let written = export(target.store, false, &mut File::create(&path).unwrap()).await;
    let columns = [Harm::EditTime, Harm::EditKind, Harm::EditAuthority];
    let index = [Harm::DropSubjects, Harm::MoveSubject, Harm::AddSubject];
    if what == Harm::Garbage {
        return;
    }
    written.unwrap();
    let report = verify_file(&path, &[place.key.public()], exported).unwrap();
    if columns.contains(&what) || index.contains(&what) {
        assert!(report.is_sound(), "what {what:?} changed is not in the file");
    } else {
        assert_found(&format!("offline {what:?}"), target, expected, &report);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_put_back_to_an_earlier_day_is_found_by_exported_heads() {
    let place = Place::new(300).await;
    let trail = place.open().await;
    trail.append(place.disclosed(1, [])).await.unwrap();
    let earlier = place.copy("earlier").await;
    trail.append(place.disclosed(1, [])).await.unwrap();
    trail.close().await;
    let heads = exported_heads(&place, &place.store).await;
    let keys = [place.key.public()];
    assert!(verify(&earlier, &keys, &[]).await.unwrap().is_sound());
    let report = verify(&earlier, &keys, &heads).await.unwrap();
    assert_eq!(report.findings.len(), 1);
    assert_eq!(report.findings[0].kind, FindingKind::TruncatedTail);
    assert_eq!(report.findings[0].seq, Some(3));
}
