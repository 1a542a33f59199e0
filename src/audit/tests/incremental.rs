//! Incremental verification while a server runs, page by page.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{Place, testing::tamper, three_chains};
use crate::{
    audit::{
        FindingKind, PublicKey, Report,
        verify::{
            incremental::{IncrementalCheck, check_recent},
            verify,
        },
    },
    store::trail::TrailStore,
};

async fn round(incremental: &mut IncrementalCheck) -> (Report, u32) {
    let (mut all, mut pages) = (Report::default(), 0);
    loop {
        let page = incremental.page().await.unwrap();
        all = all.followed_by(page.report);
        pages += 1;
        if page.ends {
            return (all, pages);
        }
    }
}

/// The findings of one round.
pub(super) async fn a_round(store: &TrailStore, keys: &[PublicKey]) -> Report {
    let mut incremental = IncrementalCheck::from(store.clone(), keys.to_vec(), None)
        .await
        .unwrap();
    round(&mut incremental).await.0
}

/// The findings by kind and position.
pub(super) fn places(report: &Report) -> BTreeSet<(FindingKind, Option<Uuid>, Option<i64>)> {
    let findings = report.findings.iter();
    findings.map(|found| (found.kind, found.chain, found.seq)).collect()
}

fn found(report: &Report) -> BTreeSet<(FindingKind, Option<i64>)> {
    report
        .findings
        .iter()
        .map(|finding| (finding.kind, finding.seq))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_finds_what_full_verification_finds_and_resumes() {
    let (place, chains) = three_chains(700).await;
    let keys = vec![place.key.public()];
    let mut incremental = IncrementalCheck::from(place.store.clone(), keys.clone(), None)
        .await
        .unwrap();
    for _ in 0..2 {
        let (report, pages) = round(&mut incremental).await;
        assert!(report.is_sound(), "{:?}", report.findings);
        assert!(
            report.entries > 270 && pages > 6,
            "{} entries, {pages} pages",
            report.entries
        );
    }
    assert!(check_recent(&place.store, &keys).await.unwrap().is_sound());

    // Entries written meanwhile are not findings.
    let trail = place.open().await;
    let mut pages = 0;
    loop {
        trail.append(place.disclosed(1, [place.ids.uuid()])).await.unwrap();
        let page = incremental.page().await.unwrap();
        assert!(page.report.is_sound(), "{:?}", page.report.findings);
        pages += 1;
        if page.ends {
            break;
        }
    }
    assert!(pages > 6);
    trail.close().await;

    let harmed = place.copy("harmed").await;
    tamper(
        &harmed,
        "UPDATE trail_record SET at = at - 1 WHERE chain = (SELECT number FROM trail_chain WHERE chain_id = $1) AND seq = 70",
        [chains[1].into()],
    )
    .await;
    tamper(
        &harmed,
        "UPDATE trail_families SET at = at - 1 WHERE chain = (SELECT number FROM trail_chain WHERE chain_id = $1) AND seq < 20",
        [chains[2].into()],
    )
    .await;
    tamper(
        &harmed,
        "DELETE FROM trail_record WHERE chain = (SELECT number FROM trail_chain WHERE chain_id = $1) AND seq > 80",
        [chains[0].into()],
    )
    .await;
    let mut incremental = IncrementalCheck::from(harmed.clone(), keys.clone(), None)
        .await
        .unwrap();
    // Resumed from its progress after each page, as by a server that is restarted again and again.
    let mut all = Report::default();
    loop {
        let page = incremental.page().await.unwrap();
        all = all.followed_by(page.report);
        if page.ends {
            break;
        }
        incremental = IncrementalCheck::from(harmed.clone(), keys.clone(), incremental.place())
            .await
            .unwrap();
    }
    for wanted in [
        (FindingKind::EditedEntry, Some(70)),
        (FindingKind::TruncatedTail, Some(81)),
    ] {
        assert!(found(&all).contains(&wanted), "{wanted:?}: {:?}", all.findings);
    }
    assert!(
        all.findings
            .iter()
            .any(|finding| finding.kind == FindingKind::SubjectMissing)
    );
    // The check of recent entries only sees the truncated tail.
    let late = check_recent(&harmed, &keys).await.unwrap();
    assert!(
        found(&late).contains(&(FindingKind::TruncatedTail, Some(81))),
        "{:?}",
        late.findings
    );
    // A value of the wrong type is found, and the next chain is still checked.
    let garbage = place.copy("garbage").await;
    tamper(
        &garbage,
        "UPDATE trail_record SET at = 'never' WHERE seq = 3 AND chain <> (SELECT number FROM trail_chain WHERE chain_id = $1)",
        [chains[2].into()],
    )
    .await;
    let mut of_garbage = IncrementalCheck::from(garbage, keys.clone(), None).await.unwrap();
    let (report, _) = round(&mut of_garbage).await;
    let kinds: BTreeSet<_> = report.findings.iter().map(|finding| finding.kind).collect();
    assert!(kinds.contains(&FindingKind::Unreadable), "{:?}", report.findings);
    assert!(report.entries > 90, "{} entries", report.entries);
    // A position that no longer exists cannot be resumed from.
    tamper(&harmed, "DELETE FROM trail_record", []).await;
    let mut anew = IncrementalCheck::from(harmed, keys, incremental.place()).await.unwrap();
    assert_eq!(round(&mut anew).await.0.entries, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_finds_surplus_index_rows() {
    let (place, chains) = three_chains(702).await;
    let keys = vec![place.key.public()];
    let number = "(SELECT number FROM trail_chain WHERE chain_id = $1)";
    let last = place.store.head(chains[1]).await.unwrap().unwrap().seq;
    // Rows beyond the end of a chain, before its start, of a missing chain, and of entries about something
    // else.
    for (name, chain, seq, of_chain) in [
        ("beyond", number.to_owned(), last + 1000, Some(chains[1])),
        ("before", number.to_owned(), -3, Some(chains[1])),
        ("nowhere", format!("{number} + 77"), 5, None),
        ("beside", number.to_owned(), 1, Some(chains[1])),
    ] {
        let store = place.copy(name).await;
        let sql = format!(
            "INSERT INTO trail_families (at, seq, chain, authority_id, bucket, members) SELECT 0, $2, {chain}, 1, 9, $3"
        );
        tamper(&store, &sql, [chains[1].into(), seq.into(), vec![7_u8; 16].into()]).await;
        let by_itself = a_round(&store, &keys).await;
        let wanted = (FindingKind::SubjectExtra, of_chain, Some(seq));
        assert!(places(&by_itself).contains(&wanted), "{name}: {:?}", by_itself.findings);
        let whole = verify(&store, &keys, &[]).await.unwrap();
        assert_eq!(places(&whole), places(&by_itself), "{name}");
    }
}

#[tokio::test]
async fn an_empty_trail_can_be_verified_incrementally() {
    let place = Place::new(701).await;
    let mut incremental = IncrementalCheck::from(place.store.clone(), Vec::new(), None)
        .await
        .unwrap();
    assert_eq!(round(&mut incremental).await, (Report::default(), 1));
    assert_eq!(incremental.place(), None);
    assert!(check_recent(&place.store, &[]).await.unwrap().is_sound());
}
