//! An authority is moved between two PostgreSQL servers while its clients keep asking through `HAProxy`, which routes by the authority that a token names.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::{BARE, MANY, MOVED, READ, SAY, Two, WITHDRAW, ask, dawn, is_away, lead, neighbour, said, verified};
use crate::support::{
    app::Partner,
    client::Client,
    live::{BOTH, Live},
    postgres,
    process::Serving,
    proxy::Proxy,
};

const OTHERS: &str = "query Others { agencies { code } }";
const SUBSCRIPTION: &str = "subscription { markerChanged { kind markerId cursor } }";

/// What clients saw.
#[derive(Default)]
struct Seen {
    /// Answers of the one that is moved, and refusals.
    answered: AtomicU64,
    away: AtomicU64,
    /// Answers of the other one, and those of them that came while the one that is moved was refused.
    others: AtomicU64,
    meanwhile: AtomicU64,
    refusing: AtomicBool,
    end: AtomicBool,
}

impl Seen {
    fn goes_on(&self) -> bool {
        !self.end.load(Ordering::Relaxed)
    }
}

/// Sends a request until it is answered. What is refused may be sent again, and nothing else comes.
async fn insist(client: &Client, seen: &Seen, query: &str, variables: &Value) -> Value {
    loop {
        let answer = client.post(query, variables.clone()).await.expect("an answer");
        if answer.status == 200 {
            seen.refusing.store(false, Ordering::Relaxed);
            seen.answered.fetch_add(1, Ordering::Relaxed);
            let body = answer.json();
            assert!(body["errors"].is_null(), "{body}");
            return body["data"].clone();
        }
        assert!(is_away(&answer), "{}: {}", answer.status, answer.text());
        seen.refusing.store(true, Ordering::Relaxed);
        seen.away.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Reads what never changes.
async fn read(client: Client, seen: Arc<Seen>) {
    while seen.goes_on() {
        let data = insist(&client, &seen, READ, &json!({})).await;
        assert_eq!(data["family"]["reference"], "TF-10001");
    }
}

/// Gives consents and withdraws every other one; which are given by which key, and which of these are withdrawn.
async fn write(client: Client, seen: Arc<Seen>, member: Value, name: usize) -> BTreeMap<String, (String, bool)> {
    let mut made = BTreeMap::new();
    for at in 0.. {
        if !seen.goes_on() {
            break;
        }
        let key = format!("{name}-{at}");
        let say = json!({ "member": member, "key": key });
        let data = insist(&client, &seen, SAY, &say).await;
        assert_eq!(data["recordConsent"]["errors"], json!([]), "{data}");
        let consent = data["recordConsent"]["consents"][0]["id"].as_str().unwrap().to_owned();
        let withdraw = at % 2 == 0;
        if withdraw {
            // It was made, perhaps, although the answer said otherwise: then it is withdrawn already.
            insist(&client, &seen, WITHDRAW, &json!({ "consent": consent })).await;
        }
        made.insert(key, (consent, withdraw));
    }
    made
}

/// Asks as the other authority. Nothing is ever refused.
async fn others(client: Client, seen: Arc<Seen>) {
    while seen.goes_on() {
        ask(&client, OTHERS, json!({})).await;
        seen.others.fetch_add(1, Ordering::Relaxed);
        if seen.refusing.load(Ordering::Relaxed) {
            seen.meanwhile.fetch_add(1, Ordering::Relaxed);
        }
    }
}

async fn until(what: &str, of: &AtomicU64, wanted: u64, tasks: &[JoinHandle<()>]) {
    while of.load(Ordering::Relaxed) < wanted {
        assert!(
            !tasks.iter().any(JoinHandle::is_finished),
            "a client ended, waiting for {what}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn address(serving: &Serving) -> &str {
    serving.url.trim_start_matches("http://")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn clients_keep_asking_while_their_authority_is_moved() {
    let (Some(east), Some(west)) = (postgres::own(), postgres::own()) else {
        return;
    };
    let two = Two::at(
        &east.url(&east.create_empty().await),
        &west.url(&west.create_empty().await),
    );
    let (from, to) = (two.from().serve(&MANY), two.to().serve(&[&MANY[..], &BARE].concat()));
    let Some(proxy) = Proxy::by_authority(&[("east", address(&from)), ("west", address(&to))]).await else {
        return;
    };
    let member = dawn(&lead(&two.from(), &from)).await;
    let seen = Arc::<Seen>::default();
    let who = |url: &str| {
        let subject = thinkfamily::demo::LEAD_SUBJECT;
        let lead = crate::support::process::someone("cambs-early-help", "lead_professional", "family_support", subject);
        Client::new(url, &two.from().token(&lead))
    };
    let mut readers: Vec<JoinHandle<()>> = (0..3)
        .map(|_| tokio::spawn(read(who(&proxy.url), Arc::clone(&seen))))
        .collect();
    let neighbour = neighbour(&two.from(), &proxy.url);
    readers.push(tokio::spawn(others(neighbour, Arc::clone(&seen))));
    let writers: Vec<_> = (0..2)
        .map(|name| tokio::spawn(write(who(&proxy.url), Arc::clone(&seen), member.clone(), name)))
        .collect();
    // A socket says whose it is only once it is open, so it has an address of its own.
    let police = two.from().token(&crate::live::police());
    let mut lives = Vec::new();
    for by in BOTH {
        let url = if by == "socket" { &from.url } else { &proxy.url };
        lives.push(Live::begin(by, &Partner::at(url, police.clone()), SUBSCRIPTION, &json!({})).await);
    }
    until("answers", &seen.answered, 100, &readers).await;

    let arguments = two.arguments(&[]);
    let site = two.from();
    let moving =
        tokio::task::spawn_blocking(move || site.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()));
    for live in &mut lives {
        assert_eq!(live.refusal().await, "UNAVAILABLE");
    }
    until("the fence", &seen.away, 1, &readers).await;
    until("answers of the other authority", &seen.meanwhile, 10, &readers).await;
    said(&moving.await.unwrap());
    proxy.send_to(MOVED.0, "west");
    let before = seen.answered.load(Ordering::Relaxed);
    until("answers there", &seen.answered, before + 100, &readers).await;
    seen.end.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.await.unwrap();
    }
    let mut made = BTreeMap::new();
    for writer in writers {
        made.extend(writer.await.unwrap());
    }
    // Every change is there, once, and what was withdrawn is withdrawn.
    let there = lead(&two.to(), &to);
    let family = ask(&there, READ, json!({})).await["family"].clone();
    let consents = family["members"].as_array().unwrap().iter();
    let consents: Vec<&Value> = consents
        .flat_map(|member| member["consents"].as_array().unwrap())
        .collect();
    for (key, (consent, withdrawn)) in &made {
        let found: Vec<_> = consents
            .iter()
            .filter(|found| found["id"] == consent.as_str())
            .collect();
        assert_eq!(found.len(), 1, "{key}");
        assert_eq!(!found[0]["withdrawnAt"].is_null(), *withdrawn, "{key}: {}", found[0]);
    }
    let [databases, others] = two.open().await;
    let newest = |sums: thinkfamily::store::moving::Checksums, wanted: &str| {
        sums.into_iter().find(|(table, _)| *table == wanted).unwrap().1.rows
    };
    let kept = newest(others.sums(MOVED.1).await.unwrap(), "idempotency");
    assert_eq!(kept, made.len() as u64, "a change was made twice");
    let before = newest(databases.sums(MOVED.1).await.unwrap(), "idempotency");
    assert!(
        before > 0 && before < kept,
        "{before} of {kept} changes were made before the move"
    );
    verified(&two.from());
    verified(&two.to());
}
