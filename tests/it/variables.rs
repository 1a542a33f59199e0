//! Variables that do not fit: a request error, whatever the operation and however it comes.

use serde_json::{Value, json};

use crate::support::{
    app::App,
    database::{TestDatabase, on_both},
    live::{BOTH, Live},
};

/// Documents with variables that cannot stand where they are, whatever they are given.
const NEVER: [&str; 9] = [
    "query($a: Int) { markerChanges(after: $a) { nodes { kind } } }",
    "query($a: [String]) { family(reference: $a) { id } }",
    "query($a: [ID!]) { nodes(ids: $a) { id } }",
    "query($a: [ID]!) { nodes(ids: $a) { id } }",
    "query($a: Int) { viewer { subject @include(if: $a) } }",
    "query($a: Boolean) { viewer { subject @include(if: $a) } }",
    "query($a: Int) { families(filter: { onCohort: $a }) { nodes { id } } }",
    "query($a: Int = \"three\") { families(first: $a) { nodes { id } } }",
    "query($a: Int) { ...F } fragment F on Query { family(reference: $a) { id } }",
];

/// Documents that are good, with variables that they cannot be given.
fn not_these() -> [(&'static str, Value); 6] {
    let cohort = "query($a: Boolean!) { families(filter: { onCohort: $a }) { nodes { id } } }";
    let ordered = "query($a: FamilyOrder) { families(orderBy: $a) { nodes { id } } }";
    [
        (cohort, json!({})),
        (cohort, json!({ "a": null })),
        (cohort, json!({ "a": "true" })),
        (ordered, json!({ "a": { "field": "SHOE_SIZE" } })),
        (
            ordered,
            json!({ "a": { "field": "ATTACHED_ON", "direction": "DESCENDING", "more": 1 } }),
        ),
        (
            "query($a: String) { family(reference: $a) { id } }",
            json!({ "a": 10_001 }),
        ),
    ]
}

const SUBSCRIPTIONS: [&str; 4] = [
    "subscription($a: Int) { markerChanged(after: $a) { kind } }",
    "subscription S($a: [String!]) { markerChanged(after: $a) { kind } }",
    "subscription($a: Int) { ...F } fragment F on Subscription { contactReported(after: $a) { cursor } }",
    "subscription($a: String!) { markerChanged(after: $a) { kind } }",
];

/// One error, with a place, that speaks of the variable.
#[track_caller]
fn assert_refused(body: &Value, what: &str) {
    let errors = body["errors"].as_array().unwrap_or_else(|| panic!("{what}: {body:#}"));
    assert_eq!(errors.len(), 1, "{what}: {body:#}");
    assert_eq!(errors[0]["extensions"], json!({ "code": "BAD_USER_INPUT" }), "{what}");
    let message = errors[0]["message"].as_str().unwrap_or_default();
    assert!(message.contains("ariable `$a"), "{what}: {message}");
    assert!(errors[0]["locations"][0]["line"].is_u64(), "{what}: {body:#}");
    assert!(body.get("data").is_none(), "{what}: {body:#}");
}

async fn variables_that_do_not_fit_are_refused(database: &TestDatabase) {
    let app = App::start(database).await;
    let lead = app.lead_professional();
    let never = NEVER.map(|query| (query, json!({})));
    let given = NEVER.map(|query| (query, json!({ "a": 1 })));
    for (query, variables) in never.into_iter().chain(given).chain(not_these()) {
        let reply = lead.ask_with(query, variables.clone()).await;
        assert_eq!(reply.status, 400, "{query} {variables}: {:#}", reply.body);
        assert_refused(&reply.body, query);
        for by in BOTH {
            let mut live = Live::begin(by, &lead, query, &variables).await;
            assert_refused(&live.next().await.expect("an answer"), &format!("{by}: {query}"));
        }
    }
    for query in SUBSCRIPTIONS {
        for by in BOTH {
            let mut live = Live::begin(by, &lead, query, &json!({})).await;
            assert_refused(&live.next().await.expect("an answer"), &format!("{by}: {query}"));
        }
    }
    what_fits_is_answered(&app).await;
}
on_both!(variables_that_do_not_fit_are_refused);

/// A variable may say more than its place asks for, stand for a default, and be left out where nothing is asked for.
async fn what_fits_is_answered(app: &App) {
    let lead = app.lead_professional();
    for (query, variables) in [
        (
            "query($a: Boolean!) { families(filter: { onCohort: $a }) { nodes { id } } }",
            json!({ "a": true, "more": 1 }),
        ),
        (
            "query($a: Boolean = true) { viewer { subject @include(if: $a) } }",
            json!({}),
        ),
        ("query($a: Int) { families(first: $a) { nodes { id } } }", json!({})),
        (
            "query($a: Int) { families(first: $a) { nodes { id } } }",
            json!({ "a": null }),
        ),
        ("query($a: [ID!]!) { nodes(ids: $a) { id } }", json!({ "a": [] })),
        (
            "query($a: FamilyOrder) { families(orderBy: $a) { nodes { id } } }",
            json!({ "a": { "field": "ATTACHED_ON" } }),
        ),
    ] {
        // Twice: the second time the document is known.
        for _ in 0..2 {
            lead.ask_with(query, variables.clone()).await.data();
        }
    }
    let police = app.partner("cambs-police", "marker_lookup", "safeguarding");
    let mut live = Live::begin(
        "socket",
        &police,
        "subscription($a: String) { markerChanged(after: $a) { kind } }",
        &json!({}),
    )
    .await;
    live.next().await.expect("an event")["data"]["markerChanged"]
        .as_object()
        .expect("a change");
}
