//! Attacks on the program itself. Whoever attacks is turned away soon and with few words, an honest client is served all the while, and the memory that it took
//! comes back.
//!
//! `tests/attacks/run` runs the same for longer and prints what it saw; docs/attacks.md has the last of it.

mod attacker;
mod cases;
mod doors;
mod honest;
mod report;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use tokio::task::JoinSet;

use self::{
    attacker::{Attacker, Heard},
    cases::{Attack, Sent},
    honest::Honest,
    report::{Report, Row},
};
use crate::support::{
    client::Client,
    database::{TestDatabase, on_both},
    process::{Serving, Site, someone},
};

/// So many attack at once.
const ATTACKERS: usize = 8;
/// So many connections are left half open.
const HALF_OPEN: usize = 200;
/// The most bytes that whoever is turned away is told.
const FEW: usize = 4096;
/// How soon they are told it. A machine that is busy with something else may be late once or twice, and not so often in a row.
const SOON: Duration = Duration::from_secs(2);
const LATE: usize = 3;
/// How much more memory the server may have after all attacks than it had before, in KiB.
const MEMORY: u64 = 64 * 1024;
/// So many answers the honest client gets at least during each attack.
const SERVED: usize = 5;

on_both!(an_honest_client_is_served_during_attacks);
async fn an_honest_client_is_served_during_attacks(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let serving = site.serve(&["--log-level", "error"]);
    let token = |agency: &str, client: &str| {
        let mut who = someone(agency, "marker_lookup", "safeguarding", "somebody");
        client.clone_into(&mut who.client);
        site.token(&who)
    };
    let client = Client::new(&serving.url, &token("cambs-police", "honest"));
    let attacker = Attacker {
        address: serving.url.trim_start_matches("http://").to_owned(),
        authorization: format!("Bearer {}", token("cambs-police", "attacker")),
    };
    let mut report = Report::begin();
    let quiet = Honest::begin(&client);
    quiet.goes_on(20).await;
    report.nothing(&quiet.end().await, resident(&serving));
    let before = resident(&serving);
    for attack in cases::all(&attacker.authorization) {
        let row = one(&attacker, &client, &serving, attack, report.lasting()).await;
        report.row(&row);
    }
    // What was freed goes back to the system after a while.
    let mut after = resident(&serving);
    for _ in 0..100 {
        if after <= before + MEMORY {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        after = resident(&serving);
    }
    report.end(before, after);
    assert!(after <= before + MEMORY, "{before} KiB before, {after} KiB after");
}

/// One attack, by several at once and again for as long as it is to last, while somebody honest asks.
async fn one(attacker: &Attacker, client: &Client, serving: &Serving, attack: Attack, lasting: Duration) -> Row {
    let attack = Arc::new(attack);
    let honest = Honest::begin(client);
    let began = Instant::now();
    let (mut sent, mut longest, mut slowest, mut most) = (0, 0, Duration::ZERO, 0);
    // What is left open ends with it.
    let mut open = JoinSet::new();
    if let Sent::Half(bytes, then) = &attack.sent {
        for _ in 0..HALF_OPEN {
            open.spawn(attacker.begin(bytes, then).await);
        }
        sent = HALF_OPEN;
        most = resident(serving);
    }
    let mut late = 0;
    while open.is_empty() {
        let sending = (0..ATTACKERS).map(|_| {
            let (attacker, attack) = (attacker.clone(), Arc::clone(&attack));
            tokio::spawn(async move { attacker.send(&attack).await })
        });
        let mut slowest_now = Duration::ZERO;
        for heard in join_all(sending).await {
            let Heard { text, after } = heard.unwrap();
            let expected = attack.answers.iter().any(|answer| text.contains(answer));
            assert!(expected, "{}: {text}", attack.name);
            assert!(text.len() < FEW, "{}: {} bytes", attack.name, text.len());
            longest = longest.max(text.len());
            slowest_now = slowest_now.max(after);
            sent += 1;
        }
        slowest = slowest.max(slowest_now);
        late = if slowest_now < SOON { 0 } else { late + 1 };
        assert!(late < LATE, "{}: told after {slowest_now:?}", attack.name);
        most = most.max(resident(serving));
        if late == 0 && began.elapsed() >= lasting {
            break;
        }
    }
    honest.goes_on(SERVED).await;
    while began.elapsed() < lasting {
        honest.goes_on(1).await;
    }
    let times = honest.end().await;
    Row {
        name: format!("{}, by {}", attack.name, attack.sent.by()),
        sent,
        longest,
        slowest,
        times,
        memory: most,
    }
}

/// What the server has of the machine's memory, in KiB; nothing where the system does not tell.
fn resident(serving: &Serving) -> u64 {
    serving.resident().unwrap_or_default()
}
