//! The trail on both databases, through what the server itself uses.

use std::{collections::BTreeSet, time::Duration};

use chrono::{TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement, Value};
use tempfile::TempDir;
use thinkfamily::{
    audit::{
        Code, Cursor, Entry, FindingKind, HeadKey, Health, Kind, Trail, TrailError, TrailOptions, about_family, latest,
        verify::verify,
    },
    clock::{Clock, Ids},
    store::trail::TrailStore,
};
use uuid::Uuid;

use crate::support::database::{TestDatabase, on_both};

struct Process {
    folder: TempDir,
    key: HeadKey,
    clock: Clock,
    ids: Ids,
}

impl Process {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let noon = "2026-03-02T12:00:00Z".parse::<chrono::DateTime<Utc>>().unwrap();
        Self {
            key: HeadKey::load_or_create(&folder.path().join("trail.key")).unwrap(),
            folder,
            clock: Clock::fixed(noon),
            ids: Ids::seeded(1),
        }
    }

    async fn open(&self, store: &TrailStore) -> Trail {
        let process = Code::new("test").unwrap();
        let options = TrailOptions {
            timeout: Duration::from_secs(5),
            ..TrailOptions::default()
        };
        let key = HeadKey::load(&self.folder.path().join("trail.key")).unwrap();
        Trail::open(
            store.clone(),
            key,
            process,
            self.clock.clone(),
            self.ids.clone(),
            options,
        )
        .await
        .unwrap()
    }

    fn entry(&self, family: Uuid) -> Entry {
        self.clock.set(self.clock.now() + TimeDelta::microseconds(1));
        let mut entry = Entry::new(Kind::Disclosed, self.clock.now());
        entry.authority = Some(1);
        entry.families.insert(family);
        entry
    }
}

async fn run(db: &DatabaseConnection, sql: &str, values: Vec<Value>) -> u64 {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    db.execute_raw(statement).await.unwrap().rows_affected()
}

async fn two_processes_write_and_every_change_is_found(database: &TestDatabase) {
    let (databases, other) = (database.open().await, database.open().await);
    let process = Process::new();
    let store = TrailStore::of(&databases);
    let first = process.open(&store).await;
    let second = process.open(&TrailStore::of(&other)).await;
    let family = process.ids.uuid();
    let appends = (0..300).map(|at| {
        let trail = if at % 2 == 0 { &first } else { &second };
        let mut entry = process.entry(family);
        if at % 7 == 5 {
            entry.families.extend((0..30).map(|_| process.ids.uuid()));
        }
        trail.append(entry)
    });
    for done in futures_util::future::join_all(appends).await {
        done.unwrap();
    }
    assert!(first.stats().batches + second.stats().batches < 60);
    let keys = [process.key.public()];
    let report = verify(&store, &keys, &[]).await.unwrap();
    assert!(report.is_sound(), "{:?}", report.findings);
    assert_eq!((report.chains, report.entries), (2, 302));

    let page = about_family(&store, 1, family, None, 200).await.unwrap();
    assert_eq!(page.len(), 200);
    let (at, entry) = page.last().unwrap();
    let rest = about_family(&store, 1, family, Some(Cursor::after(*at, entry)), 200).await;
    assert_eq!(rest.unwrap().len(), 100);
    assert_eq!(latest(&store, 1, None, 10).await.unwrap().len(), 10);

    let chain = first.opened();
    let of_chain = "chain = (SELECT number FROM trail_chain WHERE chain_id = $1)";
    let sql = format!("UPDATE trail_record SET at = at - 1 WHERE {of_chain} AND seq = 7");
    assert_eq!(run(databases.trail(), &sql, vec![chain.into()]).await, 1);
    let sql = format!("UPDATE trail_record SET family_id = $2 WHERE {of_chain} AND seq = 9");
    let values = vec![chain.into(), process.ids.uuid().into()];
    assert_eq!(run(databases.trail(), &sql, values).await, 1);
    let sql = "INSERT INTO trail_families (at, seq, chain, authority_id, bucket, members) \
               SELECT 0, 4, number, 1, 9, $2 FROM trail_chain WHERE chain_id = $1";
    let values = vec![chain.into(), vec![7_u8; 16].into()];
    assert_eq!(run(databases.trail(), sql, values).await, 1);
    // The eighth entry speaks of many.
    let sql = format!("DELETE FROM trail_families WHERE {of_chain} AND seq = 8 AND bucket < 2");
    assert_eq!(run(databases.trail(), &sql, vec![chain.into()]).await, 2);
    let sql = format!("DELETE FROM trail_record WHERE {of_chain} AND seq > 100");
    run(databases.trail(), &sql, vec![second.opened().into()]).await;
    let found: BTreeSet<_> = (verify(&store, &keys, &[]).await.unwrap().findings.into_iter())
        .map(|finding| (finding.kind, finding.chain, finding.seq))
        // Of what was taken away the index still speaks.
        .filter(|(kind, of, _)| (*kind, *of) != (FindingKind::SubjectExtra, Some(second.opened())))
        .collect();
    let expected = [
        (FindingKind::EditedEntry, chain, 7),
        (FindingKind::EditedEntry, chain, 8),
        (FindingKind::EditedEntry, chain, 9),
        (FindingKind::TruncatedTail, second.opened(), 101),
        (FindingKind::SubjectExtra, chain, 4),
    ];
    for (kind, chain, seq) in expected {
        assert!(found.contains(&(kind, Some(chain), Some(seq))), "{kind:?}: {found:?}");
    }
    assert_eq!(found.len(), expected.len(), "{found:?}");
    databases.close().await.unwrap();
    other.close().await.unwrap();
}
on_both!(two_processes_write_and_every_change_is_found);

async fn nothing_is_durable_that_cannot_be_written_and_the_chain_goes_on(database: &TestDatabase) {
    let databases = database.open().await;
    let process = Process::new();
    let store = TrailStore::of(&databases);
    let trail = process.open(&store).await;
    let family = process.ids.uuid();
    for (seq, table) in [(2, "trail_record"), (3, "trail_head"), (4, "trail_families")] {
        // Few families or many, as the table is for.
        let entry = || {
            let mut entry = process.entry(family);
            if table == "trail_families" {
                entry.families.extend((0..30).map(|_| process.ids.uuid()));
            }
            entry
        };
        run(
            databases.trail(),
            &format!("ALTER TABLE {table} RENAME TO away"),
            vec![],
        )
        .await;
        for _ in 0..2 {
            assert_eq!(trail.append(entry()).await, Err(TrailError::NotWritten));
        }
        run(
            databases.trail(),
            &format!("ALTER TABLE away RENAME TO {table}"),
            vec![],
        )
        .await;
        assert_eq!(trail.append(entry()).await.unwrap().seq, seq);
    }
    trail.close().await;
    let report = verify(&store, &[process.key.public()], &[]).await.unwrap();
    assert!(report.is_sound(), "{:?}", report.findings);
    assert_eq!((report.chains, report.entries), (1, 4));
    databases.close().await.unwrap();
}
on_both!(nothing_is_durable_that_cannot_be_written_and_the_chain_goes_on);

/// An older database that comes to stand beneath a process is not written to: entries that are lost must not be hidden by later ones.
async fn a_chain_that_ends_before_it_was_left_is_not_gone_on_with(database: &TestDatabase) {
    let databases = database.open().await;
    for gone in ["seq > 2", "seq > 0"] {
        let (process, store) = (Process::new(), TrailStore::of(&databases));
        let process = Process {
            ids: Ids::random(),
            ..process
        };
        let trail = process.open(&store).await;
        let family = process.ids.uuid();
        let chain = trail.append(process.entry(family)).await.unwrap().chain;
        let head = store.head(chain).await.unwrap().unwrap();
        assert_eq!(head.seq, 2);
        for _ in 0..3 {
            trail.append(process.entry(family)).await.unwrap();
        }
        let db = databases.trail();
        let sql = format!(
            "DELETE FROM trail_record WHERE chain = (SELECT number FROM trail_chain WHERE chain_id = $1) AND {gone}"
        );
        assert!(run(db, &sql, vec![chain.into()]).await > 0);
        run(db, "DELETE FROM trail_head WHERE chain_id = $1", vec![chain.into()]).await;
        if gone == "seq > 2" {
            let sql = "INSERT INTO trail_head (chain_id, seq, hash, signature, process, updated_at) VALUES ($1, $2, $3, $4, $5, $6)";
            let values = vec![
                chain.into(),
                head.seq.into(),
                head.hash.clone().into(),
                head.signature.clone().into(),
                head.process.clone().into(),
                head.updated_at.into(),
            ];
            run(db, sql, values).await;
        }
        for _ in 0..2 {
            let refused = trail.append(process.entry(family)).await;
            assert_eq!(refused.unwrap_err(), TrailError::NotWritten, "{gone}");
        }
        assert_eq!(trail.health(), Health::Stopped, "{gone}");
        let left = store.head(chain).await.unwrap();
        assert_eq!(left, (gone == "seq > 2").then_some(head), "nothing was written");
        trail.close().await;
    }
}
on_both!(a_chain_that_ends_before_it_was_left_is_not_gone_on_with);
