//! `addWebhookEndpoint`, `rotateWebhookSecret`, `removeWebhookEndpoint` and `webhookEndpoints`: whose they are, and that a secret is shown once.

use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use thinkfamily::webhook::Guard;

use super::{add, report_one};
use crate::{
    contacts::{assert_done, assert_refused, change, mailbox},
    support::{
        app::{App, Partner},
        database::{TestDatabase, on_both},
    },
};

const LIST: &str = "{ webhookEndpoints { id url addedBy addedAt secretRotatedAt disabledAt } }";

async fn list(partner: &Partner) -> Value {
    partner.ask(LIST).await.data()["webhookEndpoints"].clone()
}

async fn endpoints_belong_to_agency_role_and_purpose(database: &TestDatabase) {
    let app = App::start(database).await;
    let mailbox = mailbox(&app);
    let (id, secret) = add(&mailbox, "https://hooks.example.org/a").await;
    assert!(secret.starts_with("whsec_"));
    let own = list(&mailbox).await;
    assert_eq!(own[0]["url"], "https://hooks.example.org/a");
    assert_eq!(own[0]["addedBy"], "manager-of-cambs-early-help");
    let colleague = app.partner_named(
        "cambridgeshire",
        "cambs-early-help",
        "manager",
        "family_support",
        "colleague",
    );
    assert_eq!(list(&colleague).await, own, "the agency's, not the person's");
    for (agency, role, purpose) in [
        ("cambs-early-help", "manager", "safeguarding"),
        ("cambs-early-help", "lead_professional", "family_support"),
        ("cambs-social-care", "manager", "family_support"),
    ] {
        let other = app.partner(agency, role, purpose);
        assert_eq!(list(&other).await, json!([]), "{agency} {role} {purpose}");
        for mutation in ["rotateWebhookSecret", "removeWebhookEndpoint"] {
            let payload = change(&other, mutation, "", json!({ "endpointId": id })).await;
            assert_refused(&payload, "endpointId", "NOT_FOUND");
        }
    }
    // Whoever could never read a contact has no endpoints, and no way to have one.
    let police = crate::contacts::police(&app);
    let reply = police.ask(LIST).await;
    assert_eq!(reply.data()["webhookEndpoints"], Value::Null);
    assert_eq!(reply.withheld("Query.webhookEndpoints"), ["NOT_IN_AGREEMENT"]);
    let query = "mutation { addWebhookEndpoint(input: { url: \"https://hooks.example.org/p\" }) { secret } }";
    let reply = police.ask(query).await;
    assert_eq!(reply.withheld("Mutation.addWebhookEndpoint"), ["NOT_IN_AGREEMENT"]);
    // A portal's user asks when they are there; endpoints are told when nobody is.
    let portal = app.through_portal(
        "tff-team",
        "cambs-early-help",
        "manager",
        "family_support",
        "manager-of-cambs-early-help",
    );
    assert_eq!(list(&portal).await, json!([]));
    assert_eq!(portal.ask(query).await.code(), "BAD_USER_INPUT");
    let payload = change(&colleague, "removeWebhookEndpoint", "", json!({ "endpointId": id })).await;
    assert_done(&payload);
    assert_eq!(list(&mailbox).await, json!([]));
}
on_both!(endpoints_belong_to_agency_role_and_purpose);

async fn a_secret_is_shown_once_and_kept_nowhere_in_plain(database: &TestDatabase) {
    let app = App::start(database).await;
    let mailbox = mailbox(&app);
    let input = json!({ "url": "https://hooks.example.org/a", "idempotencyKey": "one" });
    let selection = "secret endpoint { id url }";
    let first = change(&mailbox, "addWebhookEndpoint", selection, input.clone()).await;
    let secret = first["secret"].as_str().expect("a secret").to_owned();
    let again = change(&mailbox, "addWebhookEndpoint", selection, input).await;
    assert_eq!(
        (&again["secret"], &again["endpoint"]),
        (&Value::Null, &first["endpoint"])
    );
    let rotation = json!({ "endpointId": first["endpoint"]["id"], "idempotencyKey": "two" });
    let rotated = change(&mailbox, "rotateWebhookSecret", selection, rotation.clone()).await;
    let new = rotated["secret"].as_str().expect("a secret").to_owned();
    assert_ne!(new, secret);
    let again = change(&mailbox, "rotateWebhookSecret", selection, rotation).await;
    assert_eq!(again["secret"], Value::Null);
    report_one(&app).await;
    let stored = everything(&app).await;
    assert!(stored.contains("hooks.example.org"), "the tables were not read");
    for secret in [secret, new] {
        let plain = secret.trim_start_matches("whsec_");
        assert!(!stored.contains(plain), "a secret is stored in plain");
    }
    for text in [
        format!("{:?}", app.engine.services()),
        format!("{:?}", super::deliverer(&app)),
    ] {
        assert!(
            !text.contains("whsec_") && !text.contains("hooks.example.org"),
            "{text}"
        );
    }
}
on_both!(a_secret_is_shown_once_and_kept_nowhere_in_plain);

/// Every table that could hold a secret, and the whole trail, as text.
async fn everything(app: &App) -> String {
    let main = app.store.databases().main();
    let mut all = String::new();
    for sql in [
        "SELECT url || ' ' || secret_now || ' ' || coalesce(secret_before, '') AS text FROM webhook_endpoint",
        "SELECT key || ' ' || request_hash || ' ' || response AS text FROM idempotency",
        "SELECT event_type || ' ' || state AS text FROM webhook_delivery",
    ] {
        let statement = Statement::from_string(main.get_database_backend(), sql);
        for row in main.query_all_raw(statement).await.expect("the table can be read") {
            all += &row.try_get::<String>("", "text").expect("a text");
        }
    }
    for (_, body) in crate::support::trail::entries(app.store.databases()).await {
        all += &body;
    }
    if let Some(file) = app.store.databases().url().file() {
        for name in [file.to_owned(), file.with_extension("db-wal")] {
            all += &String::from_utf8_lossy(&std::fs::read(name).unwrap_or_default());
        }
    }
    all
}

async fn bad_addresses_are_refused_and_so_are_too_many(database: &TestDatabase) {
    let private_addresses = false;
    let app = App::start_within(database, Guard { private_addresses }).await;
    let mailbox = mailbox(&app);
    let try_add = async |url: &str| change(&mailbox, "addWebhookEndpoint", "secret", json!({ "url": url })).await;
    for bad in [
        "",
        "hooks.example.org",
        "http://hooks.example.org/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://localhost/",
        "https://169.254.169.254/latest/meta-data",
        "https://2130706433/",
        "https://user:secret@hooks.example.org/",
        "https://hooks.example.org/#x",
    ] {
        let payload = try_add(bad).await;
        assert_refused(&payload, "url", "INVALID");
        assert_eq!(payload["secret"], Value::Null);
    }
    for at in 0..10 {
        assert_done(&try_add(&format!("https://hooks.example.org/{at}")).await);
    }
    assert_refused(&try_add("https://hooks.example.org/10").await, "url", "CONFLICT");
    let first = list(&mailbox).await[0].clone();
    assert_done(
        &change(
            &mailbox,
            "removeWebhookEndpoint",
            "",
            json!({ "endpointId": first["id"] }),
        )
        .await,
    );
    assert_refused(&try_add("https://hooks.example.org/1").await, "url", "ALREADY_DONE");
    assert_done(&try_add("https://hooks.example.org/10").await);
}
on_both!(bad_addresses_are_refused_and_so_are_too_many);
