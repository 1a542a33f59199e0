//! Webhooks: told to the right agency and to nobody else, signed, tried again, and kept from where they must not go.

mod addresses;
mod delivery;
mod endpoints;
mod proxied;
mod restarts;
mod retries;
mod secure;
mod verifiers;

use chrono::TimeDelta;
use serde_json::{Value, json};
use thinkfamily::webhook::{Deliverer, Settings};

use crate::{
    contacts::{HARDMANS, assert_done, change, contact, marker_id, police, report},
    support::app::{App, Partner},
};

/// Adds an endpoint, which must go well: its id and its secret.
pub(crate) async fn add(partner: &Partner, url: &str) -> (String, String) {
    let payload = change(
        partner,
        "addWebhookEndpoint",
        "secret endpoint { id }",
        json!({ "url": url }),
    )
    .await;
    assert_done(&payload);
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    (text(&payload["endpoint"]["id"]), text(&payload["secret"]))
}

/// Reports a contact with the Hardmans.
async fn report_one(app: &App) {
    report(&police(app), contact(&marker_id(app, HARDMANS).await)).await;
}

/// A deliverer that only works when it is told to.
fn deliverer(app: &App) -> Deliverer {
    app.deliverer(Settings::default())
}

/// What stands of deliveries, as a partner sees it, newest first.
async fn deliveries(partner: &Partner) -> Vec<Value> {
    let query = "{ webhookDeliveries(first: 100) { nodes { \
         id messageId state attempts lastFailure lastStatus nextAttemptAt eventType contact { id } endpoint { url } } } }";
    let reply = partner.ask(query).await;
    reply.data()["webhookDeliveries"]["nodes"]
        .as_array()
        .cloned()
        .unwrap_or_default()
}

fn later(app: &App, by: TimeDelta) {
    app.clock.set(app.clock.now() + by);
}
