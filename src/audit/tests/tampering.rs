//! Every kind of tampering, at random positions, is found and named; an untouched trail verifies. In the
//! database and in its export.

use std::{fs::File, io::BufReader};

use rand::{RngExt, SeedableRng, rngs::ChaCha12Rng};
use uuid::Uuid;

use super::{
    Place,
    harm::{ALL, Expected, Harm, Target, harm},
    incremental::{a_round, places},
    testing::tamper,
    three_chains,
};
use crate::{
    audit::{
        FindingKind, Report,
        export::{export, read_heads},
        offline::verify_file,
        verify::verify,
    },
    store::trail::{HeadRow, TrailStore},
};

const ROUNDS: u64 = 4;

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
async fn every_tampering_is_found_and_named() {
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
            // No other chain names the head of the newest chain. So without exported heads nothing shows that
            // it is missing together with its head, and of some tampering only the missing or unsigned head
            // shows.
            let newest = chain == chains[2];
            let alone = verify(&store, &keys, &[]).await.unwrap();
            match what {
                Harm::DeleteChainAndHead if newest => assert!(alone.is_sound()),
                Harm::DeleteTailAndHead | Harm::DeleteTailAndSetHeadBack | Harm::ForgeChainWithAnotherKey if newest => {
                    assert_found(&name, &target, &expected[..1].to_vec(), &alone);
                }
                _ => assert_found(&name, &target, &expected, &alone),
            }
            // Incremental verification finds the same.
            let by_itself = a_round(&store, &keys).await;
            assert_eq!(places(&by_itself), places(&alone), "{name}");
            let report = verify(&store, &keys, &exported).await.unwrap();
            assert_found(&name, &target, &expected, &report);
            offline(&place, &target, what, &expected, &exported).await;
        }
    }
}

/// The same tampering found in an export, with only the file, the public key and earlier heads.
async fn offline(place: &Place, target: &Target<'_>, what: Harm, expected: &Expected, exported: &[HeadRow]) {
    let path = place.path().join("export.jsonl");
    let written = export(target.store, false, &mut File::create(&path).unwrap()).await;
    let index = [Harm::MoveFamilies, Harm::AddToFamilies];
    if matches!(what, Harm::Garbage | Harm::AddFamilies) {
        return;
    }
    written.unwrap();
    let report = verify_file(&path, &[place.key.public()], exported).unwrap();
    if index.contains(&what) {
        assert!(report.is_sound(), "what {what:?} changed is not in the file");
    } else {
        assert_found(&format!("offline {what:?}"), target, expected, &report);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn exported_heads_detect_a_rollback_of_the_database() {
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

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_or_missing_word_is_found_in_every_entry_that_uses_it() {
    let (place, _) = three_chains(400).await;
    let keys = [place.key.public()];
    for (name, sql) in [
        (
            "changed",
            "UPDATE trail_word SET body = replace(body, 'safeguarding', 'housing')",
        ),
        ("gone", "DELETE FROM trail_word WHERE body LIKE '%safeguarding%'"),
    ] {
        let store = place.copy(name).await;
        assert!(tamper(&store, sql, []).await > 0);
        let report = verify(&store, &keys, &[]).await.unwrap();
        // All entries except the first of each chain.
        assert_eq!(report.total, report.entries - 3, "{name}");
        assert!(
            report
                .findings
                .iter()
                .all(|finding| finding.kind == FindingKind::EditedEntry)
        );
    }
}
