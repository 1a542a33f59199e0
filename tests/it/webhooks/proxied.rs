//! Webhooks through a proxy: by http it is asked for the whole address, by https for a connection to the host and nothing else.

use thinkfamily::webhook::Settings;

use super::{add, deliveries, report_one};
use crate::{
    contacts::mailbox,
    support::{
        app::App,
        database::{TestDatabase, on_both},
        receiver::Receiver,
    },
};

async fn webhooks_go_through_the_proxy(database: &TestDatabase) {
    let app = App::start(database).await;
    // A server that takes requests for other hosts is a proxy.
    let proxy = Receiver::start().await;
    let through = app.deliverer(Settings {
        proxy: Some(proxy.url.trim_end_matches("/hooks").to_owned()),
        ..Settings::default()
    });
    let mailbox = mailbox(&app);
    // Names that lead nowhere: whoever looks them up is the proxy.
    add(&mailbox, "http://hooks.example.org/plain?secret").await;
    add(&mailbox, "https://secure.example.org/hidden").await;
    report_one(&app).await;
    through.pass().await.expect("it answers");
    let got = proxy.got();
    let plain = got.iter().find(|got| got.method == "POST").expect("one by http");
    assert_eq!(
        (plain.path.as_str(), plain.header("host")),
        ("/plain", "hooks.example.org")
    );
    assert_eq!(plain.json()["type"], "contact.reported");
    assert!(!plain.header("webhook-signature").is_empty());
    let tunnel = got.iter().find(|got| got.method == "CONNECT").expect("one by https");
    assert_eq!(tunnel.header("host"), "secure.example.org:443");
    let told = format!("{tunnel:?}");
    assert!(
        tunnel.body.is_empty() && !told.contains("hidden") && !told.contains("webhook-"),
        "{told}"
    );
    let stands = deliveries(&mailbox).await;
    let of = |host: &str| {
        let found = stands
            .iter()
            .find(|row| row["endpoint"]["url"].as_str().is_some_and(|url| url.contains(host)));
        found.expect("a delivery").clone()
    };
    assert_eq!(of("hooks.example.org")["state"], "DELIVERED");
    // The proxy said that there is a connection, and then spoke no TLS.
    assert_eq!(of("secure.example.org")["lastFailure"], "CONNECTION");
}
on_both!(webhooks_go_through_the_proxy);
