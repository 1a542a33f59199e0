//! Group commit, failure and recovery, callers that stop waiting, and closing.

use std::{collections::BTreeSet, time::Duration};

use super::{Place, testing};
use crate::{
    audit::{
        Entry, Health, Kind, TrailError, TrailOptions,
        cross_links::CrossLinks,
        entry::{EntryError, MAX_BODY},
        person::PersonKey,
        stored::entries_after,
        verify::verify,
    },
    store::trail::{Batch, TrailStoreError},
};

async fn sound(place: &Place) -> (u64, u64) {
    let report = verify(&place.store, &[place.key.public()], &[]).await.unwrap();
    assert!(report.is_sound(), "{:?}", report.findings);
    (report.chains, report.entries)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_at_once_are_all_durable_in_few_transactions() {
    let place = Place::new(1).await;
    let trail = place.open().await;
    let tasks: Vec<_> = (0..200)
        .map(|_| {
            let (trail, entry) = (trail.clone(), place.disclosed(1, [place.ids.uuid()]));
            tokio::spawn(async move { trail.append(entry).await })
        })
        .collect();
    let mut places = BTreeSet::new();
    for task in tasks {
        places.insert(task.await.unwrap().unwrap());
    }
    assert_eq!(places.len(), 200, "every caller has a place of its own");
    let stats = trail.stats();
    assert_eq!((stats.entries, stats.failed, stats.refused), (200, 0, 0));
    assert!(stats.batches <= 50, "{stats:?}");
    // Another connection to the same file sees them all, before the trail is closed.
    let other = testing::reopen(&place.path().join("trail.sqlite")).await;
    let report = verify(&other, &[place.key.public()], &[]).await.unwrap();
    assert_eq!((report.entries, report.total), (201, 0));
}

#[tokio::test]
async fn a_failing_database_fails_the_append_and_the_chain_continues_afterwards() {
    let place = Place::new(2).await;
    let trail = place.open().await;
    let tables = [("trail_record", 0), ("trail_head", 1), ("trail_families", 2)];
    for (table, round) in tables {
        // Few families or many, depending on the table.
        let size = if table == "trail_families" { 30 } else { 1 };
        let before = trail
            .append(place.disclosed(1, (0..size).map(|_| place.ids.uuid())))
            .await
            .unwrap();
        let away = format!("ALTER TABLE {table} RENAME TO gone_for_a_while");
        testing::tamper(&place.store, &away, []).await;
        for _ in 0..3 {
            let answer = trail
                .append(place.disclosed(1, (0..size).map(|_| place.ids.uuid())))
                .await;
            assert_eq!(answer, Err(TrailError::NotWritten));
        }
        let back = format!("ALTER TABLE gone_for_a_while RENAME TO {table}");
        testing::tamper(&place.store, &back, []).await;
        let after = trail
            .append(place.disclosed(1, (0..size).map(|_| place.ids.uuid())))
            .await
            .unwrap();
        assert_eq!(
            (after.chain, after.seq),
            (before.chain, before.seq + 1),
            "after {table}"
        );
        assert_eq!(sound(&place).await, (1, 3 + 2 * round));
    }
    assert_eq!(trail.stats().failed, 9);
}

#[tokio::test]
async fn a_database_timeout_fails_only_that_append() {
    let place = Place::new(3).await;
    let trail = place
        .open_with(TrailOptions {
            timeout: Duration::from_secs(1),
            ..TrailOptions::default()
        })
        .await;
    // Somebody else locks the database for longer than the trail waits.
    let other = testing::reopen(&place.path().join("trail.sqlite")).await;
    let lock = testing::lock(&other).await;
    let answer = trail.append(place.disclosed(1, [])).await;
    assert_eq!(answer, Err(TrailError::NotWritten));
    testing::unlock(lock).await;
    trail.append(place.disclosed(1, [])).await.unwrap();
    assert_eq!(sound(&place).await, (1, 2));
}

#[tokio::test]
async fn another_writer_in_the_chain_stops_writing_for_good() {
    let place = Place::new(4).await;
    let trail = place.open().await;
    let first = trail.append(place.disclosed(1, [])).await.unwrap();
    testing::tamper(
        &place.store,
        "INSERT INTO trail_record SELECT chain, authority_id, seq + 1, at, agency, kind, family_id, hash, body \
         FROM trail_record WHERE seq = 2",
        [],
    )
    .await;
    for _ in 0..3 {
        assert_eq!(trail.append(place.disclosed(1, [])).await, Err(TrailError::NotWritten));
    }
    assert_eq!(trail.probe().await, Health::Stopped);
    // A restart opens a new chain, and verification finds what happened to the other.
    let next = place.open().await.append(place.disclosed(1, [])).await.unwrap();
    assert_ne!(next.chain, first.chain);
    assert_eq!(next.seq, 2);
    let report = verify(&place.store, &[place.key.public()], &[]).await.unwrap();
    assert_eq!(report.chains, 2);
    assert!(
        report.findings.iter().all(|finding| finding.chain == Some(first.chain)),
        "{:?}",
        report.findings
    );
    assert!(!report.is_sound());
}

#[tokio::test]
async fn a_rolled_back_chain_is_not_continued() {
    let place = Place::new(11).await;
    let trail = place.open().await;
    trail.append(place.disclosed(1, [])).await.unwrap();
    let earlier = place.store.head(trail.opened()).await.unwrap().unwrap();
    trail.append(place.disclosed(1, [])).await.unwrap();
    testing::tamper(&place.store, "DELETE FROM trail_record WHERE seq = 3", []).await;
    let back = "UPDATE trail_head SET seq = $1, hash = $2, signature = $3";
    let values = [earlier.seq.into(), earlier.hash.into(), earlier.signature.into()];
    testing::tamper(&place.store, back, values).await;
    for _ in 0..3 {
        assert_eq!(trail.append(place.disclosed(1, [])).await, Err(TrailError::NotWritten));
    }
    assert_eq!(trail.probe().await, Health::Stopped);
    assert_eq!(place.store.head(trail.opened()).await.unwrap().unwrap().seq, 2);
}

#[tokio::test]
async fn an_idle_server_notices_that_the_trail_can_be_written_again() {
    let place = Place::new(12).await;
    let trail = place.open().await;
    assert_eq!(trail.probe().await, Health::Well);
    assert_eq!(sound(&place).await, (1, 1), "where nothing failed nothing is proven");
    testing::tamper(&place.store, "ALTER TABLE trail_record RENAME TO away", []).await;
    assert_eq!(trail.append(place.disclosed(1, [])).await, Err(TrailError::NotWritten));
    assert_eq!(trail.probe().await, Health::Failing);
    testing::tamper(&place.store, "ALTER TABLE away RENAME TO trail_record", []).await;
    assert_eq!(
        trail.health(),
        Health::Failing,
        "it is not believed before it is proven"
    );
    assert_eq!(trail.probe().await, Health::Well);
    assert_eq!(sound(&place).await, (1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_that_stop_waiting_do_not_break_the_chain() {
    let place = Place::new(5).await;
    let trail = place.open().await;
    for round in 0..100 {
        let (trail, entry) = (trail.clone(), place.disclosed(1, [place.ids.uuid()]));
        let task = tokio::spawn(async move { trail.append(entry).await });
        if round % 2 == 0 {
            tokio::task::yield_now().await;
        }
        task.abort();
    }
    trail.append(place.disclosed(1, [])).await.unwrap();
    trail.close().await;
    let (chains, entries) = sound(&place).await;
    assert_eq!((chains, entries), (1, 1 + trail.stats().entries));
}

#[tokio::test]
async fn a_full_queue_refuses_at_once() {
    let place = Place::new(6).await;
    let trail = place
        .open_with(TrailOptions {
            queue: 4,
            ..TrailOptions::default()
        })
        .await;
    // Single-threaded: the writer task does not run before all have appended.
    let asked = (0..10).map(|_| trail.append(place.disclosed(1, [])));
    let answers = futures_util::future::join_all(asked).await;
    let busy = answers
        .iter()
        .filter(|answer| **answer == Err(TrailError::Busy))
        .count();
    assert_eq!(busy, 6);
    assert_eq!(trail.stats().refused, 6);
    assert_eq!(sound(&place).await, (1, 5));
}

#[tokio::test]
async fn closing_writes_the_queue_and_refuses_later_appends() {
    let place = Place::new(7).await;
    let trail = place.open().await;
    let ((), answers) = futures_util::future::join(
        async {
            tokio::task::yield_now().await;
            trail.close().await;
        },
        futures_util::future::join_all((0..50).map(|_| trail.append(place.disclosed(1, [])))),
    )
    .await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(trail.append(place.disclosed(1, [])).await, Err(TrailError::Closed));
    assert_eq!(trail.health(), Health::Failing);
    trail.close().await;
    assert_eq!(sound(&place).await, (1, 51));
}

#[tokio::test]
async fn invalid_entries_are_refused_before_they_are_queued() {
    let place = Place::new(8).await;
    let trail = place.open().await;
    let mut entry = Entry::new(Kind::Disclosed, place.clock.now());
    entry.families.insert(place.ids.uuid());
    assert_eq!(
        trail.append(entry).await,
        Err(TrailError::Entry(EntryError::NoAuthority))
    );
    let mut entry = place.disclosed(1, []);
    entry
        .people
        .extend((0..=MAX_BODY / 15).map(|_| PersonKey::from(place.ids.uuid())));
    assert_eq!(trail.append(entry).await, Err(TrailError::Entry(EntryError::TooLong)));
    assert_eq!(sound(&place).await, (1, 1));
}

#[tokio::test]
async fn a_connection_that_does_not_wait_for_the_disk_is_refused() {
    let place = Place::new(9).await;
    let trail = place.open().await;
    testing::tamper(&place.store, "PRAGMA synchronous = NORMAL", []).await;
    assert_eq!(trail.append(place.disclosed(1, [])).await, Err(TrailError::NotWritten));
    let head = place.store.head(trail.opened()).await.unwrap().unwrap();
    testing::tamper(&place.store, "PRAGMA synchronous = NORMAL", []).await;
    let batch = Batch {
        before: Some((head.seq, head.hash.clone())),
        records: Vec::new(),
        families: Vec::new(),
        head,
    };
    let refused = place.store.append(&batch).await;
    assert!(matches!(refused, Err(TrailStoreError::NotDurable)));
    // The connection is not used again.
    trail.append(place.disclosed(1, [])).await.unwrap();
    assert_eq!(sound(&place).await, (1, 2));
}

#[tokio::test]
async fn first_entries_name_each_head_once_however_often_the_server_starts() {
    let place = Place::new(10).await;
    for start in 0..8 {
        let trail = place.open().await;
        let first = place.store.snapshot().await.unwrap();
        let first = entries_after(&first, trail.opened(), 0, 1).await.unwrap();
        let named = Entry::from_body(&first[0].body).unwrap().heads.len();
        assert_eq!(named, usize::from(start > 0), "start {start}");
        trail.append(place.disclosed(1, [])).await.unwrap();
        trail.close().await;
    }
    assert_eq!(sound(&place).await, (8, 16));
}

#[tokio::test]
async fn a_chain_belongs_to_one_month() {
    let place = Place::new(13).await;
    place.clock.set("2026-11-30T23:59:59.999999Z".parse().unwrap());
    let trail = place.open().await;
    let old = trail.append(place.disclosed(1, [place.ids.uuid()])).await.unwrap();
    place.clock.set("2026-12-01T00:00:00Z".parse().unwrap());
    // If nothing can be written, the new month is not started.
    testing::tamper(&place.store, "ALTER TABLE trail_record RENAME TO away", []).await;
    assert_eq!(trail.append(place.disclosed(1, [])).await, Err(TrailError::NotWritten));
    testing::tamper(&place.store, "ALTER TABLE away RENAME TO trail_record", []).await;
    let new = trail.append(place.disclosed(1, [place.ids.uuid()])).await.unwrap();
    assert_eq!((old.chain, old.seq), (trail.opened(), 2));
    assert_ne!(new.chain, old.chain);
    assert_eq!(new.seq, 2, "after the entry that names the chain of last month");
    let next = trail.append(place.disclosed(1, [])).await.unwrap();
    assert_eq!((next.chain, next.seq), (new.chain, 3));
    assert_eq!(sound(&place).await, (2, 5));
    // The process need not name its own chain, except for the one that ended.
    let mut links = CrossLinks::new(trail.clone());
    assert_eq!((links.link().await.unwrap(), links.link().await.unwrap()), (1, 0));
    trail.append(place.disclosed(1, [])).await.unwrap();
    assert_eq!(links.link().await.unwrap(), 0);
    let snapshot = place.store.snapshot().await.unwrap();
    let mut months = Vec::new();
    for chain in [old.chain, new.chain] {
        months.push(snapshot.number_of(chain).await.unwrap().unwrap() >> 16);
    }
    assert_eq!(months, [26 * 12 + 10, 26 * 12 + 11]);
    let first = entries_after(&snapshot, new.chain, 0, 1).await.unwrap();
    let heads = Entry::from_body(&first[0].body).unwrap().heads;
    assert_eq!(
        heads.iter().map(|head| (head.chain, head.seq)).collect::<Vec<_>>(),
        [(old.chain, 2)]
    );
}
