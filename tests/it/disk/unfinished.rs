//! A server that is killed between the entry of a change and the change: what never happened is told as that.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, DatabaseConnection, QueryResult, Statement};
use serde_json::{Value, json};
use thinkfamily::{
    audit::{Code, Entry, EntryRef, HeadKey, Kind, Trail, TrailOptions},
    clock::{Clock, Ids},
    store::{connect::Databases, trail::TrailStore},
};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::{CONSENT, MANY, PATIENCE, READ, dawn, is_given, lead, verified};
use crate::support::{
    client::Client,
    database::{TestDatabase, on_both},
    process::Site,
    trail,
};

async fn rows(on: &DatabaseConnection, sql: &str) -> Vec<QueryResult> {
    let statement = Statement::from_string(on.get_database_backend(), sql);
    on.query_all_raw(statement).await.unwrap()
}

async fn entries(databases: &Databases) -> BTreeMap<EntryRef, Entry> {
    let placed = trail::placed(databases).await.into_iter();
    placed.map(|(place, entry, _)| (place, entry)).collect()
}

async fn made(databases: &Databases) -> BTreeSet<EntryRef> {
    let rows = rows(databases.main(), "SELECT chain_id, seq FROM announced_write WHERE made").await;
    let place = |row: &QueryResult| EntryRef {
        chain: row.try_get("", "chain_id").unwrap(),
        seq: row.try_get("", "seq").unwrap(),
    };
    rows.iter().map(place).collect()
}

/// The entries that the trail says were not made, each as often as it says so.
fn said_not_made(entries: &BTreeMap<EntryRef, Entry>) -> Vec<EntryRef> {
    let failed = entries.values().filter(|entry| entry.kind == Kind::WriteFailed);
    failed.filter_map(|entry| entry.about).collect()
}

/// Waits until of every announced change it is known what became of it, and gives those that were not made.
async fn settled(databases: &Databases) -> BTreeSet<EntryRef> {
    let waiting = async {
        loop {
            let (entries, made) = (entries(databases).await, made(databases).await);
            let awaiting = entries
                .iter()
                .filter(|(_, entry)| entry.awaits)
                .map(|(place, _)| *place);
            let not_made: BTreeSet<_> = awaiting.filter(|place| !made.contains(place)).collect();
            let said: BTreeSet<_> = said_not_made(&entries).into_iter().collect();
            assert!(said.is_disjoint(&made), "what was made is said not to be");
            if not_made.is_subset(&said) {
                return not_made;
            }
            sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(PATIENCE, waiting)
        .await
        .expect("a change of which nobody says what became of it")
}

async fn kinds_told(lead: &Client, family: &Value) -> Vec<String> {
    let query = "query Who($id: ID!) { disclosures(familyId: $id, first: 100) { nodes { kind } } }";
    let told = lead.post(query, json!({ "id": family })).await.unwrap().json();
    let nodes = told["data"]["disclosures"]["nodes"].as_array().unwrap();
    nodes
        .iter()
        .map(|node| node["kind"].as_str().unwrap().to_owned())
        .collect()
}

async fn what_was_announced_and_never_made_is_told_as_that(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let mut serving = site.serve(&[]);
    let client = lead(&site, &serving);
    let member = dawn(&client).await;
    let answer = client.post(CONSENT, member).await.unwrap();
    assert!(is_given(&answer), "{}", answer.text());
    let family = client
        .post("{ family(reference: \"TF-10001\") { id } }", json!({}))
        .await
        .unwrap();
    let family = family.json()["data"]["family"]["id"].clone();
    serving.kill();

    // Another process announces the same again, twice, and goes no further.
    let databases = database.open().await;
    let written = entries(&databases).await;
    let of_made = written
        .values()
        .find(|entry| entry.request_id == Some(answer.request_id));
    let of_made = of_made.expect("the entry of the change").clone();
    assert!(of_made.kind == Kind::Consent && of_made.awaits);
    let trail = Trail::open(
        TrailStore::of(&databases),
        HeadKey::load(&folder.path().join("trail.key")).unwrap(),
        Code::new("killed").unwrap(),
        Clock::system(),
        Ids::random(),
        TrailOptions::default(),
    )
    .await
    .unwrap();
    let now = Clock::system().now();
    let mut broken = BTreeSet::new();
    for ago in [TimeDelta::minutes(2), TimeDelta::zero()] {
        let mut entry = of_made.clone();
        (entry.request_id, entry.at) = (Some(Uuid::from_u128(7)), now - ago);
        broken.insert(trail.append(entry).await.unwrap().place());
    }
    trail.close().await;

    let mut serving = site.serve(&[]);
    let client = lead(&site, &serving);
    // Whether it was looked through yet or not.
    for _ in 0..2 {
        let told = kinds_told(&client, &family).await;
        let consents = told.iter().filter(|kind| *kind == "consent").count();
        assert_eq!(consents, 1, "only what was made is told as done: {told:?}");
        assert!(told.iter().any(|kind| kind == "write_failed"), "{told:?}");
        assert_eq!(settled(&databases).await, broken);
    }
    serving.kill();
    // At the next start there is nothing left to say.
    let before = said_not_made(&entries(&databases).await);
    assert_eq!(before.len(), 2);
    let serving = site.serve(&[]);
    let client = lead(&site, &serving);
    let read = client.post(READ, json!({})).await.unwrap();
    assert!(is_given(&read), "{}", read.text());
    let looked = async {
        while rows(databases.main(), "SELECT seq FROM announced_until").await.len() < 2 {
            sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(PATIENCE, looked).await.unwrap();
    assert_eq!(said_not_made(&entries(&databases).await), before);
    databases.close().await.unwrap();
    drop(serving);
    verified(&site, &[]);
}
on_both!(what_was_announced_and_never_made_is_told_as_that);

/// Makes changes until the server is gone, and gives the requests whose changes were acknowledged.
async fn change_until_the_end(client: Client, member: Value, count: Arc<AtomicUsize>) -> BTreeSet<Uuid> {
    let mut acknowledged = BTreeSet::new();
    while let Some(answer) = client.post(CONSENT, member.clone()).await {
        let body = answer.json();
        // Others' changes may come between.
        if answer.status == 200 && body["data"]["recordConsent"]["errors"] == json!([]) {
            acknowledged.insert(answer.request_id);
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
    acknowledged
}

async fn kills_leave_no_change_of_which_it_is_not_known_what_became_of_it(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let mut acknowledged = BTreeSet::new();
    let mut before = None;
    for round in 0..4 {
        let mut serving = site.serve(&MANY);
        let client = lead(&site, &serving);
        let member = dawn(&client).await;
        if before.is_none() {
            let databases = database.open().await;
            before = Some(rows(databases.main(), "SELECT id FROM consent").await.len());
            databases.close().await.unwrap();
        }
        let count = Arc::<AtomicUsize>::default();
        let changing = (0..8).map(|_| {
            let changes = change_until_the_end(client.clone(), member.clone(), Arc::clone(&count));
            tokio::spawn(changes)
        });
        let changing: Vec<_> = changing.collect();
        let many = async {
            while count.load(Ordering::Relaxed) < 5 + 3 * round {
                sleep(Duration::from_millis(3)).await;
            }
        };
        timeout(PATIENCE, many).await.unwrap();
        serving.kill();
        for changes in changing {
            acknowledged.extend(changes.await.unwrap());
        }
    }
    let serving = site.serve(&[]);
    let databases = database.open().await;
    let not_made = settled(&databases).await;
    let (entries, made) = (entries(&databases).await, made(&databases).await);
    let consents: Vec<_> = made
        .iter()
        .filter(|place| entries[place].kind == Kind::Consent)
        .collect();
    let kept = rows(databases.main(), "SELECT id FROM consent").await.len();
    assert_eq!(kept - before.unwrap(), consents.len(), "as many as are said to be made");
    let requests: BTreeSet<_> = consents.iter().filter_map(|place| entries[place].request_id).collect();
    assert!(acknowledged.is_subset(&requests), "what was acknowledged is made");
    assert!(not_made.iter().all(|place| !made.contains(place)));
    databases.close().await.unwrap();
    drop(serving);
    verified(&site, &[]);
}
on_both!(kills_leave_no_change_of_which_it_is_not_known_what_became_of_it);
