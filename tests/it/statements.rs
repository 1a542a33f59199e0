//! The number of SQL statements of an operation does not depend on how many families it reads.
//!
//! The numbers are pinned: who adds a field that needs another table changes one of them, and sees that it is one and not one a family.

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use thinkfamily::demo;

use crate::support::{
    app::{self, Partner, today},
    database::{TestDatabase, on_both},
    synthetic,
};

const FAMILY_PAGE: &str = "query($id: ID!) { family(id: $id) {
    reference onCohort attachedOn needLevel route hasPlan
    leadProfessional { name phone agency { name } }
    members { givenName familyName relationship consents { category decision } criteriaMatches { criterion } }
    involvements { agency { name } contactName startedOn }
    criteriaMatches { criterion evidence sourceAgency { name } }
    assessments { kind quality distanceScores { domain score } }
    plan { status goals { description actions { description ownerAgency { name } } outcomes { indicator } } }
    outcomes { indicator result } markerPlacements { system status } consents { category }
} }";

const NESTED: &str = "query($first: Int!) { families(first: $first) { nodes {
    reference members { givenName familyName relationship }
    criteriaMatches { criterion evidence sourceAgency { name } } plan { status goals { description } } outcomes { indicator result }
} } }";

const ORDERED: &str = "query($first: Int!) {
    families(first: $first, filter: { onCohort: true, hasPlan: true }, orderBy: { field: ATTACHED_ON, direction: DESCENDING }) {
        totalCount nodes { reference attachedOn } pageInfo { hasNextPage endCursor }
    }
}";

const NODES: &str = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Family {
    reference members { givenName } plan { status goals { description } }
} } }";

const MATCHES: &str = "query($first: Int!) { criteriaMatches(first: $first, filter: { withdrawn: false }) {
    totalCount nodes { criterion evidence sourceAgency { name } member { givenName } family { reference } }
} }";

const SIZES: [usize; 3] = [1, 10, 100];

/// The statements of each question at each size with the rows that came, and those of a family's page for ten families; by a server with so many
/// bytes of memory for families, once each question was asked before.
async fn counted(database: &TestDatabase, known: usize) -> (Vec<(&'static str, Vec<(u64, usize)>)>, Vec<u64>) {
    let (app, authority) = synthetic::start_keeping(database, 200, known).await;
    let partner = synthetic::coordinator(&app, &authority);
    let all = partner
        .ask("{ families(first: 100) { totalCount nodes { id } } }")
        .await;
    assert_eq!(all.data()["families"]["totalCount"], 200);
    let ids: Vec<&Value> = rows(&all.data()["families"]["nodes"])
        .iter()
        .map(|family| &family["id"])
        .collect();

    let mut counts = Vec::new();
    for (name, query) in [("nested", NESTED), ("ordered", ORDERED), ("matches", MATCHES)] {
        for size in SIZES {
            partner.ask_with(query, json!({ "first": size })).await.data();
        }
        let mut at = Vec::new();
        for size in SIZES {
            let before = app.store.statements_sent();
            let reply = partner.ask_with(query, json!({ "first": size })).await;
            let page = reply
                .data()
                .as_object()
                .expect("data")
                .values()
                .next()
                .expect("one field");
            assert!(rows(&page["nodes"]).len() >= size.min(20), "{name}: {page:#}");
            at.push((app.store.statements_sent() - before, rows(&page["nodes"]).len()));
        }
        counts.push((name, at));
    }
    partner.ask_with(NODES, json!({ "ids": ids })).await.data();
    let mut at = Vec::new();
    for size in SIZES {
        let before = app.store.statements_sent();
        let reply = partner.ask_with(NODES, json!({ "ids": ids[..size] })).await;
        let found = rows(&reply.data()["nodes"])
            .iter()
            .filter(|node| node["reference"].is_string())
            .count();
        at.push((app.store.statements_sent() - before, found));
    }
    counts.push(("nodes", at));
    family_pages(&app.store, &partner, &ids[..10]).await;
    let pages = family_pages(&app.store, &partner, &ids[..10]).await;
    (counts, pages)
}

fn at_each_size(expected: [(&'static str, u64); 4]) -> Vec<(&'static str, Vec<(u64, usize)>)> {
    let at_each = |(name, statements)| (name, SIZES.map(|size| (statements, size)).to_vec());
    expected.map(at_each).to_vec()
}

async fn the_number_of_statements_does_not_depend_on_the_number_of_families(database: &TestDatabase) {
    let (counts, pages) = counted(database, 0).await;
    let expected = [("nested", 14), ("ordered", 6), ("matches", 20), ("nodes", 11)];
    assert_eq!(counts, at_each_size(expected), "statements and rows at each size");
    assert_eq!(pages, [19; 10], "the page of one family, for ten families");
}
on_both!(the_number_of_statements_does_not_depend_on_the_number_of_families);

async fn what_is_known_needs_few_statements(database: &TestDatabase) {
    let (counts, pages) = counted(database, 100_000_000).await;
    let expected = [("nested", 1), ("ordered", 3), ("matches", 1), ("nodes", 1)];
    assert_eq!(counts, at_each_size(expected), "statements and rows at each size");
    assert_eq!(pages, [1; 10], "the page of one family, for ten families");
}
on_both!(what_is_known_needs_few_statements);

/// The statements of the page of each of these families, who have different numbers of members, matches and goals.
async fn family_pages(store: &thinkfamily::store::Store, partner: &Partner, ids: &[&Value]) -> Vec<u64> {
    let (mut counts, mut sizes) = (Vec::new(), std::collections::BTreeSet::new());
    for id in ids {
        let before = store.statements_sent();
        let reply = partner.ask_with(FAMILY_PAGE, json!({ "id": id })).await;
        sizes.insert(rows(&reply.data()["family"]["members"]).len());
        counts.push(store.statements_sent() - before);
    }
    assert!(sizes.len() > 1, "families of one size only prove nothing: {sizes:?}");
    counts
}

fn rows(list: &Value) -> &[Value] {
    list.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A page of those that exist for the asker, where nearly none of the many that it might be do: read in stretches that grow, and never one by
/// one.
async fn a_page_is_found_among_many_that_are_not_for_the_asker(database: &TestDatabase) {
    let (app, authority) = synthetic::start_keeping(database, 1000, 0).await;
    let agency = format!("{authority}-police");
    let police = app.partner_named(&authority, &agency, "marker_lookup", "safeguarding", "an-officer");
    let query = "{ families(first: 20) { nodes { reference } } }";
    let count = async || {
        let before = app.store.statements_sent();
        let reply = police.ask(query).await;
        (
            app.store.statements_sent() - before,
            rows(&reply.data()["families"]["nodes"]).len(),
        )
    };
    count().await;
    let (many, full) = count().await;
    let main = app.store.databases().main();
    let refuse = "UPDATE consent SET decision = 'refused' WHERE category = 'MARKER' AND agency_kind = 'police'";
    main.execute_unprepared(refuse).await.unwrap();
    let (none, empty) = count().await;
    assert_eq!((full, empty), (20, 0));
    assert_eq!((many, none), (9, 33));
}
on_both!(a_page_is_found_among_many_that_are_not_for_the_asker);

/// What is named and not given is read as often, and once more in vain: the same whether it is hidden or not there, and whether one or many.
async fn what_is_not_given_is_read_twice(database: &TestDatabase) {
    let (app, authority) = synthetic::start_keeping(database, 200, 0).await;
    let agency = format!("{authority}-police");
    let police = app.partner_named(&authority, &agency, "marker_lookup", "safeguarding", "an-officer");
    let coordinator = synthetic::coordinator(&app, &authority);
    let all = coordinator
        .ask("{ families(first: 100) { nodes { id reference } } }")
        .await;
    let ids: Vec<&Value> = rows(&all.data()["families"]["nodes"])
        .iter()
        .map(|family| &family["id"])
        .collect();
    let by_id = "query($v: [ID!]!) { nodes(ids: $v) { id } }";
    let by_reference = "query($v: String!) { family(reference: $v) { reference members { givenName } } }";
    let count = async |document: &str, value: Value| {
        let before = app.store.statements_sent();
        let reply = police.ask_with(document, json!({ "v": value })).await;
        (app.store.statements_sent() - before, reply.data().clone())
    };
    let visible = police.ask("{ families(first: 3) { nodes { id reference } } }").await;
    let visible = rows(&visible.data()["families"]["nodes"]).to_vec();
    count(by_reference, json!("TF-0")).await;
    let (given, reply) = count(by_reference, visible[0]["reference"].clone()).await;
    assert_eq!(reply["family"]["reference"], visible[0]["reference"]);
    let (given_ids, reply) = count(by_id, json!([visible[0]["id"], visible[1]["id"]])).await;
    assert!(rows(&reply["nodes"]).iter().all(Value::is_object));
    let main = app.store.databases().main();
    let refuse = "UPDATE consent SET decision = 'refused' WHERE category = 'MARKER' AND agency_kind = 'police'";
    main.execute_unprepared(refuse).await.unwrap();
    for reference in [visible[0]["reference"].clone(), json!("TF-0")] {
        assert_eq!(count(by_reference, reference).await.0, 2 * given, "once, and once more");
    }
    // The families are found by their keys in the bundle itself: only those that are read in vain have to be found first.
    for size in [1, 10, 100] {
        let (statements, reply) = count(by_id, json!(ids[..size])).await;
        assert!(rows(&reply["nodes"]).iter().all(Value::is_null));
        assert_eq!(statements, 2 * given_ids, "{size} that are hidden");
    }
}
on_both!(what_is_not_given_is_read_twice);

const LOOKUPS: &str = "query($inputs: [MarkerLookupInput!]!) { markerLookups(inputs: $inputs) { status
    marker { onCohortSince onePlan whatToDo leadProfessional { name phone agency { name } } }
} }";

async fn the_number_of_statements_does_not_depend_on_the_number_of_look_ups(database: &TestDatabase) {
    // Many people at one place, and nobody is stopped for it.
    let mut settings = app::lookups();
    settings.tries = 0;
    let (app, authority) = synthetic::start_asking(database, 300, 100_000_000, settings).await;
    let agency = format!("{authority}-police");
    let police = app.partner_named(&authority, &agency, "marker_lookup", "safeguarding", "an-officer");
    let made = demo::families(demo::Size::of(300), 7, today().date_naive());
    let questions: Vec<Value> = made
        .flat_map(|data| data.people)
        .map(|person| {
            json!({
                "familyName": person.family_name, "givenName": person.given_name, "dateOfBirth": person.date_of_birth,
                "postcode": "ZZ1 1ZZ",
            })
        })
        .collect();
    let nobody = json!({ "familyName": "Quillfeather", "dateOfBirth": "1990-01-01" });
    police.ask_with(LOOKUPS, json!({ "inputs": [nobody] })).await.data();
    let mut counts = Vec::new();
    for size in [1, 100, 500] {
        for (questions, at_least) in [(questions[..size].to_vec(), size / 5), (vec![nobody.clone(); size], 0)] {
            let before = app.store.statements_sent();
            let reply = police.ask_with(LOOKUPS, json!({ "inputs": questions })).await;
            counts.push(app.store.statements_sent() - before);
            let found = rows(&reply.data()["markerLookups"]);
            let matched = found.iter().filter(|found| found["status"] == "MATCHED").count();
            assert!(found.len() == size && matched >= at_least, "{matched} of {size}");
        }
    }
    // SQLite counts the questions by three.
    let expected = if database.url().is_postgres() { 13 } else { 15 };
    assert_eq!(counts, [expected; 6], "found or not, one or many");
}
on_both!(the_number_of_statements_does_not_depend_on_the_number_of_look_ups);
