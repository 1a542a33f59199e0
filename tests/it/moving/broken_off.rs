//! A move that is broken off, wherever it was: it goes on, or is given up, and nothing is lost or there twice.

use std::{collections::BTreeSet, process::Stdio, time::Duration};

use serde_json::json;
use thinkfamily::{
    audit::Kind,
    store::{
        connect::Databases,
        fence::{Fence, State},
        session::StoreError,
        trail::TrailStore,
    },
};

use super::{BARE, MANY, MOVED, READ, SAY, Two, ask, dawn, entries, is_away, lead, said, verified};
use crate::support::{database::TestDatabase, process::Serving};

/// Moves that are broken off, each a little later.
const KILLS: u32 = 14;
const LATER: Duration = Duration::from_millis(45);
/// How long a move that is killed would wait, in milliseconds, for what is under way.
const PATIENT: &str = "120000";

async fn state(databases: &Databases) -> Option<State> {
    let known = databases.known_as(MOVED.0, None).await.unwrap();
    known.first().and_then(|known| known.fence).map(|fence| fence.state)
}

async fn a_move_that_is_killed_goes_on(from: &TestDatabase, to: &TestDatabase) {
    let two = Two::new(from, to);
    let serving = two.from().serve(&MANY);
    let source = lead(&two.from(), &serving);
    let member = dawn(&source).await;
    for at in 0..300 {
        ask(&source, SAY, json!({ "member": member, "key": at.to_string() })).await;
    }
    let family = ask(&source, READ, json!({})).await;
    // What is killed waits for long, or a slow machine finds it past the step at which it is to be killed.
    let mut arguments = two.arguments(&[]);
    let patience = arguments.iter().position(|argument| argument == "--request-timeout-ms");
    PATIENT.clone_into(&mut arguments[patience.unwrap() + 1]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let [databases, others] = two.open().await;
    let start = || {
        let mut command = two.from().command(&arguments);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    };
    for kill in 1..=KILLS {
        let mut child = start();
        std::thread::sleep(LATER * kill);
        child.kill().unwrap();
        child.wait().unwrap();
        // Both have marks in one data directory: a trail without a name would take the other's for its own.
        let there = TrailStore::of(&others);
        let chains = there.snapshot().await.unwrap().heads_after(None, 1).await.unwrap();
        assert!(chains.is_empty() || there.identity().await.unwrap().is_some());
    }
    // And at each step, as soon as it is seen.
    for (at, steps) in [
        (&databases, &[State::Leaving, State::Moved][..]),
        (&others, &[State::Arriving, State::Here]),
        (&databases, &[State::Moved]),
    ] {
        let mut child = start();
        while !state(at).await.is_some_and(|state| steps.contains(&state)) {
            if child.try_wait().unwrap().is_some() {
                let said = child.wait_with_output().unwrap();
                panic!("it ended before {steps:?}: {}", String::from_utf8_lossy(&said.stderr));
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let kept = databases.sums(MOVED.1).await.unwrap();
    two.moved();
    let there = others.sums(MOVED.1).await.unwrap();
    for ((table, here), (_, there)) in kept.iter().zip(&there) {
        // Feeds look at everything there.
        assert!(
            here == there || *table == "marker_consumer",
            "{table}: {here:?} {there:?}"
        );
    }
    let (here, after) = (entries(&databases).await, entries(&others).await);
    let copies: Vec<_> = after.iter().filter_map(|entry| entry.copy_of).collect();
    let once: BTreeSet<_> = copies.iter().copied().collect();
    assert_eq!(once.len(), copies.len(), "copied twice");
    assert_eq!(
        once.len(),
        here.iter().filter(|entry| entry.kind != Kind::Moved).count()
    );
    let serving = two.to().serve(&BARE);
    assert_eq!(ask(&lead(&two.to(), &serving), READ, json!({})).await, family);
    verified(&two.from());
    verified(&two.to());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_that_is_killed_goes_on_on_postgres() {
    let (Some(from), Some(to)) = (TestDatabase::postgres().await, TestDatabase::postgres().await) else {
        return;
    };
    a_move_that_is_killed_goes_on(&from, &to).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_that_is_killed_goes_on_on_sqlite() {
    let (from, to) = (TestDatabase::sqlite().await, TestDatabase::sqlite().await);
    a_move_that_is_killed_goes_on(&from, &to).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_is_given_up() {
    let (from, to) = (TestDatabase::sqlite().await, TestDatabase::sqlite().await);
    let two = Two::new(&from, &to);
    let serving: Serving = two.from().serve(&[]);
    let source = lead(&two.from(), &serving);
    let member = dawn(&source).await;
    let [databases, others] = two.open().await;
    let known = databases.known_as(MOVED.0, None).await.unwrap().remove(0);
    let (of, now) = (uuid::Uuid::from_u128(5), thinkfamily::clock::Clock::system().now());
    databases.put_up_fence(MOVED.1, of, now).await.unwrap();
    thinkfamily::store::moving::copy_authority(&databases, &others, &known, of, now)
        .await
        .unwrap();
    assert!(is_away(&source.post(READ, json!({})).await.unwrap()));
    let there = two.to().serve(&BARE);
    let target = lead(&two.to(), &there);
    assert!(
        is_away(&target.post(READ, json!({})).await.unwrap()),
        "two would answer"
    );
    assert!(said(&two.run(&["--cancel"])).contains("cambridgeshire is served here"));
    // The move that was given up goes no further.
    let step = |state| Fence { state, of, since: now };
    for (databases, state) in [(&others, State::Here), (&databases, State::Moved)] {
        let refused = databases.set_fence(MOVED.1, &step(state)).await.unwrap_err();
        assert_eq!(refused, StoreError::Conflict);
    }
    let fence = step(State::Elsewhere);
    assert_eq!(
        databases.delete_authority(MOVED.1, &fence).await.unwrap_err(),
        StoreError::Conflict
    );
    let onto = thinkfamily::store::moving::copy_authority(&others, &databases, &known, of, now).await;
    assert_eq!(onto.unwrap_err(), StoreError::Conflict);
    ask(&source, SAY, json!({ "member": member })).await;
    let left: u64 = others
        .sums(MOVED.1)
        .await
        .unwrap()
        .iter()
        .map(|(_, sum)| sum.rows)
        .sum();
    assert_eq!(left, 1, "more than its own row is left there");
    // It can be moved all the same.
    two.moved();
    ask(&target, READ, json!({})).await;
    let cancelled = two.run(&["--cancel"]);
    assert_eq!(cancelled.status.code(), Some(1), "it is served there");
}
