//! `contactReported`: history, then what comes, at once and to the right agency.

use std::time::Duration;

use serde_json::{Value, json};
use thinkfamily::graphql::{engine::Subscription, operation::Event};
use tokio::time::timeout;

use super::{HARDMANS, contact, hand_over, mailbox, marker_id, police, report, with};
use crate::support::{
    app::{App, Partner},
    database::{TestDatabase, on_both},
};

const LIVE: &str = "subscription { contactReported { cursor node { id occurredAt } } }";

/// The next event, which must come in time.
async fn next(subscription: &mut Subscription) -> Value {
    match timeout(Duration::from_mins(1), subscription.next()).await {
        Ok(Event::Next(bytes)) => {
            serde_json::from_slice::<Value>(&bytes).expect("JSON")["data"]["contactReported"].clone()
        }
        other => panic!("no event: {other:?}"),
    }
}

/// Nothing comes for a while.
async fn nothing(subscription: &mut Subscription) {
    let event = timeout(Duration::from_millis(300), subscription.next()).await;
    assert!(event.is_err(), "{event:?}");
}

async fn report_at(police: &Partner, marker: &str, minute: &str) {
    let at = json!(format!("2026-06-15T{minute}:00Z"));
    report(police, with(&contact(marker), "occurredAt", at)).await;
}

#[track_caller]
fn assert_at(event: &Value, minute: &str) {
    assert_eq!(
        event["node"]["occurredAt"].as_str().expect("an instant")[11..16],
        *minute,
        "{event:#}"
    );
}

async fn the_lead_professionals_agency_is_told_at_once(database: &TestDatabase) {
    let app = App::start(database).await;
    let (police, marker) = (police(&app), marker_id(&app, HARDMANS).await);
    report_at(&police, &marker, "11:01").await;
    let mut told = app.subscribe(&mailbox(&app), LIVE).await;
    let mut lead = app.subscribe(&app.lead_professional(), LIVE).await;
    let housing = app.partner("city-housing", "manager", "family_support");
    let mut not_told = app.subscribe(&housing, LIVE).await;
    let first = next(&mut told).await;
    assert_at(&first, "11:01");
    assert_at(&next(&mut lead).await, "11:01");
    nothing(&mut told).await;
    let ((), event) = tokio::join!(report_at(&police, &marker, "11:02"), next(&mut told));
    assert_at(&event, "11:02");
    assert_at(&next(&mut lead).await, "11:02");
    nothing(&mut not_told).await;
    // A reader that comes back goes on where it was.
    let after = format!(
        "subscription {{ contactReported(after: {}) {{ cursor node {{ occurredAt }} }} }}",
        first["cursor"]
    );
    let mut again = app.subscribe(&mailbox(&app), &after).await;
    assert_at(&next(&mut again).await, "11:02");
    nothing(&mut again).await;
    // From the moment of a hand-over on, the old agency is told nothing.
    hand_over(&app, HARDMANS, "cambs-social-care", "a-social-worker").await;
    report_at(&police, &marker, "11:03").await;
    nothing(&mut told).await;
    nothing(&mut lead).await;
    let social_care = app.partner("cambs-social-care", "manager", "safeguarding");
    let mut new = app.subscribe(&social_care, LIVE).await;
    for minute in ["11:01", "11:02", "11:03"] {
        assert_at(&next(&mut new).await, minute);
    }
}
on_both!(the_lead_professionals_agency_is_told_at_once);

/// What is told is in the trail before it is given, and its entry speaks of that alone.
async fn each_event_is_in_the_trail(database: &TestDatabase) {
    let app = App::start(database).await;
    let mut told = app.subscribe(&mailbox(&app), LIVE).await;
    report(&police(&app), contact(&marker_id(&app, HARDMANS).await)).await;
    next(&mut told).await;
    let entries = crate::support::trail::entries(app.store.databases()).await;
    let disclosed: Vec<_> = entries
        .iter()
        .filter(|(entry, _)| entry.kind.code() == "disclosed")
        .collect();
    assert_eq!(disclosed.len(), 1);
    let categories: Vec<_> = disclosed[0]
        .0
        .categories
        .iter()
        .map(thinkfamily::audit::Code::as_str)
        .collect();
    assert_eq!(categories, ["INVOLVEMENT", "MARKER"]);
}
on_both!(each_event_is_in_the_trail);
