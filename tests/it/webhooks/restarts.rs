//! The program itself: told soon by a server of its own, and after a server was killed; by one of several, and once.

use std::{collections::BTreeSet, time::Duration};

use serde_json::{Value, json};

use crate::support::{
    database::TestDatabase,
    process::{Serving, Site, someone},
    receiver::{Answers, Receiver},
};

const OPEN: &str = "--webhook-private-addresses";

/// What a client is answered, which must be good.
pub(super) async fn data(
    site: &Site,
    serving: &Serving,
    who: (&str, &str, &str),
    query: &str,
    variables: Value,
) -> Value {
    let (agency, role, purpose) = who;
    let client = site.client(serving, &someone(agency, role, purpose, "tester"));
    let answer = client.post(query, variables).await.expect("an answer").json();
    assert!(answer.get("errors").is_none(), "{answer:#}");
    answer["data"].clone()
}

pub(super) async fn add_endpoint(site: &Site, serving: &Serving, address: &str) {
    let query = "mutation ($url: String!) { addWebhookEndpoint(input: { url: $url }) { errors { message } } }";
    let who = ("cambs-early-help", "manager", "family_support");
    let added = data(site, serving, who, query, json!({ "url": address })).await;
    assert_eq!(added["addWebhookEndpoint"]["errors"], json!([]));
}

/// Reports a contact with some family on the cohort that early help leads.
pub(super) async fn report(site: &Site, serving: &Serving) {
    let who = ("cambs-police", "marker_lookup", "safeguarding");
    let found = data(
        site,
        serving,
        who,
        "{ markerChanges(first: 500) { nodes { marker { id leadProfessional { agency { code } } } } } }",
        json!({}),
    )
    .await;
    let nodes = found["markerChanges"]["nodes"].as_array().expect("changes").clone();
    let led = nodes
        .iter()
        .find(|node| node["marker"]["leadProfessional"]["agency"]["code"] == "cambs-early-help")
        .expect("a family");
    let query = "mutation ($id: ID!, $at: DateTime!) { recordContact(input: \
         { markerId: $id, kind: VISIT, occurredAt: $at, urgency: SOON }) { errors { field message } } }";
    let at = thinkfamily::clock::Clock::system().now().to_rfc3339();
    let reported = data(
        site,
        serving,
        who,
        query,
        json!({ "id": led["marker"]["id"], "at": at }),
    )
    .await;
    assert_eq!(reported["recordContact"]["errors"], json!([]));
}

fn ids(receiver: &Receiver) -> BTreeSet<String> {
    receiver
        .got()
        .iter()
        .map(|webhook| webhook.header("webhook-id").to_owned())
        .collect()
}

/// Killed in the middle of an attempt: when that has been in hand for long enough, the next server makes another.
async fn what_a_killed_server_owed_is_told_by_the_next(database: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), database);
    let receiver = Receiver::start().await;
    receiver.answer(Answers::Never);
    let arguments = [OPEN, "--webhook-timeout-ms", "1000", "--log-level", "trace"];
    let mut serving = site.serve(&arguments);
    add_endpoint(&site, &serving, &receiver.url).await;
    report(&site, &serving).await;
    receiver.wait_for(1).await;
    serving.kill();
    receiver.status(204);
    let next = site.serve(&arguments);
    receiver.wait_for(2).await;
    assert_eq!(ids(&receiver).len(), 1, "the same event");
    // Nothing of it is in any log, at whatever level.
    for (_, log) in [serving.ended(), next.ended()] {
        assert!(log.contains("serving"), "there is a log");
        assert!(!log.contains("whsec_") && !log.contains(&receiver.url), "{log}");
    }
}

#[tokio::test]
async fn what_a_killed_server_owed_is_told_by_the_next_on_sqlite() {
    what_a_killed_server_owed_is_told_by_the_next(None).await;
}

#[tokio::test]
async fn what_a_killed_server_owed_is_told_by_the_next_on_postgres() {
    if let Some(database) = TestDatabase::postgres_empty().await {
        what_a_killed_server_owed_is_told_by_the_next(Some(database.text())).await;
    }
}

/// Two servers on one database: what one is told the other may deliver, and each event is delivered once.
#[tokio::test]
async fn of_several_servers_one_tells() {
    let Some(database) = TestDatabase::postgres_empty().await else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let receiver = Receiver::start().await;
    let one = site.serve(&[OPEN]);
    let other = site.serve(&[OPEN]);
    add_endpoint(&site, &one, &receiver.url).await;
    for at in 0..10 {
        report(&site, if at % 2 == 0 { &one } else { &other }).await;
    }
    receiver.wait_for(10).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!((receiver.got().len(), ids(&receiver).len()), (10, 10));
}
