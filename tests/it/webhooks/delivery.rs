//! What is told, to whom, how soon, and what the trail says of it.

use serde_json::{Value, json};
use thinkfamily::webhook::{Secret, Settings, signature::verify};

use super::{add, deliverer, deliveries, report_one};
use crate::{
    contacts::{HARDMANS, change, change_past_the_server, hand_over, mailbox},
    support::{
        app::App,
        database::{TestDatabase, on_both},
        receiver::{Answers, Receiver},
    },
};

async fn the_lead_professionals_agency_is_told_at_once(database: &TestDatabase) {
    let app = App::start(database).await;
    let (told, others) = (Receiver::start().await, Receiver::start().await);
    let mailbox = mailbox(&app);
    let (_, secret) = add(&mailbox, &told.url).await;
    // Agencies that work with the family and do not lead, and one that leads another.
    for (agency, role, purpose) in [
        ("city-housing", "manager", "family_support"),
        ("cambs-social-care", "manager", "safeguarding"),
    ] {
        add(&app.partner(agency, role, purpose), &others.url).await;
    }
    let running = tokio::spawn(
        app.deliverer(Settings::default())
            .run(app.store.wake(), std::future::pending()),
    );
    report_one(&app).await;
    let got = told.wait_for(1).await;
    let webhook = &got[0];
    assert_eq!((webhook.method.as_str(), webhook.path.as_str()), ("POST", "/hooks"));
    assert_eq!(webhook.header("content-type"), "application/json");
    let secret = Secret::parse(&secret).expect("a secret");
    let (id, at) = (webhook.header("webhook-id"), webhook.header("webhook-timestamp"));
    assert_eq!(
        verify(
            &secret,
            id,
            at,
            webhook.header("webhook-signature"),
            &webhook.body,
            app.clock.now()
        ),
        Ok(())
    );
    // An id to fetch, and nothing else.
    let body = webhook.json();
    let keys: Vec<_> = body.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["type", "timestamp", "data"]);
    assert_eq!(body["type"], "contact.reported");
    assert_eq!(body["timestamp"], "2026-06-15T12:00:00.000000Z");
    let fetched = mailbox
        .ask_with(
            "query ($id: ID!) { node(id: $id) { ... on Contact { kind } } }",
            json!({ "id": body["data"]["id"] }),
        )
        .await;
    assert_eq!(fetched.data()["node"]["kind"], "INCIDENT");
    running.abort();
    let stands = deliveries(&mailbox).await;
    assert_eq!(stands.len(), 1);
    assert_eq!(stands[0]["messageId"], id);
    // Done, or about to be written down as done: the receiver knows before the table does.
    assert!(["DELIVERED", "PENDING"].contains(&stands[0]["state"].as_str().expect("a state")));
    assert!(others.got().is_empty());
    let entries = crate::support::trail::entries(app.store.databases()).await;
    let of_webhook = |entry: &&(thinkfamily::audit::Entry, String)| {
        entry.0.operation.as_ref().and_then(|operation| operation.name()) == Some("webhook")
    };
    let entries: Vec<_> = entries.iter().filter(of_webhook).collect();
    assert_eq!(entries.len(), 1);
    let (entry, body) = entries[0];
    assert_eq!((entry.kind.code(), entry.families.len()), ("disclosed", 1));
    assert!(id.ends_with(&entry.request_id.expect("a delivery").simple().to_string()));
    let categories: Vec<_> = entry.categories.iter().map(thinkfamily::audit::Code::as_str).collect();
    assert_eq!(categories, ["INVOLVEMENT", "MARKER"], "{body}");
    assert!(
        entry
            .clauses
            .iter()
            .any(|clause| clause.as_str() == "early-help-support"),
        "{body}"
    );
}
on_both!(the_lead_professionals_agency_is_told_at_once);

/// Decided anew before each attempt, the first one among them.
async fn an_agency_that_leads_no_longer_gets_nothing(database: &TestDatabase) {
    let app = App::start(database).await;
    let receiver = Receiver::start().await;
    let mailbox = mailbox(&app);
    add(&mailbox, &receiver.url).await;
    // One of the Lead Professional's own, who is told as themselves.
    let lead = app.lead_professional();
    let own = Receiver::start().await;
    add(&lead, &own.url).await;
    report_one(&app).await;
    hand_over(&app, HARDMANS, "cambs-social-care", "a-social-worker").await;
    deliverer(&app).pass().await.expect("the database answers");
    assert!(receiver.got().is_empty() && own.got().is_empty());
    let stands = deliveries(&mailbox).await;
    assert_eq!(
        (&stands[0]["state"], &stands[0]["lastFailure"]),
        (&json!("DEAD"), &json!("WITHHELD"))
    );
    assert_eq!(
        deliveries(&lead).await,
        Vec::<Value>::new(),
        "they may not know of the contact any more"
    );
    let entries = crate::support::trail::entries(app.store.databases()).await;
    let refused = entries
        .iter()
        .filter(|(entry, _)| entry.kind.code() == "refused" && !entry.families.is_empty());
    assert_eq!(refused.count(), 2);
    // The work comes back, and the agency has it tried again.
    hand_over(&app, HARDMANS, "cambs-early-help", thinkfamily::demo::LEAD_SUBJECT).await;
    let payload = change(
        &mailbox,
        "retryWebhookDelivery",
        "delivery { state attempts }",
        json!({ "deliveryId": stands[0]["id"] }),
    )
    .await;
    assert_eq!(
        payload["delivery"],
        json!({ "state": "PENDING", "attempts": 0 }),
        "{payload:#}"
    );
    deliverer(&app).pass().await.expect("the database answers");
    assert_eq!(receiver.got().len(), 1);
    let payload = change(
        &mailbox,
        "retryWebhookDelivery",
        "",
        json!({ "deliveryId": stands[0]["id"] }),
    )
    .await;
    crate::contacts::assert_refused(&payload, "deliveryId", "CONFLICT");
    let other = app.partner("cambs-social-care", "manager", "safeguarding");
    let payload = change(
        &other,
        "retryWebhookDelivery",
        "",
        json!({ "deliveryId": stands[0]["id"] }),
    )
    .await;
    crate::contacts::assert_refused(&payload, "deliveryId", "NOT_FOUND");
}
on_both!(an_agency_that_leads_no_longer_gets_nothing);

/// A consent that is withdrawn between two attempts ends them.
async fn a_withdrawal_between_two_attempts_holds(database: &TestDatabase) {
    let app = App::start(database).await;
    let receiver = Receiver::start().await;
    let mailbox = mailbox(&app);
    add(&mailbox, &receiver.url).await;
    report_one(&app).await;
    receiver.status(503);
    deliverer(&app).pass().await.expect("the database answers");
    assert_eq!(receiver.got().len(), 1);
    let sql = "UPDATE consent SET withdrawn_at = $1 WHERE authority_id = 1 AND category = 'INVOLVEMENT' AND agency_kind = 'early_help'";
    change_past_the_server(&app, sql, vec![app.clock.now().into()]).await;
    receiver.status(204);
    super::later(&app, chrono::TimeDelta::minutes(1));
    deliverer(&app).pass().await.expect("the database answers");
    assert_eq!(receiver.got().len(), 1, "nothing came any more");
    assert_eq!(deliveries(&mailbox).await, Vec::<Value>::new());
}
on_both!(a_withdrawal_between_two_attempts_holds);

/// An endpoint that never answers is in nobody's way.
async fn a_slow_endpoint_does_not_hold_up_another(database: &TestDatabase) {
    let app = App::start(database).await;
    let (slow, quick) = (Receiver::start().await, Receiver::start().await);
    slow.answer(Answers::Never);
    let mailbox = mailbox(&app);
    add(&mailbox, &slow.url).await;
    add(&mailbox, &quick.url).await;
    let running = tokio::spawn(
        app.deliverer(Settings::default())
            .run(app.store.wake(), std::future::pending()),
    );
    for _ in 0..6 {
        report_one(&app).await;
    }
    quick.wait_for(6).await;
    // Of one endpoint only so many are under way at once.
    assert_eq!(slow.wait_for(4).await.len(), 4);
    running.abort();
}
on_both!(a_slow_endpoint_does_not_hold_up_another);

/// If the trail cannot be written, nothing is sent.
async fn without_the_trail_nothing_is_sent(database: &TestDatabase) {
    let app = App::start(database).await;
    let receiver = Receiver::start().await;
    add(&mailbox(&app), &receiver.url).await;
    report_one(&app).await;
    app.trail.close().await;
    deliverer(&app).pass().await.expect("the database answers");
    assert!(receiver.got().is_empty());
}
on_both!(without_the_trail_nothing_is_sent);
