//! Two servers behind a proxy that repeats nothing, restarted one after the other under load: nobody's request fails.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use serde_json::json;
use tokio::task::{JoinHandle, block_in_place};

use crate::{
    live::police,
    support::{
        app::Partner,
        client::Client,
        database::TestDatabase,
        live::{BOTH, Live},
        process::{Site, someone},
        proxy::Proxy,
    },
};

/// Clients that ask one request after the other.
const CLIENTS: usize = 6;
/// Clients that subscribe, by each of the protocols.
const SUBSCRIBERS: usize = 3;
/// How often every server is restarted.
const ROUNDS: usize = 2;
/// Fewer answers would prove little.
const ANSWERS: u64 = 3_000;
/// Long enough for the proxy to notice, which asks ten times a second.
const LEAVE: &str = "1500";
const SUBSCRIPTION: &str = "subscription { markerChanged { kind markerId cursor } }";

/// Asks until told to end. What is not answered is a panic, which the test finds.
async fn ask(client: Client, answers: Arc<AtomicU64>, end: Arc<AtomicBool>) {
    let query = "query Load { family(reference: \"TF-10001\") { reference members { givenName } } }";
    while !end.load(Ordering::Relaxed) {
        let answer = client.post(query, json!({})).await.expect("an answer that is whole");
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(
            answer.json()["data"]["family"]["reference"],
            "TF-10001",
            "{}",
            answer.text()
        );
        answers.fetch_add(1, Ordering::Relaxed);
    }
}

/// Subscribes again whenever the server ends the subscription, which it must do in an orderly way.
async fn follow(by: &'static str, partner: Partner, ended: Arc<AtomicU64>) {
    loop {
        let mut live = Live::begin(by, &partner, SUBSCRIPTION, &json!({})).await;
        let wanted = if by == "socket" { "1001" } else { "UNAVAILABLE" };
        assert_eq!(live.ending().await, wanted, "{by}");
        ended.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn nobodys_request_fails_while_servers_are_restarted_one_after_the_other() {
    let Some(database) = TestDatabase::postgres().await else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let settings = ["--leave-ms", LEAVE];
    let mut servers: Vec<_> = (0..2).map(|_| Some(site.serve(&settings))).collect();
    let addresses: Vec<String> = (servers.iter().flatten())
        .map(|serving| serving.url.trim_start_matches("http://").to_owned())
        .collect();
    let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
    let Some(proxy) = Proxy::start(&addresses).await else {
        return;
    };

    let end = Arc::new(AtomicBool::new(false));
    let (answers, ended) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let lead = site.token(&someone(
        "cambs-early-help",
        "lead_professional",
        "family_support",
        thinkfamily::demo::LEAD_SUBJECT,
    ));
    let clients: Vec<JoinHandle<()>> = (0..CLIENTS)
        .map(|_| {
            tokio::spawn(ask(
                Client::new(&proxy.url, &lead),
                Arc::clone(&answers),
                Arc::clone(&end),
            ))
        })
        .collect();
    let police = site.token(&police());
    let subscribers: Vec<JoinHandle<()>> = (BOTH.iter().cycle().take(SUBSCRIBERS * BOTH.len()))
        .map(|by| tokio::spawn(follow(by, Partner::at(&proxy.url, police.clone()), Arc::clone(&ended))))
        .collect();

    for _ in 0..ROUNDS {
        for (serving, address) in servers.iter_mut().zip(&addresses) {
            let mut old = serving.take().unwrap();
            old.tell_to_stop();
            assert_eq!(old.end().await, Some(0));
            *serving = Some(block_in_place(|| site.serve_at(address, &settings)));
            proxy.sees_ready(2).await;
        }
    }
    while answers.load(Ordering::Relaxed) < ANSWERS && !clients.iter().any(JoinHandle::is_finished) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    end.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.expect("no request failed");
    }
    for subscriber in subscribers {
        assert!(
            !subscriber.is_finished(),
            "a subscription ended otherwise than it should"
        );
        subscriber.abort();
    }
    let ended = ended.load(Ordering::Relaxed);
    assert!(
        ended >= ROUNDS as u64 * SUBSCRIBERS as u64,
        "only {ended} subscriptions were ended"
    );
    drop(servers);
    assert!(site.run(&["audit", "verify"]).status.success());
}
