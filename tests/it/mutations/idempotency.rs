//! The same request sent again under its key changes nothing again.

use serde_json::{Value, json};
use thinkfamily::{
    sharing::caller::Party,
    store::{
        session::{Mode, Session, StoreError},
        write::StoredOutcome,
    },
};

use super::{assert_done, assert_refused, change, hardmans, member, trail};
use crate::support::{
    app::{App, Partner},
    database::{TestDatabase, on_both},
};

fn input(member: &Value, key: &str, decision: &str) -> Value {
    json!({
        "memberId": member,
        "categories": ["PLAN"],
        "agencyKinds": ["PRISON"],
        "decision": decision,
        "idempotencyKey": key,
    })
}

async fn record(partner: &Partner, input: Value) -> Value {
    change(partner, "recordConsent", "consents { id decision recordedAt }", input).await
}

async fn the_same_request_gives_the_same_and_another_a_conflict(database: &TestDatabase) {
    let app = App::start(database).await;
    let (lead, family) = (app.lead_professional(), hardmans(&app).await);
    let dawn = member(&family, "Dawn");
    let first = record(&lead, input(dawn, "one", "GIVEN")).await;
    assert_done(&first);
    app.clock.set(app.clock.now() + chrono::TimeDelta::hours(3));
    assert_eq!(record(&lead, input(dawn, "one", "GIVEN")).await, first);
    let refused = record(&lead, input(dawn, "one", "REFUSED")).await;
    assert_refused(&refused, "idempotencyKey", "CONFLICT");
    let second = record(&lead, input(dawn, "two", "GIVEN")).await;
    assert_done(&second);
    assert_ne!(second["consents"][0]["id"], first["consents"][0]["id"]);
    assert_eq!(trail(&app).await.iter().filter(|kind| **kind == "consent").count(), 2);
    // Another caller's key is another key.
    let coordinator = app.partner("tff-team", "coordinator", "programme_management");
    assert_done(&record(&coordinator, input(dawn, "one", "REFUSED")).await);
}
on_both!(the_same_request_gives_the_same_and_another_a_conflict);

async fn what_was_wrong_is_kept_as_well(database: &TestDatabase) {
    let app = App::start(database).await;
    let (lead, family) = (app.lead_professional(), hardmans(&app).await);
    let asked = json!({
        "familyId": family["id"],
        "agency": "cambs-early-help",
        "contactName": "Sam Example",
        "startedOn": "2026-06-15",
        "idempotencyKey": "one",
    });
    let begin = async || change(&lead, "recordInvolvement", "involvement { id }", asked.clone()).await;
    let first = begin().await;
    assert_refused(&first, "agency", "CONFLICT");
    let open = family["involvements"]
        .as_array()
        .expect("involvements")
        .iter()
        .find(|row| row["agency"]["code"] == "cambs-early-help" && row["endedOn"].is_null());
    let ending = json!({ "involvementId": open.expect("an open one")["id"], "endedOn": "2026-06-15" });
    assert_done(&change(&lead, "endInvolvement", "involvement { id }", ending).await);
    assert_eq!(begin().await, first);
}
on_both!(what_was_wrong_is_kept_as_well);

/// What is shown of a change when it is sent again is decided anew.
async fn who_has_lost_access_is_not_shown_again_what_they_changed(database: &TestDatabase) {
    let app = App::start(database).await;
    let family = hardmans(&app).await;
    let coordinator = app.partner("tff-team", "coordinator", "programme_management");
    let first = record(&coordinator, input(member(&family, "Dawn"), "one", "GIVEN")).await;
    assert_eq!(first["consents"].as_array().map(Vec::len), Some(1));
    let agreement = thinkfamily::demo::CAMBRIDGESHIRE_AGREEMENT
        .replacen("version = 1", "version = 2", 1)
        .replacen("effective_from = 2026-01-01", "effective_from = 2026-06-15", 1)
        .replace(
            "\"CRITERION_DOMESTIC_ABUSE\", \"CONSENT\", \"INVOLVEMENT\",\n",
            "\"CRITERION_DOMESTIC_ABUSE\", \"INVOLVEMENT\",\n",
        );
    app.load_agreement(&agreement).await;
    let again = record(&coordinator, input(member(&family, "Dawn"), "one", "GIVEN")).await;
    assert_eq!(again["consents"], Value::Null, "{again:#}");
    assert_done(&again);
}
on_both!(who_has_lost_access_is_not_shown_again_what_they_changed);

/// What is kept under a key is kept for seven days; then the key is new, and whoever writes throws old ones away.
async fn a_key_is_new_after_seven_days(database: &TestDatabase) {
    let app = App::start(database).await;
    let family = hardmans(&app).await;
    let (dawn, began) = (member(&family, "Dawn"), app.clock.now());
    let send = async |key: &str| {
        let payload = record(&app.lead_professional(), input(dawn, key, "GIVEN")).await;
        assert_done(&payload);
        payload["consents"][0]["id"].clone()
    };
    let first = send("one").await;
    for key in ["two", "three", "four"] {
        send(key).await;
    }
    app.clock
        .set(began + chrono::TimeDelta::days(7) - chrono::TimeDelta::seconds(1));
    assert_eq!(send("one").await, first);
    let kept = async || app.number_of("SELECT count(*) AS number FROM idempotency").await;
    assert_eq!(kept().await, 4);
    app.clock.set(began + chrono::TimeDelta::days(7));
    let again = send("one").await;
    assert_ne!(again, first);
    assert_eq!(send("one").await, again, "and holds for as long again");
    // The others are gone, since somebody wrote.
    assert_eq!(kept().await, 1);
}
on_both!(a_key_is_new_after_seven_days);

/// However many arrive at once, one change is made, and all get the same.
async fn of_many_at_once_one_is_made(database: &TestDatabase) {
    let app = App::start(database).await;
    let (lead, family) = (app.lead_professional(), hardmans(&app).await);
    let query =
        "mutation ($input: RecordConsentInput!) { recordConsent(input: $input) { consents { id } errors { code } } }";
    let asked = json!({ "input": input(member(&family, "Dawn"), "one", "GIVEN") });
    let sent = (0..8).map(|_| {
        let (lead, asked) = (lead.clone(), asked.clone());
        tokio::spawn(async move { lead.ask_with(query, asked).await })
    });
    let sent: Vec<_> = sent.collect();
    let mut ids = std::collections::BTreeSet::new();
    for reply in sent {
        let reply = reply.await.expect("it runs");
        ids.insert(reply.data()["recordConsent"]["consents"][0]["id"].to_string());
    }
    let reply = lead.ask_with(query, asked).await;
    ids.insert(reply.data()["recordConsent"]["consents"][0]["id"].to_string());
    assert_eq!(ids.len(), 1, "{ids:?}");
}
on_both!(of_many_at_once_one_is_made);

/// Whoever comes second with a row that may be there once is told of a conflict, not of a failure.
async fn a_row_that_came_in_between_is_a_conflict(database: &TestDatabase) {
    let app = App::start(database).await;
    let authority = thinkfamily::demo::CAMBRIDGESHIRE;
    let session = Session::begin(&app.store, authority, Mode::Write)
        .await
        .expect("a session");
    let agency = session
        .agencies()
        .await
        .expect("agencies")
        .by_code("cambs-police")
        .expect("the police")
        .clone();
    let party = Party {
        agency: agency.id,
        agency_code: agency.code,
        agency_kind: agency.kind,
        role: "practitioner".to_owned(),
        subject: "somebody".to_owned(),
    };
    let kept = StoredOutcome {
        request_hash: "hash".to_owned(),
        response: "{}".to_owned(),
    };
    session
        .store_outcome(&party, "one", kept.clone())
        .await
        .expect("it is the first");
    let again = session.store_outcome(&party, "one", kept).await;
    assert!(matches!(again, Err(StoreError::Conflict)), "{again:?}");
}
on_both!(a_row_that_came_in_between_is_a_conflict);
