//! That somebody tries values stands in the trail, and reaches whoever looks after the agreement: an id by webhook, and what it stands for to whom may know.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::{Value, json};
use thinkfamily::{
    audit::{Kind, read},
    webhook::Settings,
};

use super::world::{ask, police};
use crate::{
    contacts::{assert_done, assert_refused, change},
    support::{
        app::{App, Partner, today},
        database::{TestDatabase, on_both},
        receiver::Receiver,
    },
};

fn manager(app: &App) -> Partner {
    app.partner("tff-team", "agreement_manager", "agreement_management")
}

const ALERTS: &str =
    "{ alerts { nodes { id raisedAt lastAt tried times subject client role purpose requestId agency { code } } } }";

/// Tries birthdays of somebody, from one of them on, and gives back how often that was stopped.
async fn climb(partner: &Partner, days: std::ops::Range<i64>) -> u64 {
    let mut stopped = 0;
    for day in days {
        let born = today().date_naive() - TimeDelta::days(9_000 + 41 * day);
        let reply = ask(
            partner,
            json!({ "givenName": "Dora", "familyName": "Quillfeather", "dateOfBirth": born }),
        )
        .await;
        stopped += u64::from(reply.data()["markerLookup"]["status"].is_null());
    }
    stopped
}

async fn alerts(partner: &Partner) -> Vec<Value> {
    let reply = partner.ask(ALERTS).await;
    reply.data()["alerts"]["nodes"].as_array().cloned().unwrap_or_default()
}

on_both!(the_agreement_manager_is_told_by_webhook);
async fn the_agreement_manager_is_told_by_webhook(database: &TestDatabase) {
    let app = App::start(database).await;
    let receiver = Receiver::start().await;
    let manager = manager(&app);
    let payload = change(
        &manager,
        "addAlertEndpoint",
        "secret endpoint { id url addedBy }",
        json!({ "url": receiver.url }),
    )
    .await;
    assert_done(&payload);
    assert!(payload["secret"].as_str().unwrap().starts_with("whsec_"));
    let police = police(&app);
    let stopped = climb(&police, 0..12).await;
    assert!(stopped > 3, "{stopped}");
    app.deliverer(Settings::default()).pass().await.unwrap();
    let got = receiver.got();
    assert_eq!(got.len(), 1, "one alert, however often it happened");
    let body = got[0].json();
    let keys: BTreeSet<_> = body.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, BTreeSet::from(["type", "timestamp", "data"]));
    assert_eq!(body["type"], "alert.raised");
    assert_eq!(body["data"].as_object().unwrap().len(), 1);
    let fetched = manager
        .ask_with(
            "query ($id: ID!) { alert(id: $id) { tried times subject agency { code } } }",
            json!({ "id": body["data"]["id"] }),
        )
        .await;
    assert_eq!(
        fetched.data()["alert"],
        json!({ "tried": "DATES", "times": stopped, "subject": "marker_lookup-of-cambs-police", "agency": { "code": "cambs-police" } })
    );
    // Somebody else, and the same on another day, are alerts of their own.
    climb(&app.police_with("other", "other", "safeguarding"), 4..7).await;
    app.clock.set(today() + TimeDelta::days(1));
    climb(&self::police(&app), 0..13).await;
    let manager = self::manager(&app);
    assert_eq!(alerts(&manager).await.len(), 3);
    app.deliverer(Settings::default()).pass().await.unwrap();
    assert_eq!(receiver.got().len(), 3);
    // Removed, it is told nothing more.
    let payload = change(
        &manager,
        "removeAlertEndpoint",
        "",
        json!({ "endpointId": payload["endpoint"]["id"] }),
    )
    .await;
    assert_done(&payload);
    climb(&app.police_with("third", "third", "safeguarding"), 4..7).await;
    app.deliverer(Settings::default()).pass().await.unwrap();
    assert_eq!((receiver.got().len(), alerts(&manager).await.len()), (3, 4));
}

on_both!(an_alert_stands_in_the_trail_at_once);
async fn an_alert_stands_in_the_trail_at_once(database: &TestDatabase) {
    let app = App::start(database).await;
    let stopped = climb(&police(&app), 0..8).await;
    let entries = read::latest(app.trail.store(), 1, None, 50).await.unwrap();
    let alerts: Vec<_> = entries.iter().filter(|(_, entry)| entry.kind == Kind::Alert).collect();
    assert_eq!(alerts.len() as u64, stopped);
    let (_, alert) = alerts[0];
    assert_eq!(alert.reason.as_ref().unwrap().as_str(), "TRIES_VALUES");
    assert_eq!(
        alert.subject.as_ref().unwrap().as_str(),
        "marker_lookup-of-cambs-police"
    );
    assert!(alert.families.is_empty() && alert.agency.is_some());
}

on_both!(only_who_may_read_the_trail_is_told_of_alerts);
async fn only_who_may_read_the_trail_is_told_of_alerts(database: &TestDatabase) {
    let app = App::start(database).await;
    climb(&police(&app), 0..8).await;
    let seen = alerts(&manager(&app)).await;
    assert_eq!(seen.len(), 1);
    assert_eq!(
        (&seen[0]["client"], &seen[0]["role"], &seen[0]["purpose"]),
        (&json!("test-client"), &json!("MARKER_LOOKUP"), &json!("safeguarding"))
    );
    // The police's own manager is told of the police, and another agency's of nobody.
    let own = app.partner("cambs-police", "manager", "safeguarding");
    assert_eq!(alerts(&own).await.len(), 1);
    let other = app.partner("jcp-cambridge", "manager", "employment_support");
    assert_eq!(alerts(&other).await.len(), 0);
    let id = &seen[0]["id"];
    let one = other
        .ask_with("query ($id: ID!) { alert(id: $id) { times } }", json!({ "id": id }))
        .await;
    assert!(one.data()["alert"].is_null());
    // Who looks people up is told nothing, and cannot have it told.
    for partner in [police(&app), app.lead_professional()] {
        let reply = partner.ask(ALERTS).await;
        assert!(reply.data()["alerts"].is_null(), "{:#}", reply.body);
        let payload = partner
            .ask_with(
                "mutation ($input: AddAlertEndpointInput!) { addAlertEndpoint(input: $input) { secret errors { code } } }",
                json!({ "input": { "url": "https://example.org/hooks" } }),
            )
            .await;
        assert!(payload.data()["addAlertEndpoint"].is_null(), "{:#}", payload.body);
    }
    let refused = change(&manager(&app), "removeAlertEndpoint", "", json!({ "endpointId": id })).await;
    assert_refused(&refused, "endpointId", "NOT_FOUND");
}
