//! Webhooks by https: only to somebody for whom an authority vouches that the server trusts.

use std::time::Duration;

use serde_json::json;
use tokio::time::timeout;

use super::restarts::{add_endpoint, data, report};
use crate::support::{
    authority::Authority,
    database::TestDatabase,
    process::{Serving, Site},
    secure::Secure,
};

/// What delivery to an endpoint failed by last, where it did.
async fn failure(site: &Site, serving: &Serving, url: &str) -> Option<String> {
    let who = ("cambs-early-help", "manager", "family_support");
    let query = "{ webhookDeliveries(first: 10) { nodes { lastFailure endpoint { url } } } }";
    let found = data(site, serving, who, query, json!({})).await;
    let rows = found["webhookDeliveries"]["nodes"]
        .as_array()
        .expect("deliveries")
        .clone();
    let row = rows
        .iter()
        .find(|row| row["endpoint"]["url"] == url)
        .expect("a delivery");
    row["lastFailure"].as_str().map(str::to_owned)
}

async fn who_is_vouched_for_is_told_and_nobody_else(database: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let (known, unknown) = (Authority::new(), Authority::new());
    let file = folder.path().join("authorities.pem");
    known.write(&file);
    let variables = [("SSL_CERT_FILE", file.to_str().expect("a path"))];
    let site = Site::new(folder.path(), database).with_environment(&variables);
    let trusted = Secure::start(known.server()).await;
    let doubtful = Secure::start(unknown.server()).await;
    let serving = site.serve(&["--webhook-private-addresses"]);
    add_endpoint(&site, &serving, &doubtful.url).await;
    add_endpoint(&site, &serving, &trusted.url).await;
    report(&site, &serving).await;
    let told = trusted.behind.wait_for(1).await;
    assert_eq!(told[0].json()["type"], "contact.reported");
    // Both were due at once; of the other it is known soon that it failed, and it was told nothing.
    let failed = async {
        loop {
            if let Some(failure) = failure(&site, &serving, &doubtful.url).await {
                break failure;
            }
        }
    };
    let failed = timeout(Duration::from_secs(40), failed)
        .await
        .expect("it fails in time");
    assert_eq!(failed, "CONNECTION");
    assert!(doubtful.behind.got().is_empty());
}

#[tokio::test]
async fn who_is_vouched_for_is_told_and_nobody_else_on_sqlite() {
    who_is_vouched_for_is_told_and_nobody_else(None).await;
}

#[tokio::test]
async fn who_is_vouched_for_is_told_and_nobody_else_on_postgres() {
    if let Some(database) = TestDatabase::postgres_empty().await {
        who_is_vouched_for_is_told_and_nobody_else(Some(database.text())).await;
    }
}
