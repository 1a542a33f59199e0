//! A disk that is full, of the trail and of the main database.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;
use thinkfamily::audit::Kind;

use super::{CONSENT, MANY, READ, dawn, is_given, lead, logged, open, ready_is, rush, told, verified};
use crate::support::{process::Site, small_disk::SmallDisk};

/// Bytes that are left free, round by round: the disk fills at another point of the work each time.
const LEFT: [u64; 5] = [0, 20_480, 409_600, 139_264, 0];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_is_without_its_entry_when_the_trail_s_disk_is_full() {
    let Some(disk) = SmallDisk::new(24) else { return };
    let folder = tempfile::tempdir().unwrap();
    let (main, trail) = (
        format!("sqlite://{}", folder.path().join("main.db").display()),
        disk.url("trail.db"),
    );
    let site = Site::new(folder.path(), Some(&main));
    let at = ["--trail-database-url", trail.as_str(), "--disk-reserve-mb", "0"];
    let mut answered = BTreeSet::new();
    for start in 0..2 {
        let mut serving = site.serve(&at);
        let lead = lead(&site, &serving);
        for left in LEFT {
            disk.fill(left);
            let rushed = rush(&lead, READ, &json!({}), 40).await;
            disk.press();
            assert!(rushed.refused >= 40, "start {start}: the disk was never full");
            let rest = rush(&lead, READ, &json!({}), 40).await;
            ready_is(&lead, 503).await;
            disk.free();
            // By itself, although nobody asks anything.
            ready_is(&lead, 200).await;
            for _ in 0..5 {
                let after = lead.post(READ, json!({})).await.unwrap();
                assert!(is_given(&after), "it serves again: {}", after.text());
                answered.insert(after.request_id);
            }
            answered.extend([rushed.given, rest.given].into_iter().flatten());
        }
        logged(&serving, "the trail could not be written").await;
        logged(&serving, "disk_low").await;
        serving.kill();
    }
    assert!(
        answered.len() > 60,
        "{} answers are too few to prove anything",
        answered.len()
    );
    let databases = open(&main, &trail).await;
    let disclosed = told(&databases, Kind::Disclosed).await;
    let missing: Vec<_> = answered.difference(&disclosed).collect();
    assert!(
        missing.is_empty(),
        "{} of {} answers are without an entry",
        missing.len(),
        answered.len()
    );
    databases.close().await.unwrap();
    verified(&site, &at);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_acknowledged_that_is_not_kept_when_the_main_database_s_disk_is_full() {
    let Some(disk) = SmallDisk::new(24) else { return };
    let folder = tempfile::tempdir().unwrap();
    let (main, trail) = (
        disk.url("main.db"),
        format!("sqlite://{}", folder.path().join("trail.db").display()),
    );
    let site = Site::new(folder.path(), Some(&main));
    let at = ["--trail-database-url", trail.as_str(), "--disk-reserve-mb", "0"];
    let mut serving = site.serve(&[&at[..], &MANY].concat());
    let lead = lead(&site, &serving);
    let member = dawn(&lead).await;
    let consents = async || {
        let databases = open(&main, &trail).await;
        let on = databases.main();
        let statement = Statement::from_string(on.get_database_backend(), "SELECT count(*) FROM consent");
        let row = on.query_one_raw(statement).await.unwrap().unwrap();
        let count: i64 = row.try_get_by_index(0).unwrap();
        databases.close().await.unwrap();
        usize::try_from(count).unwrap()
    };
    let before = consents().await;
    let mut kept = BTreeSet::new();
    for left in LEFT {
        disk.fill(left);
        let rushed = rush(&lead, CONSENT, &member, 40).await;
        assert!(rushed.refused >= 40, "the disk was never full");
        disk.press();
        ready_is(&lead, 503).await;
        disk.free();
        ready_is(&lead, 200).await;
        let after = lead.post(CONSENT, member.clone()).await.unwrap();
        assert!(is_given(&after), "it takes changes again: {}", after.text());
        kept.extend(rushed.given);
        kept.insert(after.request_id);
    }
    serving.kill();
    assert_eq!(consents().await - before, kept.len(), "as many as were acknowledged");
    let databases = open(&main, &trail).await;
    let announced = told(&databases, Kind::Consent).await;
    assert!(kept.is_subset(&announced));
    // Of what was announced and not acknowledged, each is told as not made.
    let failed = told(&databases, Kind::WriteFailed).await;
    let not_kept: BTreeSet<_> = announced.difference(&kept).copied().collect();
    assert_eq!(not_kept, failed);
    databases.close().await.unwrap();
    verified(&site, &at);
}
