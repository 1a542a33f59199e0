//! Witnesses, ties and the server's own look, with the program itself.

use std::{fs, time::Duration};

use serde_json::json;
use thinkfamily::audit::{PublicKey, checkpoint::Note};
use tokio::time::{sleep, timeout};

use super::{PATIENCE, harm, lead, logged, notes, place_of, read, run, take_chain};
use crate::support::{
    database::{TestDatabase, on_both},
    process::{COUNTERS, Site},
    receiver::Receiver,
};

on_both!(witnesses_show_that_a_chain_is_gone_and_that_entries_went_with_their_head);
async fn witnesses_show_that_a_chain_is_gone_and_that_entries_went_with_their_head(database: &TestDatabase) {
    let (folder, theirs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let receiver = Receiver::start().await;
    let site = Site::new(folder.path(), Some(database.text()));
    let theirs_text = theirs.path().to_str().unwrap();
    let told = [
        "--witness-dir",
        theirs_text,
        "--witness-url",
        &receiver.url,
        "--witness-interval-s",
        "1",
    ];
    let mut serving = site.serve(&told);
    let client = lead(&site, &serving);
    let first = read(&client).await;
    // It is told while the program serves, and of the end.
    receiver.wait_for(2).await;
    for _ in 0..5 {
        read(&client).await;
    }
    serving.tell_to_stop();
    assert_eq!(serving.end().await, Some(0));
    let heads = folder.path().join("heads");
    assert!(run(&site, &["audit", "export", "--heads-only", heads.to_str().unwrap()]).0);
    let public = PublicKey::load(&folder.path().join("heads.pub")).unwrap();
    let notes = notes(theirs.path(), "checkpoints");
    assert!(notes.len() >= 2 && notes.iter().all(|note| note.is_signed(&[public])));
    let sent: Vec<Note> = (receiver.got().iter())
        .map(|got| Note::read(std::str::from_utf8(&got.body).unwrap()).unwrap())
        .collect();
    assert_eq!(sent.last(), notes.last());
    let (chain, seq) = {
        let databases = database.open().await;
        let place = place_of(&databases, first.request_id).await;
        databases.close().await.unwrap();
        place
    };
    let newest = notes.last().unwrap().checkpoint;
    assert_eq!(newest.chain, chain);
    let check = || run(&site, &["audit", "verify", "--witness", theirs_text]);
    let (sound, words) = check();
    assert!(sound, "{words}");

    // Its head is no more than a row. All of the chain goes, and nothing in the database shows it.
    let databases = database.open().await;
    let of_chain = "chain = (SELECT number FROM trail_chain WHERE chain_id = $1)";
    let after = format!("{of_chain} AND seq > $2");
    let sql = format!("DELETE FROM trail_families WHERE {after}");
    harm(&databases, &sql, [chain.into(), seq.into()]).await;
    let sql = format!("DELETE FROM trail_record WHERE {after}");
    assert!(harm(&databases, &sql, [chain.into(), seq.into()]).await >= 5);
    let (sound, words) = check();
    assert!(
        !sound && words.contains(&format!("the witness was told of {}", newest.size)),
        "{words}"
    );
    take_chain(&databases, chain).await;
    databases.close().await.unwrap();
    let (sound, words) = run(&site, &["audit", "verify"]);
    assert!(sound, "nothing but the witness shows it: {words}");
    let (sound, words) = check();
    assert!(
        !sound && words.starts_with(&format!("MISSING_CHAIN chain {chain}")),
        "{words}"
    );
}

on_both!(the_server_ties_what_commands_wrote_and_finds_by_itself_what_was_changed);
async fn the_server_ties_what_commands_wrote_and_finds_by_itself_what_was_changed(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let often = ["--trail-check-s", "1", "--trail-tie-s", "1"];
    let serving = site.serve(&[&often[..], &COUNTERS].concat());
    let client = lead(&site, &serving);
    let asked = read(&client).await;
    logged(&serving, &["the trail was looked through", "found"]).await;
    assert!(serving.counters().await.contains("thinkfamily_trail_findings 0"));

    // A command has a chain of its own, which ends at once. The server's names it.
    let (done, words) = run(&site, &["demo", "--add", "--families", "3", "--seed", "7"]);
    assert!(done, "{words}");
    let databases = database.open().await;
    let tied = async {
        let sql = "UPDATE trail_record SET kind = kind WHERE kind = 14";
        while harm(&databases, sql, []).await == 0 {
            sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(PATIENCE, tied).await.expect("the server ties its chain");
    let (sound, words) = run(&site, &["audit", "verify"]);
    assert!(sound, "{words}");

    // An entry is changed while the server runs.
    let (chain, seq) = place_of(&databases, asked.request_id).await;
    let sql = "UPDATE trail_record SET at = at - 1 WHERE chain = (SELECT number FROM trail_chain WHERE chain_id = $1) AND seq = $2";
    assert_eq!(harm(&databases, sql, [chain.into(), seq.into()]).await, 1);
    logged(&serving, &["trail.finding", "EDITED_ENTRY", &chain.to_string()]).await;
    logged(&serving, &["trail_unsound"]).await;
    let counters = serving.counters().await;
    assert!(!counters.contains("thinkfamily_trail_findings 0"), "{counters}");
    assert!(
        counters.contains("thinkfamily_unready{condition=\"trail_unsound\"} 1"),
        "{counters}"
    );
    // It is for people to see to, and whoever asks is answered.
    assert_eq!(client.get("/readyz").await.unwrap().status, 200);
    read(&client).await;
    databases.close().await.unwrap();
    // The next start sees it before it serves.
    drop(serving);
    let serving = site.serve(&["--trail-check-s", "86400"]);
    logged(&serving, &["trail.finding", "EDITED_ENTRY"]).await;
}

#[tokio::test]
async fn a_trail_that_is_put_back_is_told_by_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), None);
    let mut serving = site.serve(&[]);
    read(&lead(&site, &serving)).await;
    serving.tell_to_stop();
    assert_eq!(serving.end().await, Some(0));
    let file = folder.path().join("thinkfamily.trail.db");
    let backup = folder.path().join("backup.db");
    fs::copy(&file, &backup).unwrap();
    let mut serving = site.serve(&[]);
    let client = lead(&site, &serving);
    read(&client).await;
    let answered = client.post("{ viewer { subject } }", json!({})).await.unwrap();
    assert_eq!(answered.status, 200);
    serving.tell_to_stop();
    assert_eq!(serving.end().await, Some(0));
    fs::copy(&backup, &file).unwrap();
    // It does not serve before a person has seen what is lost.
    let (done, words) = run(&site, &["restore"]);
    assert!(done && words.contains("trail.tail_lost"), "{words}");
    let serving = site.serve(&[]);
    read(&lead(&site, &serving)).await;
    let log = serving.log_so_far();
    assert!(!log.contains("trail.tail_lost"), "it was told already:\n{log}");
    drop(serving);
    let (sound, words) = run(&site, &["audit", "verify"]);
    assert!(sound && words.contains("of 1 chains entries are lost"), "{words}");
}
