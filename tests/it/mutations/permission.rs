//! To see is not to write, and to write is not to see: under agreements that give one without the other.

use serde_json::{Value, json};
use thinkfamily::demo;

use super::{assert_done, assert_refused, change, hardmans, member};
use crate::support::{
    app::{App, Partner},
    database::{TestDatabase, on_both},
};

/// Lets a new version of the demonstration agreement be in force, changed in what it says of one clause.
async fn amend(app: &App, clause: &str, from: &str, to: &str) {
    let text = demo::CAMBRIDGESHIRE_AGREEMENT
        .replacen("version = 1", "version = 2", 1)
        .replacen("effective_from = 2026-01-01", "effective_from = 2026-06-15", 1);
    let (before, after) = text
        .split_once(&format!("id = \"{clause}\""))
        .expect("the clause is there");
    let amended = after.replacen(from, to, 1);
    assert_ne!(amended, after, "{clause} has no {from}");
    app.load_agreement(&format!("{before}id = \"{clause}\"{amended}")).await;
}

fn involvement(family: &Value, agency: &str) -> Value {
    json!({ "familyId": family["id"], "agency": agency, "contactName": "Sam Example", "startedOn": "2026-06-15" })
}

fn decision(member: &Value) -> Value {
    json!({ "memberId": member, "categories": ["PLAN"], "agencyKinds": ["PRISON"], "decision": "GIVEN" })
}

async fn record(partner: &Partner, input: Value) -> Value {
    change(partner, "recordInvolvement", "involvement { id }", input).await
}

async fn who_may_see_and_not_write_changes_nothing(database: &TestDatabase) {
    let app = App::start(database).await;
    let (lead, family) = (app.lead_professional(), hardmans(&app).await);
    let dawn = member(&family, "Dawn");
    let consent = change(&lead, "recordConsent", "consents { id }", decision(dawn)).await["consents"][0]["id"].clone();
    let begun = record(&lead, involvement(&family, "cambs-police")).await["involvement"]["id"].clone();
    // The coordinator sees every family, and from now on writes only where they lead.
    amend(&app, "coordinator-writes", "scope = \"authority\"", "scope = \"lead\"").await;
    let coordinator = app.partner("tff-team", "coordinator", "programme_management");
    let seen = coordinator
        .ask("{ family(reference: \"TF-10001\") { consents { id } involvements { id } } }")
        .await;
    let seen = seen.data()["family"].to_string();
    for id in [&consent, &begun] {
        assert!(seen.contains(id.as_str().expect("an id")));
    }
    let payload = change(&coordinator, "recordConsent", "consents { id }", decision(dawn)).await;
    assert_refused(&payload, "memberId", "NOT_FOUND");
    let withdrawal = json!({ "consentId": consent });
    let payload = change(&coordinator, "withdrawConsent", "consent { id }", withdrawal.clone()).await;
    assert_refused(&payload, "consentId", "NOT_FOUND");
    assert_refused(
        &record(&coordinator, involvement(&family, "prison-service")).await,
        "familyId",
        "NOT_FOUND",
    );
    let ending = json!({ "involvementId": begun, "endedOn": "2026-06-15" });
    let payload = change(&coordinator, "endInvolvement", "involvement { id }", ending.clone()).await;
    assert_refused(&payload, "involvementId", "NOT_FOUND");
    assert_done(&change(&lead, "withdrawConsent", "consent { id }", withdrawal).await);
    assert_done(&change(&lead, "endInvolvement", "involvement { id }", ending).await);
}
on_both!(who_may_see_and_not_write_changes_nothing);

/// That an agency works with the family already is not told to who may not see which agencies do.
async fn a_conflict_tells_nothing_to_who_may_not_see(database: &TestDatabase) {
    let app = App::start(database).await;
    let family = hardmans(&app).await;
    let coordinator = app.partner("tff-team", "coordinator", "programme_management");
    assert_refused(
        &record(&coordinator, involvement(&family, "cambs-early-help")).await,
        "agency",
        "CONFLICT",
    );
    amend(
        &app,
        "coordinator-eligibility",
        "\"CONSENT\", \"INVOLVEMENT\"",
        "\"CONSENT\"",
    )
    .await;
    let taken = record(&coordinator, involvement(&family, "cambs-early-help")).await;
    let free = record(&coordinator, involvement(&family, "cambs-police")).await;
    assert_refused(&free, "familyId", "NOT_FOUND");
    assert_eq!(taken, free);
}
on_both!(a_conflict_tells_nothing_to_who_may_not_see);
