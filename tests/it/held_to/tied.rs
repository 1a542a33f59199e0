//! Two servers on one database hold each other's chains to what they are.

use std::{fs, time::Duration};

use thinkfamily::{audit::Kind, store::connect::Databases};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::{PATIENCE, lead, place_of, read, run, take_chain};
use crate::support::{
    database::{TestDatabase, on_both},
    process::Site,
    trail,
};

/// Where a chain names an entry of another one at a place or beyond it, while it runs.
async fn named(databases: &Databases, by: Uuid, (chain, seq): (Uuid, i64)) -> Option<i64> {
    let mut entries = trail::placed(databases).await.into_iter();
    let names = entries.find(|(place, entry, _)| {
        let mut heads = entry.heads.iter();
        place.chain == by && entry.kind == Kind::Tied && heads.any(|head| head.chain == chain && head.seq >= seq)
    });
    names.map(|(place, ..)| place.seq)
}

on_both!(a_chain_that_is_taken_away_whole_is_named_by_the_server_beside_it);
async fn a_chain_that_is_taken_away_whole_is_named_by_the_server_beside_it(database: &TestDatabase) {
    let (home, beside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let site = Site::new(home.path(), Some(database.text()));
    let often = ["--trail-tie-s", "1"];
    let mut one = site.serve(&often);
    for name in ["secret.key", "trail.key", "development-issuer.key"] {
        fs::copy(home.path().join(name), beside.path().join(name)).unwrap();
    }
    let other_site = Site::new(beside.path(), Some(database.text()));
    let mut other = other_site.serve(&often);
    let (of_one, of_other) = (lead(&site, &one), lead(&other_site, &other));
    let (first, last) = (read(&of_one).await, read(&of_other).await);
    let databases = database.open().await;
    let place = place_of(&databases, last.request_id).await;
    let (own, _) = place_of(&databases, first.request_id).await;
    assert_ne!(own, place.0, "each has its own");
    let tied = async {
        while named(&databases, own, place).await.is_none() {
            sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(PATIENCE, tied).await.expect("the one names the other's chain");
    for serving in [&mut one, &mut other] {
        serving.tell_to_stop();
        assert_eq!(serving.end().await, Some(0));
    }
    let (sound, words) = run(&site, &["audit", "verify"]);
    assert!(sound, "{words}");

    // Its entries, its head, and that it ever was.
    take_chain(&databases, place.0).await;
    databases.close().await.unwrap();
    let (sound, words) = run(&site, &["audit", "verify"]);
    let found = format!("MISSING_CHAIN chain {}", place.0);
    assert!(!sound && words.starts_with(&found), "{words}");
    assert!(words.contains(&format!("of chain {own}")), "{words}");
}
