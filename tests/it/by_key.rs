//! What is wanted by key and belongs to no family comes from one statement each, however many ask for it, and from none where nobody does.

use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use thinkfamily::{auth::Directory as _, store::alerts::AlertRow};

use crate::support::{
    app::{App, Partner, today},
    database::{TestDatabase, on_both},
    synthetic,
};

/// How often each operation is counted: with so many aliases of its field.
const ALIASES: [usize; 2] = [1, 8];

fn manager(app: &App, authority: &str) -> Partner {
    let agency = format!("{authority}-tff-team");
    app.partner_named(
        authority,
        &agency,
        "agreement_manager",
        "agreement_management",
        "a-manager",
    )
}

/// A document with so many times the same field, each under a name of its own.
fn aliased(times: usize, field: impl Fn(usize) -> String) -> String {
    let fields: Vec<String> = (0..times).map(|at| format!("a{at}: {}", field(at))).collect();
    format!("{{ {} }}", fields.join(" "))
}

/// Raises alerts, and gives their ids.
async fn raised(app: &App, authority: &str, times: usize) -> Vec<Value> {
    let agency = format!("{authority}-police");
    let agency = app
        .store
        .agency(authority, &agency, "")
        .await
        .unwrap()
        .expect("the police");
    for number in 0..times {
        let alert = AlertRow {
            authority_id: agency.authority,
            id: app.store.ids().uuid(),
            raised_at: today(),
            last_at: today(),
            request_id: app.store.ids().uuid(),
            agency_id: agency.agency,
            client: "a-program".to_owned(),
            subject: format!("officer-{number}"),
            role: "marker_lookup".to_owned(),
            purpose: "safeguarding".to_owned(),
            kind: "dates".to_owned(),
            times: 1,
            family_id: None,
        };
        let digest = i64::try_from(number).unwrap();
        app.store.raise_alert(alert, digest).await.unwrap();
    }
    let reply = manager(app, authority)
        .ask("{ alerts(first: 20) { nodes { id } } }")
        .await;
    let nodes = reply.data()["alerts"]["nodes"].as_array().cloned().unwrap();
    nodes.iter().map(|node| node["id"].clone()).collect()
}

/// The statements of each operation at each number of aliases, in a server with so many bytes of memory, once each was asked before.
async fn counted(database: &TestDatabase, known: usize) -> Vec<(&'static str, Vec<u64>)> {
    let (app, authority) = synthetic::start_keeping(database, 3, known).await;
    let alerts = raised(&app, &authority, 8).await;
    let manager = manager(&app, &authority);
    let agencies = manager.ask("{ agencies { id } }").await;
    let agencies: Vec<String> = agencies.data()["agencies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|agency| agency["id"].to_string())
        .collect();
    let here = |_| "viewer { role purpose agreements { code version } authority { name } }".to_owned();
    let by_key = |_| {
        "viewer { agency { name } portal { name } authority { statisticalNeighbours }
            agreements { signatories { agency { name kind } signedOn } } }"
            .to_owned()
    };
    let named = |at: usize| {
        format!(
            "node(id: {}) {{ ... on Agency {{ name }} }}",
            agencies[at % agencies.len()]
        )
    };
    let alert = |at: usize| format!("alert(id: {}) {{ tried agency {{ name }} }}", alerts[at]);
    let told = |_| "alertEndpoints { url }".to_owned();
    let mut counts = Vec::new();
    let fields: [(&str, &dyn Fn(usize) -> String); 5] = [
        ("here", &here),
        ("viewer", &by_key),
        ("node", &named),
        ("alert", &alert),
        ("endpoints", &told),
    ];
    for (name, field) in fields {
        let mut at_each = Vec::new();
        for times in ALIASES {
            let document = aliased(times, field);
            let first = manager.ask(&document).await;
            let last = &first.data()[format!("a{}", times - 1)];
            assert!(!last.is_null(), "{name}: {}", first.data());
            let before = app.store.statements_sent();
            let again = manager.ask(&document).await;
            at_each.push(app.store.statements_sent() - before);
            assert_eq!(first.data(), again.data());
        }
        counts.push((name, at_each));
    }
    counts
}

on_both!(each_is_read_once_however_many_ask);
async fn each_is_read_once_however_many_ask(database: &TestDatabase) {
    let expected = json!([
        ["here", [1, 1]],
        ["viewer", [3, 3]],
        ["node", [2, 2]],
        ["alert", [3, 3]],
        ["endpoints", [2, 2]]
    ]);
    assert_eq!(json!(Box::pin(counted(database, 0)).await), expected);
}

on_both!(what_is_known_of_agencies_is_not_read_again);
async fn what_is_known_of_agencies_is_not_read_again(database: &TestDatabase) {
    let expected = json!([
        ["here", [1, 1]],
        ["viewer", [2, 2]],
        ["node", [1, 1]],
        ["alert", [2, 2]],
        ["endpoints", [2, 2]]
    ]);
    assert_eq!(json!(Box::pin(counted(database, 100_000_000)).await), expected);
}

on_both!(an_alert_that_is_hidden_costs_what_one_costs_that_is_not_there);
async fn an_alert_that_is_hidden_costs_what_one_costs_that_is_not_there(database: &TestDatabase) {
    let (app, authority) = synthetic::start_keeping(database, 3, 0).await;
    let alerts = raised(&app, &authority, 2).await;
    let agency = format!("{authority}-jobcentre");
    let other = app.partner_named(&authority, &agency, "manager", "employment_support", "a-manager");
    let document = aliased(2, |at| {
        format!("alert(id: {}) {{ times agency {{ name }} }}", alerts[at])
    });
    let count = async || {
        let before = app.store.statements_sent();
        let reply = other.ask(&document).await;
        assert_eq!(reply.data(), &json!({ "a0": null, "a1": null }));
        app.store.statements_sent() - before
    };
    let hidden = count().await;
    let main = app.store.databases().main();
    main.execute_unprepared("DELETE FROM webhook_delivery").await.unwrap();
    main.execute_unprepared("DELETE FROM alert").await.unwrap();
    assert_eq!((hidden, count().await), (2, 2));
}
