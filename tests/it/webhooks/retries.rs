//! Attempts that fail: when they are made again, and when no more.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};
use thinkfamily::webhook::{Deliverer, Secret, Settings, signature::verify};

use super::{add, deliverer, deliveries, later, report_one};
use crate::{
    contacts::{change, mailbox},
    support::{
        app::App,
        database::{TestDatabase, on_both},
        receiver::{Answers, Got, Receiver},
    },
};

/// The waits of the specification, in seconds.
const WAITS: [i64; 9] = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];

async fn pass(deliverer: &Deliverer) {
    deliverer.pass().await.expect("the database answers");
}

async fn failures_are_tried_again_and_given_up_in_the_end(database: &TestDatabase) {
    let app = App::start(database).await;
    let receiver = Receiver::start().await;
    let (_, secret) = add(&mailbox(&app), &receiver.url).await;
    let secret = Secret::parse(&secret).expect("a secret");
    receiver.status(500);
    report_one(&app).await;
    let deliverer = deliverer(&app);
    for (made, wait) in (1..).zip(WAITS) {
        pass(&deliverer).await;
        assert_eq!(receiver.got().len(), made);
        let stands = &deliveries(&mailbox(&app)).await[0];
        assert_eq!(
            (&stands["state"], &stands["attempts"]),
            (&json!("PENDING"), &json!(made))
        );
        assert_eq!(
            (&stands["lastFailure"], &stands["lastStatus"]),
            (&json!("STATUS"), &json!(500))
        );
        // A moment before it is due nothing comes; with the chance in it, it is due a tenth later at most.
        later(&app, TimeDelta::seconds(wait - 1));
        pass(&deliverer).await;
        assert_eq!(receiver.got().len(), made, "too soon after {made}");
        later(&app, TimeDelta::seconds(1 + wait / 10 + 1));
    }
    pass(&deliverer).await;
    let got = receiver.got();
    assert_eq!(got.len(), 10);
    let id = |webhook: &Got| webhook.header("webhook-id").to_owned();
    assert!(
        got.iter().all(|webhook| id(webhook) == id(&got[0])),
        "the same event has the same id"
    );
    assert!(got.iter().all(|webhook| webhook.body == got[0].body));
    let last = &got[9];
    assert_ne!(last.header("webhook-timestamp"), got[0].header("webhook-timestamp"));
    let (at, signature) = (last.header("webhook-timestamp"), last.header("webhook-signature"));
    assert_eq!(
        verify(&secret, &id(last), at, signature, &last.body, app.clock.now()),
        Ok(())
    );
    // Given up, and visible as such.
    later(&app, TimeDelta::days(30));
    pass(&deliverer).await;
    assert_eq!(receiver.got().len(), 10);
    let dead = mailbox(&app)
        .ask("{ webhookDeliveries(state: DEAD) { nodes { id attempts endedAt } } }")
        .await;
    let dead = dead.data()["webhookDeliveries"]["nodes"].clone();
    assert_eq!(
        (dead.as_array().map(Vec::len), &dead[0]["attempts"]),
        (Some(1), &json!(10))
    );
    let pending = mailbox(&app)
        .ask("{ webhookDeliveries(state: PENDING) { nodes { id } } }")
        .await;
    assert_eq!(pending.data()["webhookDeliveries"]["nodes"], json!([]));
    assert_eq!(deliverer.stats().dead, 1);
    receiver.status(200);
    change(
        &mailbox(&app),
        "retryWebhookDelivery",
        "",
        json!({ "deliveryId": dead[0]["id"] }),
    )
    .await;
    pass(&deliverer).await;
    assert_eq!(deliveries(&mailbox(&app)).await[0]["state"], "DELIVERED");
    assert_eq!(id(&receiver.got()[10]), id(&got[0]));
}
on_both!(failures_are_tried_again_and_given_up_in_the_end);

/// Anything but 2xx is a failure, redirects among them, which are not followed.
async fn what_counts_as_success(database: &TestDatabase) {
    let app = App::start(database).await;
    let (receiver, elsewhere) = (Receiver::start().await, Receiver::start().await);
    add(&mailbox(&app), &receiver.url).await;
    let deliverer = deliverer(&app);
    for (status, taken) in [
        (200, true),
        (202, true),
        (204, true),
        (299, true),
        (301, false),
        (302, false),
        (307, false),
        (308, false),
        (400, false),
        (404, false),
        (429, false),
        (502, false),
    ] {
        let location = (300..400)
            .contains(&status)
            .then(|| ("location", elsewhere.url.clone()));
        receiver.answer(Answers::With(status, location));
        report_one(&app).await;
        pass(&deliverer).await;
        let newest = deliveries(&mailbox(&app))
            .await
            .into_iter()
            .find(|stands| stands["lastStatus"] == status);
        let state = newest.map(|stands| stands["state"].clone());
        assert_eq!(
            state,
            Some(json!(if taken { "DELIVERED" } else { "PENDING" })),
            "{status}"
        );
    }
    assert!(elsewhere.got().is_empty(), "a redirect was followed");
}
on_both!(what_counts_as_success);

async fn a_receiver_may_ask_for_more_time(database: &TestDatabase) {
    let app = App::start(database).await;
    let receiver = Receiver::start().await;
    add(&mailbox(&app), &receiver.url).await;
    receiver.answer(Answers::With(503, Some(("retry-after", "3600".to_owned()))));
    report_one(&app).await;
    let deliverer = deliverer(&app);
    pass(&deliverer).await;
    receiver.status(204);
    later(&app, TimeDelta::seconds(3599));
    pass(&deliverer).await;
    assert_eq!(receiver.got().len(), 1);
    later(&app, TimeDelta::seconds(1));
    pass(&deliverer).await;
    assert_eq!(receiver.got().len(), 2);
}
on_both!(a_receiver_may_ask_for_more_time);

async fn a_receiver_that_takes_too_long_has_failed(database: &TestDatabase) {
    let app = App::start(database).await;
    let receiver = Receiver::start().await;
    add(&mailbox(&app), &receiver.url).await;
    receiver.answer(Answers::Never);
    report_one(&app).await;
    let settings = Settings {
        timeout: Duration::from_millis(100),
        ..Settings::default()
    };
    let deliverer = app.deliverer(settings);
    pass(&deliverer).await;
    let stands = deliveries(&mailbox(&app)).await;
    assert_eq!(
        (&stands[0]["lastFailure"], &stands[0]["lastStatus"]),
        (&json!("TIMEOUT"), &Value::Null)
    );
    let url = receiver.url.clone();
    drop(receiver);
    later(&app, TimeDelta::seconds(6));
    pass(&deliverer).await;
    assert_eq!(
        deliveries(&mailbox(&app)).await[0]["lastFailure"],
        "CONNECTION",
        "{url}"
    );
}
on_both!(a_receiver_that_takes_too_long_has_failed);

async fn gone_is_gone(database: &TestDatabase) {
    let app = App::start(database).await;
    let receiver = Receiver::start().await;
    add(&mailbox(&app), &receiver.url).await;
    let deliverer = deliverer(&app);
    receiver.status(500);
    report_one(&app).await;
    pass(&deliverer).await;
    receiver.status(410);
    report_one(&app).await;
    pass(&deliverer).await;
    assert_eq!(receiver.got().len(), 2);
    let endpoints = mailbox(&app).ask("{ webhookEndpoints { disabledAt } }").await;
    assert_ne!(endpoints.data()["webhookEndpoints"][0]["disabledAt"], Value::Null);
    let mut failures: Vec<_> = deliveries(&mailbox(&app))
        .await
        .iter()
        .map(|stands| stands["lastFailure"].to_string())
        .collect();
    failures.sort();
    assert_eq!(failures, ["\"DISABLED\"", "\"GONE\""]);
    // Nothing more is written for it, nothing that it has is tried again, and nothing can be.
    receiver.status(204);
    report_one(&app).await;
    later(&app, TimeDelta::days(4));
    pass(&deliverer).await;
    let stands = deliveries(&mailbox(&app)).await;
    assert_eq!((receiver.got().len(), stands.len()), (2, 2));
    let payload = change(
        &mailbox(&app),
        "retryWebhookDelivery",
        "",
        json!({ "deliveryId": stands[0]["id"] }),
    )
    .await;
    crate::contacts::assert_refused(&payload, "deliveryId", "CONFLICT");
    // It can be added again.
    add(&mailbox(&app), &receiver.url).await;
    report_one(&app).await;
    pass(&deliverer).await;
    assert_eq!(receiver.got().len(), 3);
}
on_both!(gone_is_gone);

async fn both_secrets_sign_for_a_day(database: &TestDatabase) {
    let app = App::start(database).await;
    let receiver = Receiver::start().await;
    let (id, old) = add(&mailbox(&app), &receiver.url).await;
    let deliverer = deliverer(&app);
    let rotated = change(
        &mailbox(&app),
        "rotateWebhookSecret",
        "secret",
        json!({ "endpointId": id }),
    )
    .await;
    let (old, new) = (
        Secret::parse(&old),
        Secret::parse(rotated["secret"].as_str().expect("a secret")),
    );
    let signed = async |count: usize| {
        report_one(&app).await;
        pass(&deliverer).await;
        let webhook = receiver.got()[count - 1].clone();
        let by = |secret: &Option<Secret>| {
            let secret = secret.as_ref().expect("a secret");
            let (id, at) = (webhook.header("webhook-id"), webhook.header("webhook-timestamp"));
            verify(
                secret,
                id,
                at,
                webhook.header("webhook-signature"),
                &webhook.body,
                app.clock.now(),
            )
            .is_ok()
        };
        (by(&old), by(&new))
    };
    assert_eq!(signed(1).await, (true, true));
    later(&app, TimeDelta::hours(24) - TimeDelta::microseconds(1));
    assert_eq!(signed(2).await, (true, true), "the last moment");
    later(&app, TimeDelta::microseconds(1));
    assert_eq!(signed(3).await, (false, true), "the moment itself");
}
on_both!(both_secrets_sign_for_a_day);

/// What a process that ended had in hand comes back when that runs out, and not before.
async fn what_was_in_hand_comes_back(database: &TestDatabase) {
    let app = App::start(database).await;
    let receiver = Receiver::start().await;
    add(&mailbox(&app), &receiver.url).await;
    report_one(&app).await;
    let now = app.clock.now();
    let due = app
        .store
        .due_deliveries(now, 4, 64)
        .await
        .expect("the database answers");
    assert_eq!(due.len(), 1);
    let until = now + TimeDelta::seconds(60);
    assert!(
        app.store
            .claim_delivery(due[0], now, until)
            .await
            .expect("it answers")
            .is_some()
    );
    assert!(
        app.store
            .claim_delivery(due[0], now, until)
            .await
            .expect("it answers")
            .is_none(),
        "somebody has it"
    );
    let deliverer = deliverer(&app);
    pass(&deliverer).await;
    later(&app, TimeDelta::seconds(59));
    pass(&deliverer).await;
    assert!(receiver.got().is_empty());
    later(&app, TimeDelta::seconds(1));
    pass(&deliverer).await;
    assert_eq!(receiver.got().len(), 1);
    assert_eq!(deliveries(&mailbox(&app)).await[0]["attempts"], 2);
}
on_both!(what_was_in_hand_comes_back);
