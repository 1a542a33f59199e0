//! What the trail takes: bytes in the database for each entry, with all that it is found by.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use thinkfamily::{
    audit::{
        Code, Entry, Kind,
        entry::{Ground, Lookups},
        verify::verify,
    },
    clock::Ids,
    store::connect::Databases,
};

use crate::{
    lookups::world::{ask, person, police},
    support::{
        app::App,
        database::{TestDatabase, on_both},
        trail,
    },
};

/// Of which kind an entry is told of, how many are written, and what one may take.
const LOOK_UPS: (usize, i64) = (4000, 300);
const PAGES: (usize, i64) = (400, 4096);

/// What the tables of the trail take, with their indices.
async fn bytes(databases: &Databases) -> i64 {
    let trail = databases.trail();
    let sql = match trail.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT CAST(sum(pg_total_relation_size(oid)) AS bigint) AS bytes FROM pg_class \
             WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND relname LIKE 'trail\\_%'"
        }
        _ => "SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()",
    };
    let statement = Statement::from_string(trail.get_database_backend(), sql);
    let row = trail.query_one_raw(statement).await.unwrap().expect("a row");
    row.try_get("", "bytes").unwrap()
}

/// What each of so many entries takes.
async fn each(app: &App, count: usize, entry: impl Fn() -> Entry) -> i64 {
    let before = bytes(app.store.databases()).await;
    for some in (0..count).collect::<Vec<_>>().chunks(50) {
        let appends = some.iter().map(|_| app.trail.append(entry()));
        for done in futures_util::future::join_all(appends).await {
            done.expect("it is written");
        }
    }
    (bytes(app.store.databases()).await - before) / i64::try_from(count).unwrap()
}

on_both!(an_entry_takes_little_room);
async fn an_entry_takes_little_room(database: &TestDatabase) {
    let app = App::start(database).await;
    ask(&police(&app), person("Dawn", "Hardman")).await.data();
    let entries = trail::entries(app.store.databases()).await.into_iter();
    let look_up = entries
        .map(|(entry, _)| entry)
        .find(|entry| entry.kind == Kind::LookedUp);
    let look_up = look_up.expect("an entry of a look-up");
    assert_eq!(
        (look_up.families.len(), look_up.people.len(), look_up.lookups.matched),
        (1, 1, 1)
    );
    let ids = Ids::seeded(7);
    let another = |entry: &Entry| {
        let mut entry = entry.clone();
        (entry.at, entry.request_id) = (app.store.clock().now(), Some(ids.uuid()));
        entry
    };
    let (count, most) = LOOK_UPS;
    let took = each(&app, count, || {
        let mut entry = another(&look_up);
        entry.families = BTreeSet::from([ids.uuid()]);
        entry.people = BTreeSet::from([ids.uuid().into()]);
        entry
    })
    .await;
    assert!(took <= most, "{took} bytes for a look-up");

    // A page of fifty families with four or five people each, of which different things were disclosed on eighteen grounds.
    let clause = |number: usize| Code::new(format!("clause-{number}")).unwrap();
    let (count, most) = PAGES;
    let took = each(&app, count, || {
        let mut entry = another(&look_up);
        (entry.kind, entry.lookups) = (Kind::Disclosed, Lookups::default());
        (entry.families, entry.people) = (BTreeSet::new(), BTreeSet::new());
        entry.also = (0..18)
            .map(|number| Ground {
                kind: Kind::Disclosed,
                agreements: look_up.agreements.clone(),
                clauses: (0..=number).map(clause).collect(),
                families: (0..50_usize)
                    .filter(|family| family % 18 == number)
                    .map(|_| ids.uuid())
                    .collect(),
                people: (0..230_usize)
                    .filter(|person| person % 18 == number)
                    .map(|_| ids.uuid().into())
                    .collect(),
                categories: look_up.categories.clone(),
                emergency: BTreeSet::new(),
            })
            .collect();
        entry
    })
    .await;
    assert!(took <= most, "{took} bytes for a page of fifty families");
    let report = verify(app.trail.store(), &[app.trail.public_key()], &[]).await.unwrap();
    assert!(report.is_sound(), "{:?}", report.findings);
}
