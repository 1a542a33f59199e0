//! A move from its beginning to its end, and back.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::{Value, json};
use thinkfamily::{
    audit::{Code, Entry, EntryRef, HeadKey, Kind, Trail, TrailOptions},
    clock::{Clock, Ids},
    store::{connect::Databases, trail::TrailStore},
};
use uuid::Uuid;

use super::{
    BARE, MOVED, READ, SAY, Two, WITHDRAW, ask, dawn, entries, is_away, lead, neighbour, refused, said, verified,
};
use crate::support::{
    client::Client,
    database::TestDatabase,
    process::{Serving, Site},
};

const TOLD: &str = "query Told($id: ID!, $after: String) { disclosures(familyId: $id, first: 100, after: $after) { \
                    nodes { at kind operationName categories clauses subject agency { code } } pageInfo { endCursor } } }";
const FEED: &str = "query Feed($after: String) { markerChanges(first: 500, after: $after) { nodes { kind markerId } pageInfo { endCursor } } }";
const OTHERS: &str = "query Others { agencies { code } }";

fn police(site: &Site, serving: &Serving) -> Client {
    site.client(serving, &crate::live::police())
}

/// A chain of a process of our own.
async fn trail(databases: &Databases, folder: &std::path::Path) -> Trail {
    Trail::open(
        TrailStore::of(databases),
        HeadKey::load(&folder.join("trail.key")).unwrap(),
        Code::new("elsewhere").unwrap(),
        Clock::system(),
        Ids::random(),
        TrailOptions::default(),
    )
    .await
    .unwrap()
}

/// How often the trail tells of each request, by what happened.
fn requests(entries: &[Entry]) -> BTreeMap<(Uuid, &'static str), usize> {
    let mut requests = BTreeMap::new();
    let disclosing = entries.iter().filter(|entry| entry.kind != Kind::Moved);
    for entry in disclosing {
        let Some(request) = entry.request_id else { continue };
        *requests.entry((request, entry.kind.code())).or_default() += 1;
    }
    requests
}

macro_rules! between {
    ($name:ident: $from:ident to $to:ident) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            let (Some(from), Some(to)) = (between!(a $from), between!(a $to)) else {
                return;
            };
            an_authority_is_moved_with_all_it_has(&from, &to).await;
        }
    };
    (a sqlite) => { Some(TestDatabase::sqlite().await) };
    (a postgres) => { TestDatabase::postgres().await };
}

between!(an_authority_is_moved_with_all_it_has_from_postgres_to_postgres: postgres to postgres);
between!(an_authority_is_moved_with_all_it_has_from_sqlite_to_postgres: sqlite to postgres);
between!(an_authority_is_moved_with_all_it_has_from_postgres_to_sqlite: postgres to sqlite);

#[expect(clippy::too_many_lines, reason = "one move, looked at from all sides in its order")]
async fn an_authority_is_moved_with_all_it_has(from: &TestDatabase, to: &TestDatabase) {
    let two = Two::new(from, to);
    let serving = two.from().serve(&["--request-timeout-ms", "2000"]);
    let there = two.to().serve(&BARE);
    let (source, target) = (lead(&two.from(), &serving), lead(&two.to(), &there));
    assert_eq!(target.post(READ, json!({})).await.unwrap().status, 401);

    // What is to be found again there: a consent, one that was withdrawn, a feed, and who was told what.
    let member = dawn(&source).await;
    let say = json!({ "member": member, "key": "the same key" });
    let given = ask(&source, SAY, say.clone()).await["recordConsent"]["consents"][0]["id"].clone();
    ask(&source, WITHDRAW, json!({ "consent": given })).await;
    let feed = ask(&police(&two.from(), &serving), FEED, json!({})).await["markerChanges"].clone();
    assert!(!feed["nodes"].as_array().unwrap().is_empty());
    let family = ask(&source, READ, json!({})).await["family"].clone();
    let told = ask(&source, TOLD, json!({ "id": family["id"] })).await["disclosures"]["nodes"].clone();

    // Of what nobody made nobody is told as made.
    let [databases, others] = two.open().await;
    let before = entries(&databases).await;
    let of_made = before
        .iter()
        .find(|entry| entry.kind == Kind::Consent && entry.awaits)
        .unwrap();
    let announced = Uuid::from_u128(77);
    let mine = trail(&databases, two.folder()).await;
    let mut never = of_made.clone();
    (never.at, never.request_id) = (Clock::system().now() - TimeDelta::minutes(2), Some(announced));
    mine.append(never).await.unwrap();

    let checked = said(&two.run(&["--check"]));
    assert!(checked.contains("cambridgeshire: it can be moved"), "{checked}");
    let wrong = two
        .from()
        .run(&["move-authority", MOVED.0, "--to", to.text(), "--secret", "0011"]);
    assert!(refused(&wrong).contains("another secret"));
    assert_eq!(
        ask(&source, READ, json!({})).await["family"],
        family,
        "nothing was changed yet"
    );

    let moved = two.moved();
    assert!(moved.contains("it is served there"), "{moved}");

    // Here nothing is answered any more, but of the others.
    for query in [READ, OTHERS, FEED] {
        assert!(is_away(&source.post(query, json!({})).await.unwrap()), "{query}");
    }
    assert!(is_away(&source.post(SAY, say.clone()).await.unwrap()));
    ask(&neighbour(&two.from(), &serving.url), OTHERS, json!({})).await;

    // There it is as it was, under the same ids, keys and cursors.
    assert_eq!(ask(&target, READ, json!({})).await["family"], family);
    let again = ask(&target, SAY, say).await["recordConsent"]["consents"][0]["id"].clone();
    assert_eq!(again, given, "a request that is sent again is made once");
    let feed_there = police(&two.to(), &there);
    let more = ask(&feed_there, FEED, json!({ "after": feed["pageInfo"]["endCursor"] })).await;
    assert_eq!(more["markerChanges"]["nodes"], json!([]), "told once more");
    assert_eq!(
        ask(&feed_there, FEED, json!({})).await["markerChanges"]["nodes"],
        feed["nodes"]
    );
    let told_there = ask(&target, TOLD, json!({ "id": family["id"] })).await["disclosures"]["nodes"].clone();
    let told_there = told_there.as_array().unwrap();
    for line in told.as_array().unwrap() {
        assert!(told_there.contains(line), "{line} is not told there:\n{told_there:?}");
    }

    // What was under way when the fence was put up, and is in the trail only now, comes too: every entry has one copy.
    let (here, after) = (entries(&databases).await, entries(&others).await);
    let copies: Vec<&Entry> = after.iter().filter(|entry| entry.copy_of.is_some()).collect();
    let originals = requests(&here);
    assert_eq!(
        requests(&copies.iter().map(|copy| (*copy).clone()).collect::<Vec<_>>()).len(),
        originals.len()
    );
    assert_eq!(
        copies.len(),
        here.iter().filter(|entry| entry.kind != Kind::Moved).count()
    );
    let never = copies.iter().find(|entry| entry.request_id == Some(announced)).unwrap();
    assert_eq!((never.kind, never.awaits), (Kind::WriteFailed, false));
    for trail in [&here, &after] {
        let moved = trail.iter().find(|entry| entry.kind == Kind::Moved).unwrap();
        assert!(!moved.heads.is_empty());
    }
    verified(&two.from());
    verified(&two.to());

    // A change there, and back again.
    let new = ask(&target, SAY, json!({ "member": member, "key": "another" })).await;
    let new = new["recordConsent"]["consents"][0]["id"].clone();
    assert!(said(&two.run(&["--forget"])).contains("rows of cambridgeshire were taken away"));
    assert!(said(&two.run(&["--forget"])).starts_with("0 rows"));
    assert!(two.moved().contains("there is nothing to do"));
    let back = Two {
        folder: two.folder,
        from: two.to,
        to: two.from,
    };
    back.moved();
    assert!(is_away(&target.post(READ, json!({})).await.unwrap()));
    let family = ask(&source, READ, json!({})).await["family"].to_string();
    assert!(
        family.contains(new.as_str().unwrap()),
        "what was written there is lost: {family}"
    );
    for (request, times) in requests(&entries(&databases).await) {
        assert!(
            times == 1 || request.0 == announced,
            "{request:?} is there {times} times"
        );
    }
    let at_last = entries(&databases).await;
    let told = |request: Option<Uuid>| at_last.iter().any(|entry| entry.request_id == request);
    assert!(
        after.iter().all(|entry| told(entry.request_id)),
        "the trail there is not told here"
    );
    verified(&back.from());
    verified(&back.to());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_under_way_is_told_there_as_well() {
    let (from, to) = (TestDatabase::sqlite().await, TestDatabase::sqlite().await);
    let two = Two::new(&from, &to);
    let serving = two.from().serve(&[]);
    let there = two.to().serve(&BARE);
    let source = lead(&two.from(), &serving);
    dawn(&source).await;
    let [databases, others] = two.open().await;
    let mine = trail(&databases, two.folder()).await;
    let read = entries(&databases).await.pop().unwrap();

    let arguments = two.arguments(&[]);
    let site = two.from();
    let moving =
        tokio::task::spawn_blocking(move || site.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()));
    let target = lead(&two.to(), &there);
    while target.post(READ, json!({})).await.unwrap().status != 200 {
        assert!(!moving.is_finished(), "it ended before anybody was answered");
    }
    // It was answered before the fence, and written only now.
    let mut late = read.clone();
    (late.at, late.request_id) = (read.at + TimeDelta::microseconds(1), Some(Uuid::from_u128(78)));
    let EntryRef { chain, seq } = mine.append(late).await.unwrap().place();
    said(&moving.await.unwrap());
    let copies = entries(&others).await.into_iter().filter_map(|entry| entry.copy_of);
    let of_it = copies.filter(|of| (of.chain, of.seq) == (chain, seq)).count();
    assert_eq!(of_it, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_moved_onto_somebody_else() {
    let (from, to) = (TestDatabase::sqlite().await, TestDatabase::sqlite().await);
    let two = Two::new(&from, &to);
    let keep = |serving: Serving| drop(serving);
    keep(two.from().serve(&[]));
    // There the demonstration is as well.
    keep(two.to().serve(&[]));
    assert!(refused(&two.run(&[])).contains("is served there, and it is served here"));
    let same = two.from().run(&[
        "move-authority",
        MOVED.0,
        "--to",
        from.text(),
        "--secret",
        &two.fingerprint(),
    ]);
    assert!(refused(&same).contains("is it the same database?"));
    let databases = to.open().await;
    let rename = "UPDATE authority SET code = 'fenland' WHERE id = 1";
    sea_orm::ConnectionTrait::execute_unprepared(databases.main(), rename)
        .await
        .unwrap();
    let said = refused(&two.run(&["--check"]));
    assert!(said.contains("the number 1 is that of fenland"), "{said}");
    assert!(refused(&two.run(&["--cancel"])).contains("fenland"));
    assert!(refused(&two.run(&["--forget"])).contains("fenland"));
    let nobody = two.from().run(&[
        "move-authority",
        "atlantis",
        "--to",
        to.text(),
        "--secret",
        &two.fingerprint(),
    ]);
    assert!(refused(&nobody).contains("there is no authority atlantis here"));
    let served: Value = ask(&lead(&two.from(), &two.from().serve(&[])), READ, json!({})).await;
    assert_eq!(served["family"]["reference"], "TF-10001");
}
