//! Many writers, a slow one among them, over two servers: no reader skips a change, however the commits fall.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, IsolationLevel, Statement, TransactionTrait};
use serde_json::{Value, json};
use thinkfamily::{
    clock::Ids,
    demo,
    graphql::operation::Event,
    records::{ConsentAnswer, ConsentRow},
    store::{
        Store, bulk,
        session::{Mode, Session, StoreError},
    },
};
use tokio::{task::JoinSet, time::timeout};
use uuid::Uuid;

use super::reader::{LIVE, Reader, Told, caller, engine, marker_id, operation, servers, take_in};
use crate::support::{
    app::today,
    database::{TestDatabase, on_both},
};

const WRITERS: usize = 8;

/// Every change that a reader sees which always goes on after the greatest number it has seen.
async fn follow(store: Store, done: Arc<AtomicBool>) -> (BTreeSet<Uuid>, usize) {
    let (mut seen, mut after, mut looks) = (BTreeSet::new(), 0_i64, 0);
    loop {
        let last = done.load(Ordering::SeqCst);
        let main = store.databases().main();
        let sql = "SELECT seq, contact_id FROM family_change WHERE authority_id = 1 AND seq > $1 AND contact_id IS NOT NULL ORDER BY seq";
        let statement = Statement::from_sql_and_values(main.get_database_backend(), sql, [after.into()]);
        let transaction = main
            .begin_with_config(Some(IsolationLevel::RepeatableRead), None)
            .await
            .unwrap();
        for row in transaction.query_all_raw(statement).await.unwrap() {
            after = row.try_get("", "seq").unwrap();
            assert!(
                seen.insert(row.try_get("", "contact_id").unwrap()),
                "a number was given twice"
            );
        }
        transaction.rollback().await.unwrap();
        looks += 1;
        if last {
            return (seen, looks);
        }
        tokio::task::yield_now().await;
    }
}

async fn no_number_is_skipped(database: &TestDatabase, each: usize) {
    let (apps, families) = servers(database, 2, WRITERS).await;
    let done = Arc::new(AtomicBool::default());
    let readers: Vec<_> = apps
        .iter()
        .map(|app| tokio::spawn(follow(app.store.clone(), Arc::clone(&done))))
        .collect();
    let mut writers = JoinSet::new();
    for (writer, (family, _)) in families.into_iter().enumerate() {
        let store = apps[writer % 2].store.clone();
        writers.spawn(async move {
            let mut written = BTreeSet::new();
            for number in 0..each {
                let contact = Ids::random().uuid();
                let session = Session::begin(&store, 1, Mode::Write).await.unwrap();
                // One has its transaction open for long.
                if writer == 0 && number % 20 == 0 {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                session.write_as_operator().touch_contact(family, contact);
                if number % 3 == 0 {
                    session.write_as_operator().touch(family);
                }
                if number % 5 == 4 {
                    // What comes to nothing gets no place.
                    session.end().await.unwrap();
                } else {
                    match session.commit().await {
                        Ok(()) => assert!(written.insert(contact)),
                        Err(StoreError::Conflict) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            }
            written
        });
    }
    let mut written = BTreeSet::new();
    while let Some(of_writer) = writers.join_next().await {
        written.extend(of_writer.unwrap());
    }
    done.store(true, Ordering::SeqCst);
    assert!(written.len() >= WRITERS * each * 4 / 5 * 9 / 10, "{}", written.len());
    for reader in readers {
        let (seen, looks) = reader.await.unwrap();
        let skipped = written.difference(&seen).count();
        assert_eq!(skipped, 0, "of {} changes, in {looks} looks", written.len());
        assert_eq!(seen, written);
        assert!(looks > 20, "it looked {looks} times only");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_number_is_skipped_with_postgres() {
    if let Some(database) = TestDatabase::postgres().await {
        no_number_is_skipped(&database, 300).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_number_is_skipped_with_sqlite() {
    no_number_is_skipped(&TestDatabase::sqlite().await, 25).await;
}

/// A decision of a family's adult about the police and the marker.
async fn decide(store: &Store, (family, person): (Uuid, Uuid), turn: usize, given: bool, wait: Duration) {
    let template: ConsentRow = demo::worked(today().date_naive()).consents[0].clone();
    loop {
        let session = Session::begin(store, 1, Mode::Write).await.unwrap();
        let row = ConsentRow {
            id: Ids::random().uuid(),
            family_id: family,
            person_id: person,
            decided_by: Some(person),
            category: "MARKER".to_owned(),
            agency_kind: "police".to_owned(),
            decision: if given {
                ConsentAnswer::Given
            } else {
                ConsentAnswer::Refused
            },
            recorded_at: today() + TimeDelta::seconds(i64::try_from(turn).unwrap()),
            expires_on: None,
            withdrawn_at: None,
            ..template.clone()
        };
        let written = session.write_as_operator().add_consents(vec![row]).await;
        // Written and not committed: whoever reads now must come back for it.
        tokio::time::sleep(wait).await;
        match written {
            Ok(()) => match session.commit().await {
                Ok(()) => return,
                Err(StoreError::Conflict) => {}
                Err(error) => panic!("{error}"),
            },
            Err(StoreError::Conflict) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// Readers of pages at both servers and subscribers at both, from the beginning and from a cursor, while many write: in the end each knows
/// precisely what is so.
async fn in_the_end_everybody_knows_what_is_so(database: &TestDatabase, each: usize) {
    let (apps, families) = servers(database, 2, WRITERS * 2).await;
    let done = Arc::new(AtomicBool::default());
    let (end_is, ended) = tokio::sync::watch::channel(None);
    let ids = |known: &BTreeMap<String, Value>| known.keys().cloned().collect::<Vec<_>>();
    let mut readers = JoinSet::new();
    let mut before = Reader::new(apps[0].partner("cambs-police", "marker_lookup", "safeguarding"));
    before.size = 100;
    let history = before.read().await;
    for app in &apps {
        let mut reader = Reader::new(app.partner("cambs-police", "marker_lookup", "safeguarding"));
        reader.size = 7;
        let over = Arc::clone(&done);
        readers.spawn(async move {
            let mut known = BTreeMap::new();
            loop {
                let last = over.load(Ordering::SeqCst);
                take_in(&mut known, &reader.read().await);
                if last {
                    return known;
                }
            }
        });
        for from in [None, Some(history[history.len() / 2].cursor.clone())] {
            let (engine, ended) = (engine(app), ended.clone());
            let police = caller(&app.store, "cambs-police", "marker_lookup", "safeguarding").await;
            let told = from.as_ref().map_or(0, |_| history.len() / 2 + 1);
            let mut known = BTreeMap::new();
            take_in(&mut known, &history[..told]);
            readers.spawn(async move {
                let asked = operation(&police, LIVE, &json!({ "after": from }));
                let mut live = engine.subscribe(asked).await.unwrap();
                let mut cursors = BTreeSet::new();
                // Until it knows what is so in the end; a machine that is busy may need long for that.
                let mut silent = 0;
                while ended.borrow().as_ref() != Some(&ids(&known)) && silent < 30 {
                    match timeout(Duration::from_secs(2), live.next()).await {
                        Ok(Event::Next(bytes)) => {
                            let body: Value = serde_json::from_slice(&bytes).unwrap();
                            let told = Told::of(&body["data"]["markerChanged"]);
                            assert!(cursors.insert(told.cursor.clone()), "an event came twice");
                            take_in(&mut known, &[told]);
                            silent = 0;
                        }
                        Ok(event) => panic!("{event:?}"),
                        Err(_) => silent += i32::from(ended.borrow().is_some()),
                    }
                }
                known
            });
        }
    }
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let store = apps[writer % 2].store.clone();
        let own = [families[writer * 2], families[writer * 2 + 1]];
        writers.spawn(async move {
            for turn in 1..=each {
                let wait = if writer == 0 && turn % 10 == 0 { 200 } else { 0 };
                let given = (turn + writer) % 2 == 0;
                decide(&store, own[turn % 2], turn, given, Duration::from_millis(wait)).await;
            }
        });
    }
    while let Some(written) = writers.join_next().await {
        written.unwrap();
    }
    done.store(true, Ordering::SeqCst);
    let mut end = BTreeMap::new();
    let mut fresh = Reader::new(apps[1].partner("cambs-police", "marker_lookup", "safeguarding"));
    take_in(&mut end, &fresh.read().await);
    for (number, _) in families.iter().enumerate() {
        let writer = number / 2;
        let last = (1..=each).rev().find(|turn| turn % 2 == number % 2);
        let given = last.is_none_or(|turn| (turn + writer) % 2 == 0);
        let id = marker_id(&apps[0].store, &format!("R-{number}")).await;
        assert_eq!(end.contains_key(&id), given, "R-{number}");
    }
    end_is.send_replace(Some(ids(&end)));
    while let Some(known) = readers.join_next().await {
        assert_eq!(ids(&known.unwrap()), ids(&end));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn in_the_end_everybody_knows_what_is_so_with_postgres() {
    if let Some(database) = TestDatabase::postgres().await {
        in_the_end_everybody_knows_what_is_so(&database, 41).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn in_the_end_everybody_knows_what_is_so_with_sqlite() {
    in_the_end_everybody_knows_what_is_so(&TestDatabase::sqlite().await, 7).await;
}

/// A load of many families is one change of each, and comes in place.
async fn a_load_is_told_as_well(database: &TestDatabase) {
    let (apps, _) = servers(database, 1, 0).await;
    let mut police = Reader::new(apps[0].partner("cambs-police", "marker_lookup", "safeguarding"));
    police.read().await;
    let mut data = demo::worked(today().date_naive());
    let all = data.clone();
    super::reader::with_families(&mut data, 5);
    // Only what is new.
    data.families.drain(..all.families.len());
    data.people.drain(..all.people.len());
    data.memberships.drain(..all.memberships.len());
    data.consents.drain(..all.consents.len());
    let new = thinkfamily::store::dataset::Dataset {
        families: data.families,
        people: data.people,
        memberships: data.memberships,
        consents: data.consents,
        ..Default::default()
    };
    bulk::load(apps[0].store.databases(), &new, &mut |_| {}).await.unwrap();
    let told = police.kinds().await;
    assert_eq!(told.len(), 5);
    assert!(told.iter().all(|(kind, _)| kind == "SET"));
    let main = apps[0].store.databases().main();
    let sql = "SELECT count(*) AS n FROM family_change c JOIN family f ON f.authority_id = c.authority_id AND f.id = c.family_id \
               WHERE f.reference LIKE 'R-%'";
    let row = main
        .query_one_raw(Statement::from_string(main.get_database_backend(), sql))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.try_get::<i64>("", "n").unwrap(), 5, "one change a family");
}
on_both!(a_load_is_told_as_well);
