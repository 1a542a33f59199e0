//! A server that is killed in the middle of its work: whatever a client got is in the trail.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde_json::json;
use thinkfamily::audit::Kind;
use uuid::Uuid;

use crate::support::{
    client::Client,
    database::TestDatabase,
    process::{Serving, Site, someone},
    trail,
};

const CLIENTS: usize = 16;
const ROUNDS: usize = 3;

/// Asks until the server is gone, and gives the ids of the requests whose answers arrived whole and disclosed something.
async fn ask_until_the_end(client: Client, end: Arc<AtomicBool>) -> Vec<Uuid> {
    let query = "query Load { family(reference: \"TF-10001\") { reference members { givenName phone } } }";
    let mut answered = Vec::new();
    while let Some(answer) = client.post(query, json!({})).await {
        if answer.status == 200 {
            assert_eq!(
                answer.json()["data"]["family"]["reference"],
                "TF-10001",
                "{}",
                answer.text()
            );
            answered.push(answer.request_id);
        } else {
            assert_eq!(answer.status, 503, "{}", answer.text());
        }
        if end.load(Ordering::Relaxed) {
            break;
        }
    }
    answered
}

fn lead(site: &Site, serving: &Serving) -> Client {
    let subject = thinkfamily::demo::LEAD_SUBJECT;
    site.client(
        serving,
        &someone("cambs-early-help", "lead_professional", "family_support", subject),
    )
}

async fn every_answer_that_arrived_is_in_the_trail(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let mut answered = BTreeSet::new();
    for round in 0..ROUNDS {
        let mut serving = site.serve(&[]);
        let end = Arc::new(AtomicBool::new(false));
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| tokio::spawn(ask_until_the_end(lead(&site, &serving), Arc::clone(&end))))
            .collect();
        // Each round is cut at another point of the work.
        tokio::time::sleep(Duration::from_millis(900 + 370 * u64::try_from(round).unwrap())).await;
        serving.kill();
        end.store(true, Ordering::Relaxed);
        let mut whole = 0;
        for client in clients {
            for request in client.await.unwrap() {
                whole += 1;
                assert!(answered.insert(request), "two requests had one id");
            }
        }
        assert!(
            whole >= CLIENTS,
            "round {round}: {whole} answers are too few to prove anything"
        );

        let databases = database.open().await;
        let entries = trail::entries(&databases).await;
        let disclosed: BTreeSet<Uuid> = (entries.iter())
            .filter(|(entry, _)| entry.kind == Kind::Disclosed && entry.families.len() == 1)
            .filter_map(|(entry, _)| entry.request_id)
            .collect();
        let missing: Vec<_> = answered.difference(&disclosed).collect();
        assert!(
            missing.is_empty(),
            "round {round}: {} answers without an entry: {missing:?}",
            missing.len()
        );
        databases.close().await.unwrap();

        let verified = site.run(&["audit", "verify"]);
        let said = String::from_utf8_lossy(&verified.stdout);
        assert!(
            verified.status.success(),
            "round {round}: {said}{}",
            String::from_utf8_lossy(&verified.stderr)
        );
        assert!(said.contains("nothing found"), "{said}");
    }
    // Every start began a chain of its own, and the last one is as sound as the first after an orderly look.
    let databases = database.open().await;
    let chains = trail::entries(&databases)
        .await
        .iter()
        .filter(|(entry, _)| entry.kind == Kind::ChainOpened)
        .count();
    assert_eq!(chains, ROUNDS, "one chain a start");
    databases.close().await.unwrap();
    let serving = site.serve(&[]);
    let answer = lead(&site, &serving)
        .post("{ family(reference: \"TF-10001\") { reference } }", json!({}))
        .await
        .unwrap();
    assert_eq!(answer.json()["data"]["family"]["reference"], "TF-10001");
    drop(serving);
    assert!(site.run(&["audit", "verify"]).status.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_that_arrived_is_in_the_trail_on_sqlite() {
    every_answer_that_arrived_is_in_the_trail(&TestDatabase::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_that_arrived_is_in_the_trail_on_postgres() {
    if let Some(database) = TestDatabase::postgres().await {
        every_answer_that_arrived_is_in_the_trail(&database).await;
    }
}
