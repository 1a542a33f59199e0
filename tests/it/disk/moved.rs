//! Files that are deleted, replaced or moved while the program has them open.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use serde_json::json;
use thinkfamily::audit::Kind;

use super::{CONSENT, READ, dawn, is_given, lead, logged, open, ready_is, told, verified};
use crate::support::process::Site;

/// What befalls a database: its file, in a folder of its own.
type Harm = fn(&Path);

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn deleted(file: &Path) {
    fs::remove_file(file).unwrap();
}

/// As a backup is put in the place of a database.
fn replaced(file: &Path) {
    fs::copy(file, beside(file, ".new")).unwrap();
    fs::rename(beside(file, ".new"), file).unwrap();
}

fn folder_removed(file: &Path) {
    fs::remove_dir_all(file.parent().unwrap()).unwrap();
}

fn folder_moved(file: &Path) {
    let folder = file.parent().unwrap();
    fs::rename(folder, beside(folder, "-away")).unwrap();
}

/// What was committed and not yet brought over to the file is in it.
fn log_deleted(file: &Path) {
    fs::remove_file(beside(file, "-wal")).unwrap();
}

const HARMS: [(&str, Harm); 5] = [
    ("deleted", deleted),
    ("replaced", replaced),
    ("folder removed", folder_removed),
    ("folder moved", folder_moved),
    ("log deleted", log_deleted),
];

async fn nothing_is_given_or_taken(of_trail: bool) {
    for (name, harm) in HARMS {
        let place = tempfile::tempdir().unwrap();
        let file = |name: &str| place.path().join(name).join("kept.db");
        let (main, trail) = (file("main"), file("trail"));
        let url = |file: &Path| format!("sqlite://{}", file.display());
        let (url, trail_url) = (url(&main), url(&trail));
        let site = Site::new(place.path(), Some(&url));
        let at = ["--trail-database-url", trail_url.as_str()];
        let mut serving = site.serve(&at);
        let lead = lead(&site, &serving);
        let member = dawn(&lead).await;
        let mut kept = BTreeSet::new();
        for _ in 0..3 {
            let answer = lead.post(CONSENT, member.clone()).await.unwrap();
            assert!(is_given(&answer), "{name}: {}", answer.text());
            kept.insert(answer.request_id);
        }
        let harmed = if of_trail { &trail } else { &main };
        harm(harmed);
        // The very next answer, and all that come after it.
        for _ in 0..3 {
            for (query, variables) in [(READ, json!({})), (CONSENT, member.clone())] {
                let answer = lead.post(query, variables).await.unwrap();
                assert!(!is_given(&answer), "{name}: {}", answer.text());
            }
        }
        ready_is(&lead, 503).await;
        logged(&serving, "file_moved").await;
        if name == "folder moved" {
            // What is put back is what it was.
            let folder = harmed.parent().unwrap();
            fs::rename(beside(folder, "-away"), folder).unwrap();
            ready_is(&lead, 200).await;
            let answer = lead.post(CONSENT, member.clone()).await.unwrap();
            assert!(is_given(&answer), "{name}: {}", answer.text());
            kept.insert(answer.request_id);
            serving.kill();
            let databases = open(&url, &trail_url).await;
            assert!(kept.is_subset(&told(&databases, Kind::Consent).await));
            databases.close().await.unwrap();
            verified(&site, &at);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_given_or_taken_when_the_trail_is_gone() {
    nothing_is_given_or_taken(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_given_or_taken_when_the_main_database_is_gone() {
    nothing_is_given_or_taken(false).await;
}
