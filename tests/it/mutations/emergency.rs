//! `openEmergencyAccess`.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{assert_done, assert_refused, change, entries, hardmans};
use crate::support::{
    app::{App, Partner, today},
    database::{TestDatabase, on_both},
};

const WHY: &str = "A neighbour rang: shouting, a child screaming, a door broken in.";

async fn open(partner: &Partner, family: &Value, why: &str) -> Value {
    let input = json!({ "familyId": family["id"], "ground": "SAFEGUARDING", "justification": why });
    change(partner, "openEmergencyAccess", "openedAt expiresAt", input).await
}

async fn sees(partner: &Partner, family: &Value) -> bool {
    let query = "query ($id: ID!) { family(id: $id) { members { givenName } } }";
    let reply = partner.ask_with(query, json!({ "id": family["id"] })).await;
    reply.data()["family"]["members"].to_string().contains("Dawn")
}

async fn it_opens_a_family_for_some_hours_to_who_opened_it(database: &TestDatabase) {
    let app = App::start(database).await;
    let family = hardmans(&app).await;
    let officer = app.partner("cambs-police", "practitioner", "safeguarding");
    let colleague = app.partner_named(
        "cambridgeshire",
        "cambs-police",
        "practitioner",
        "safeguarding",
        "colleague",
    );
    assert!(!sees(&officer, &family).await);
    let payload = open(&officer, &family, WHY).await;
    assert_done(&payload);
    assert_eq!(payload["openedAt"], "2026-06-15T12:00:00+00:00");
    assert_eq!(payload["expiresAt"], "2026-06-15T20:00:00+00:00");
    assert!(sees(&officer, &family).await);
    assert!(!sees(&colleague, &family).await, "it is the opener's own");
    let opened = entries(&app)
        .await
        .into_iter()
        .find(|entry| entry.kind.code() == "emergency")
        .expect("an entry");
    assert_eq!((opened.families.len(), opened.emergency.len()), (1, 1));
    assert!(
        opened.clauses.iter().any(|clause| clause.as_str() == "police-crime"),
        "{opened:?}"
    );
    let used = entries(&app)
        .await
        .into_iter()
        .find(|entry| !entry.people.is_empty())
        .expect("what it disclosed");
    assert_eq!(used.emergency, opened.emergency);

    app.clock.set(today() + TimeDelta::hours(2));
    let again = open(&officer, &family, WHY).await;
    assert_eq!(again, payload, "one that is open is given as it is");
    let query = "{ family(reference: \"TF-10001\") { emergencyAccesses { subject ground justification openedAt } } }";
    let shown = app.lead_professional().ask(query).await.data()["family"]["emergencyAccesses"].clone();
    assert_eq!(shown.as_array().map(Vec::len), Some(1), "{shown:#}");
    assert_eq!(shown[0]["justification"], WHY);

    app.clock.set(today() + TimeDelta::hours(8));
    assert!(!sees(&officer, &family).await);
    assert_done(&open(&officer, &family, WHY).await);
    assert!(sees(&officer, &family).await);
}
on_both!(it_opens_a_family_for_some_hours_to_who_opened_it);

async fn it_is_for_those_whom_a_clause_lets(database: &TestDatabase) {
    let app = App::start(database).await;
    let family = hardmans(&app).await;
    let query = "mutation ($input: OpenEmergencyAccessInput!) { openEmergencyAccess(input: $input) { openedAt } }";
    let asked = json!({ "input": { "familyId": family["id"], "ground": "THREAT_TO_LIFE", "justification": WHY } });
    let others = [
        app.partner("cambs-police", "practitioner", "prevention_of_crime"),
        app.partner("jcp-cambridge", "practitioner", "employment_support"),
        app.through_portal("tff-team", "cambs-police", "practitioner", "safeguarding", "officer"),
    ];
    for other in others {
        let reply = other.ask_with(query, asked.clone()).await;
        assert_eq!(reply.data()["openEmergencyAccess"], Value::Null);
        assert_eq!(
            reply.withheld("Mutation.openEmergencyAccess"),
            ["NOT_IN_AGREEMENT"],
            "{:#}",
            reply.body
        );
        let (_, sdl) = other.page("/schema.graphql").await;
        assert!(!sdl.contains("openEmergencyAccess"));
    }
    let officer = app.partner("cambs-police", "practitioner", "safeguarding");
    assert!(officer.page("/schema.graphql").await.1.contains("openEmergencyAccess"));
    assert!(entries(&app).await.iter().all(|entry| entry.kind.code() != "emergency"));
}
on_both!(it_is_for_those_whom_a_clause_lets);

async fn it_needs_a_reason_and_a_family(database: &TestDatabase) {
    let app = App::start(database).await;
    let family = hardmans(&app).await;
    let officer = app.partner("cambs-police", "practitioner", "safeguarding");
    for bad in [
        "",
        "because",
        &" ".repeat(40),
        &"x".repeat(2001),
        "a neighbour rang\u{0} about shouting",
    ] {
        assert_refused(&open(&officer, &family, bad).await, "justification", "INVALID");
    }
    assert_refused(
        &open(&officer, &family["members"][0], WHY).await,
        "familyId",
        "NOT_FOUND",
    );
    let input = json!({ "familyId": "made-up", "ground": "SAFEGUARDING", "justification": WHY });
    let query = "mutation ($input: OpenEmergencyAccessInput!) { openEmergencyAccess(input: $input) { openedAt } }";
    assert_eq!(
        officer.ask_with(query, json!({ "input": input })).await.code(),
        "BAD_USER_INPUT"
    );
    assert!(!sees(&officer, &family).await);
    assert_done(&open(&officer, &family, &"x".repeat(20)).await);
}
on_both!(it_needs_a_reason_and_a_family);
