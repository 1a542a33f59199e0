//! `recordInvolvement` and `endInvolvement`.

use serde_json::{Value, json};

use super::{assert_done, assert_refused, change, entries, hardmans};
use crate::support::{
    app::{App, Partner},
    database::{TestDatabase, on_both},
};

fn input(family: &Value) -> Value {
    json!({
        "familyId": family["id"],
        "agency": "cambs-police",
        "serviceTeam": "Neighbourhood team",
        "contactName": "Sam Example",
        "contactPhone": "01632 960000",
        "contactEmail": "sam@police.example",
        "startedOn": "2026-06-15",
    })
}

fn with(input: &Value, field: &str, value: Value) -> Value {
    let mut input = input.clone();
    input[field] = value;
    input
}

async fn record(partner: &Partner, input: Value) -> Value {
    let selection =
        "involvement { id serviceTeam contactName contactPhone contactEmail startedOn endedOn agency { code } }";
    change(partner, "recordInvolvement", selection, input).await
}

async fn end(partner: &Partner, involvement: &Value, on: &str) -> Value {
    let input = json!({ "involvementId": involvement, "endedOn": on });
    change(partner, "endInvolvement", "involvement { id endedOn }", input).await
}

async fn an_involvement_begins_and_ends(database: &TestDatabase) {
    let app = App::start(database).await;
    let (lead, family) = (app.lead_professional(), hardmans(&app).await);
    let payload = record(&lead, input(&family)).await;
    assert_done(&payload);
    let row = &payload["involvement"];
    assert_eq!(row["agency"]["code"], "cambs-police");
    assert_eq!(row["contactName"], "Sam Example");
    assert_eq!(
        (&row["startedOn"], &row["endedOn"]),
        (&json!("2026-06-15"), &Value::Null)
    );
    assert_refused(&record(&lead, input(&family)).await, "agency", "CONFLICT");
    assert_refused(&end(&lead, &row["id"], "2026-06-14").await, "endedOn", "INVALID");
    assert_refused(&end(&lead, &row["id"], "2026-06-16").await, "endedOn", "INVALID");
    let ended = end(&lead, &row["id"], "2026-06-15").await;
    assert_done(&ended);
    assert_eq!(ended["involvement"]["endedOn"], "2026-06-15");
    assert_refused(
        &end(&lead, &row["id"], "2026-06-15").await,
        "involvementId",
        "ALREADY_DONE",
    );
    assert_done(&record(&lead, input(&family)).await);
    let writes = entries(&app)
        .await
        .into_iter()
        .filter(|entry| entry.kind.code() == "write");
    assert_eq!(writes.filter(|entry| entry.families.len() == 1).count(), 3);
}
on_both!(an_involvement_begins_and_ends);

/// What an agency sees depends on its involvement from the moment of the answer.
async fn an_involvement_opens_what_the_agreement_ties_to_it(database: &TestDatabase) {
    let app = App::start(database).await;
    let (lead, family) = (app.lead_professional(), hardmans(&app).await);
    let police = app.partner("cambs-police", "practitioner", "safeguarding");
    let seen = async || {
        let query = "query ($id: ID!) { family(id: $id) { members { givenName } } }";
        let reply = police.ask_with(query, json!({ "id": family["id"] })).await;
        reply.data()["family"]["members"].to_string().contains("Dawn")
    };
    assert!(!seen().await);
    let payload = record(&lead, input(&family)).await;
    assert!(seen().await);
    assert_done(&end(&lead, &payload["involvement"]["id"], "2026-06-15").await);
    assert!(!seen().await);
}
on_both!(an_involvement_opens_what_the_agreement_ties_to_it);

async fn bad_input_is_told_and_changes_nothing(database: &TestDatabase) {
    let app = App::start(database).await;
    let (lead, family) = (app.lead_professional(), hardmans(&app).await);
    for (field, value, code) in [
        ("agency", json!("nobody"), "NOT_FOUND"),
        ("agency", json!("a\u{0}"), "NOT_FOUND"),
        ("serviceTeam", json!("x".repeat(201)), "INVALID"),
        ("contactName", json!("  "), "INVALID"),
        ("contactName", json!("Sam\u{0}"), "INVALID"),
        ("contactPhone", json!("ring me"), "INVALID"),
        ("contactEmail", json!("sam"), "INVALID"),
        ("startedOn", json!("2026-06-16"), "INVALID"),
        ("startedOn", json!("0001-01-01"), "INVALID"),
        ("familyId", family["members"][0]["id"].clone(), "NOT_FOUND"),
        ("idempotencyKey", json!(""), "INVALID"),
        ("idempotencyKey", json!("k\u{0}"), "INVALID"),
        ("idempotencyKey", json!("k".repeat(101)), "INVALID"),
    ] {
        let payload = record(&lead, with(&input(&family), field, value)).await;
        assert_refused(&payload, field, code);
    }
    assert_done(&record(&lead, input(&family)).await);
}
on_both!(bad_input_is_told_and_changes_nothing);

async fn who_may_not_write_is_told_nothing_of_the_family(database: &TestDatabase) {
    let app = App::start(database).await;
    let family = hardmans(&app).await;
    let another = app.partner_named(
        "cambridgeshire",
        "cambs-early-help",
        "lead_professional",
        "family_support",
        "another",
    );
    let not_there = with(&input(&family), "familyId", family["members"][0]["id"].clone());
    let free = record(&another, input(&family)).await;
    let taken = record(&another, with(&input(&family), "agency", json!("cambs-early-help"))).await;
    assert_refused(&free, "familyId", "NOT_FOUND");
    assert_eq!(
        (&free, &taken),
        (&record(&another, not_there).await, &free),
        "a conflict would tell of a row"
    );
    let involvement = &family["involvements"][0]["id"];
    assert_refused(
        &end(&another, involvement, "2026-06-15").await,
        "involvementId",
        "NOT_FOUND",
    );
    let coordinator = app.partner("tff-team", "coordinator", "programme_management");
    assert_done(&record(&coordinator, input(&family)).await);
}
on_both!(who_may_not_write_is_told_nothing_of_the_family);
