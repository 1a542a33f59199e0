//! What a witness's copies and the cross-links between chains find that the database itself does not show.

use std::{collections::BTreeSet, fs, time::Duration};

use uuid::Uuid;

use super::{Place, command::audit, harm::Target, testing::tamper};
use crate::{
    audit::{
        Entry, FindingKind, Kind, Trail, TrailOptions, chain::sign_head, cross_links::CrossLinks, entry::HeadRef,
        hash::Hash, marks, verify::verify,
    },
    store::trail::TrailStore,
};

/// Selects the chain with id `$1`, by its number.
const CHAIN: &str = "chain = (SELECT number FROM trail_chain WHERE chain_id = $1)";

async fn write(place: &Place, trail: &Trail, count: usize) {
    for _ in 0..count {
        trail.append(place.disclosed(1, [place.ids.uuid()])).await.unwrap();
    }
}

/// Deletes all rows of a chain, as if it had never existed.
async fn take_away(store: &TrailStore, chain: Uuid, after: i64) {
    for table in ["trail_record", "trail_families"] {
        let sql = format!("DELETE FROM {table} WHERE {CHAIN} AND seq > $2");
        tamper(store, &sql, [chain.into(), after.into()]).await;
    }
}

/// Puts back the head that a chain had at an earlier position.
async fn put_head_back(place: &Place, store: &TrailStore, at: &HeadRef) {
    let head = sign_head(&place.key, at, "test-1", place.clock.now());
    tamper(
        store,
        "UPDATE trail_head SET seq = $2, hash = $3, signature = $4, updated_at = $5 WHERE chain_id = $1",
        [
            at.chain.into(),
            head.seq.into(),
            head.hash.into(),
            head.signature.into(),
            head.updated_at.into(),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_detects_rollback_and_rewriting_with_the_key() {
    let place = Place::new(600).await;
    let trail = place.open().await;
    let chain = trail.opened();
    let folder = place.path().join("witness");
    fs::create_dir(&folder).unwrap();
    let file = folder.join(format!("{chain}.checkpoints"));
    let mut told = String::new();
    write(&place, &trail, 5).await;
    let early = trail.append(place.disclosed(1, [])).await.unwrap();
    told += &trail.checkpoint().1;
    write(&place, &trail, 5).await;
    told += &trail.checkpoint().1;
    fs::write(&file, &told).unwrap();
    write(&place, &trail, 5).await;
    let key = place.path().join("trail.key");
    let (whole, witness) = (place.path().join("whole"), folder.to_str().unwrap().to_owned());
    let check = async |store: &TrailStore| audit(Some(store), &key, &["verify", "--witness", &witness]).await;
    let (sound, said) = check(&place.store).await;
    assert!(sound, "{said}");

    let without_witness = async |store: &TrailStore| verify(store, &[place.key.public()], &[]).await.unwrap();
    // The newest entries and their head are rolled back together: nothing in the database shows it.
    let back = place.copy("back").await;
    take_away(&back, chain, early.seq).await;
    put_head_back(&place, &back, &early).await;
    assert!(without_witness(&back).await.is_sound());
    let (sound, said) = check(&back).await;
    assert!(
        !sound && said.contains("TRUNCATED_TAIL") && said.contains("the witness was told of 12"),
        "{said}"
    );
    // The same in an export.
    assert!(audit(Some(&back), &key, &["export", whole.to_str().unwrap()]).await.0);
    let (sound, said) = audit(
        None,
        &key,
        &["verify", "--file", whole.to_str().unwrap(), "--witness", &witness],
    )
    .await;
    assert!(!sound && said.contains("TRUNCATED_TAIL"), "{said}");

    // A whole chain is missing.
    let gone = place.copy("gone").await;
    take_away(&gone, chain, 0).await;
    tamper(&gone, "DELETE FROM trail_head WHERE chain_id = $1", [chain.into()]).await;
    assert!(without_witness(&gone).await.is_sound());
    let (sound, said) = check(&gone).await;
    assert!(
        !sound && said.starts_with(&format!("MISSING_CHAIN chain {chain}")),
        "{said}"
    );

    // Somebody with the key rewrites an entry and all that follow.
    let forged = place.copy("forged").await;
    let target = Target {
        store: &forged,
        chain,
        last: early.seq,
        at: 4,
    };
    let last = target.forge(4).await;
    put_head_back(&place, &forged, &last).await;
    assert!(without_witness(&forged).await.is_sound());
    let (sound, said) = check(&forged).await;
    assert!(
        !sound && said.starts_with(&format!("NOT_AS_WITNESSED chain {chain} entry 7")),
        "{said}"
    );

    // The witness's own notes are checked too.
    fs::write(&file, told.replacen("\n7\n", "\n8\n", 1)).unwrap();
    let (sound, said) = check(&place.store).await;
    assert!(!sound && said.contains("BAD_HEAD_SIGNATURE"), "{said}");
    fs::write(&file, &told[..told.len() - 40]).unwrap();
    let (sound, said) = check(&place.store).await;
    assert!(!sound && said.contains("UNREADABLE"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn chains_cross_link_while_they_run_and_only_when_needed() {
    let place = Place::new(601).await;
    let (one, other) = (place.open().await, place.open().await);
    let (mut of_one, mut of_other) = (CrossLinks::new(one.clone()), CrossLinks::new(other.clone()));
    // The start of the other chain is news to this one. That it was named is no news to the other.
    assert_eq!(of_one.link().await.unwrap(), 1);
    assert_eq!((of_other.link().await.unwrap(), of_one.link().await.unwrap()), (0, 0));
    write(&place, &other, 3).await;
    let cut = other.append(place.disclosed(1, [])).await.unwrap();
    write(&place, &other, 3).await;
    assert_eq!((of_one.link().await.unwrap(), of_other.link().await.unwrap()), (1, 0));
    assert_eq!((of_one.link().await.unwrap(), of_other.link().await.unwrap()), (0, 0));
    write(&place, &one, 1).await;
    assert_eq!((of_one.link().await.unwrap(), of_other.link().await.unwrap()), (0, 1));
    let keys = [place.key.public()];
    let report = verify(&place.store, &keys, &[]).await.unwrap();
    assert!(report.is_sound(), "{:?}", report.findings);
    // One chain is rolled back with its head; the other shows it, in the database and in an export.
    let back = place.copy("back").await;
    take_away(&back, other.opened(), cut.seq).await;
    put_head_back(&place, &back, &cut).await;
    let report = verify(&back, &keys, &[]).await.unwrap();
    let kinds: Vec<_> = report
        .findings
        .iter()
        .map(|found| (found.kind, found.chain, found.seq))
        .collect();
    assert_eq!(
        kinds,
        [(FindingKind::TruncatedTail, Some(other.opened()), Some(cut.seq + 1))]
    );
    assert!(
        report.findings[0]
            .sentence
            .contains(&format!("of chain {}", one.opened()))
    );
    let whole = place.path().join("whole");
    let key = place.path().join("trail.key");
    assert!(audit(Some(&back), &key, &["export", whole.to_str().unwrap()]).await.0);
    let (sound, said) = audit(None, &key, &["verify", "--file", whole.to_str().unwrap()]).await;
    assert!(!sound && said.contains("TRUNCATED_TAIL"), "{said}");
    // And a whole chain.
    take_away(&back, other.opened(), 0).await;
    tamper(
        &back,
        "DELETE FROM trail_head WHERE chain_id = $1",
        [other.opened().into()],
    )
    .await;
    let report = verify(&back, &keys, &[]).await.unwrap();
    let kinds: BTreeSet<_> = report.findings.iter().map(|found| (found.kind, found.chain)).collect();
    assert_eq!(
        kinds,
        BTreeSet::from([(FindingKind::MissingChain, Some(other.opened()))])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_tail_is_named_by_the_next_chain() {
    let place = Place::new(602).await;
    let options = || TrailOptions {
        marks_folder: Some(place.path().to_owned()),
        timeout: Duration::from_secs(5),
        ..TrailOptions::default()
    };
    let trail = place.open_with(options()).await;
    let identity = place.store.identity_or(place.ids.uuid()).await.unwrap();
    trail.note_in(place.path().to_owned(), identity);
    let kept = trail.append(place.disclosed(1, [])).await.unwrap();
    write(&place, &trail, 3).await;
    trail.close().await;
    let heads = marks::read(place.path()).unwrap();
    assert_eq!(
        heads.iter().map(|head| (head.chain, head.seq)).collect::<Vec<_>>(),
        [(trail.opened(), 5)]
    );
    // As after a failover to a replica that was behind: entries and head are missing together.
    take_away(&place.store, trail.opened(), kept.seq).await;
    put_head_back(&place, &place.store, &kept).await;
    let keys = [place.key.public()];
    assert!(verify(&place.store, &keys, &[]).await.unwrap().is_sound());
    let next = place.open_with(options()).await;
    write(&place, &next, 2).await;
    next.close().await;
    for _ in 0..2 {
        let report = verify(&place.store, &keys, &[]).await.unwrap();
        let kinds: Vec<_> = report
            .findings
            .iter()
            .map(|found| (found.kind, found.chain, found.seq))
            .collect();
        assert_eq!(
            kinds[0],
            (FindingKind::TruncatedTail, Some(trail.opened()), Some(kept.seq + 1))
        );
        // It stays so, whatever is started later.
        place.open_with(options()).await.close().await;
    }
}

#[tokio::test]
async fn every_reader_knows_cross_links() {
    let place = Place::new(603).await;
    let mut entry = Entry::new(Kind::Tied, place.clock.now());
    entry.heads.insert(HeadRef {
        chain: Uuid::from_u128(1),
        seq: 4,
        hash: Hash::of(&[b"x"]),
    });
    let body = entry.to_body().unwrap();
    assert!(body.contains("\"kind\":\"tied\""));
    assert_eq!(Entry::from_body(&body).unwrap(), entry);
}
