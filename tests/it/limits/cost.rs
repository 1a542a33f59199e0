//! What an operation costs depends on the operation alone; what a client may spend in a minute is bounded on every transport together.

use serde_json::{Value, json};

use crate::support::{
    app::{App, Partner},
    client::Client,
    database::{TestDatabase, on_both},
    live::Live,
    process::{Site, someone},
};

fn members(first: u32, more: &str) -> String {
    format!("{{ families(first: {first}) {{ nodes {{ reference members {{ givenName {more} }} }} }} }}")
}

async fn cost(partner: &Partner, query: &str) -> u64 {
    let reply = partner.ask(query).await;
    reply.data();
    reply.body["extensions"]["cost"]
        .as_u64()
        .unwrap_or_else(|| panic!("{:#}", reply.body))
}

on_both!(cost_is_told_and_depends_on_the_operation_alone);
async fn cost_is_told_and_depends_on_the_operation_alone(database: &TestDatabase) {
    let app = App::start(database).await;
    let police = app.partner("cambs-police", "marker_lookup", "safeguarding");
    let lead = app.lead_professional();
    for query in [
        members(10, ""),
        "{ family(reference: \"TF-10001\") { members { givenName } } }".to_owned(),
    ] {
        // One sees nothing of it, the other all.
        assert_eq!(cost(&police, &query).await, cost(&lead, &query).await);
    }
    let known = "{ family(reference: \"TF-10001\") { members { givenName } } }";
    assert_eq!(
        cost(&lead, known).await,
        cost(&lead, &known.replace("10001", "99999")).await
    );
    // Pages are multiplied with what is in them: the family, its reference, its list, and five members of as many fields.
    let (ten, twenty, more) = (
        cost(&lead, &members(10, "")).await,
        cost(&lead, &members(20, "")).await,
        cost(&lead, &members(10, "familyName")).await,
    );
    assert_eq!(twenty - ten, 10 * (1 + 1 + 1 + 5));
    assert_eq!(more - ten, 10 * 5);
    let variable = lead
        .ask_with(
            &members(10, "").replacen("{ families(first: 10)", "query($n: Int) { families(first: $n)", 1),
            json!({ "n": 20 }),
        )
        .await;
    assert_eq!(variable.body["extensions"]["cost"], twenty);
}

on_both!(a_client_spends_its_minute_on_all_transports_together);
async fn a_client_spends_its_minute_on_all_transports_together(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    // What the query costs fits twice, and once in one operation.
    let serving = site.serve(&["--cost", "100", "--cost-per-minute", "100"]);
    let of_client = |client: &str| {
        let mut who = someone("cambs-police", "marker_lookup", "safeguarding", "somebody");
        client.clone_into(&mut who.client);
        site.token(&who)
    };
    let (token, other) = (of_client("one"), of_client("other"));
    let client = Client::new(&serving.url, &token);
    let query = members(10, "");
    let first = client.post(&query, json!({})).await.unwrap();
    let cost = first.json()["extensions"]["cost"].as_u64().unwrap();
    assert!((51..=100).contains(&cost), "{cost}");

    let again = client.post(&query, json!({})).await.unwrap();
    assert_eq!(again.status, 429, "{}", again.text());
    let after = told(&again.json()["errors"][0]);
    assert_eq!(again.retry_after, Some(after));
    let partner = Partner::at(&serving.url, token);
    let mut socket = Live::begin("socket", &partner, &query, &json!({})).await;
    told(&socket.next().await.unwrap()["errors"][0]);
    let stream = client.stream(&query).await.unwrap();
    assert_eq!(stream.status, 429, "{}", stream.text());
    assert_eq!(stream.retry_after, Some(told(&stream.json()["errors"][0])));

    // What still fits is answered, and others have a minute of their own.
    assert_eq!(client.post("{ __typename }", json!({})).await.unwrap().status, 200);
    let other = Client::new(&serving.url, &other);
    assert_eq!(other.post(&query, json!({})).await.unwrap().status, 200);
}

/// That it is the refusal, and after how many seconds to come back.
#[track_caller]
fn told(error: &Value) -> u64 {
    assert_eq!(error["extensions"]["code"], "TOO_MANY_REQUESTS", "{error}");
    assert!(error["extensions"]["retryAt"].is_string(), "{error}");
    let after = error["extensions"]["retryAfter"].as_u64().unwrap();
    assert!((1..=60).contains(&after), "{after}");
    after
}
