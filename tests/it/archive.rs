//! A month of the trail that is taken to a file: whole there, checked, asked, and missed by nobody in the database.

use std::path::Path;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, Statement, Value};
use thinkfamily::{
    audit::{Code, Entry, HeadKey, Kind, Trail, TrailOptions},
    clock::{Clock, Ids},
    store::{connect::Databases, trail::TrailStore},
};
use uuid::Uuid;

use crate::support::{
    database::{TestDatabase, on_both},
    process::Site,
    trail,
};

/// Runs a command: whether it succeeded, and what it said.
fn run(site: &Site, words: &[&str]) -> (bool, String) {
    let output = site.run(words);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.success(), said + &String::from_utf8_lossy(&output.stderr))
}

async fn family(databases: &Databases) -> Uuid {
    let main = databases.main();
    let sql = "SELECT id FROM family WHERE authority_id = 1 AND reference = 'TF-10001'";
    let row = main
        .query_one_raw(Statement::from_string(main.get_database_backend(), sql))
        .await;
    row.unwrap().expect("a family").try_get("", "id").unwrap()
}

/// A chain that was written in some month, with that many entries about a family and as many about several.
async fn write(databases: &Databases, key: &Path, at: &str, family: Uuid, count: usize) {
    let at: DateTime<Utc> = at.parse().unwrap();
    let ids = Ids::random();
    let trail = Trail::open(
        TrailStore::of(databases),
        HeadKey::load(key).unwrap(),
        Code::new("test").unwrap(),
        Clock::fixed(at),
        ids.clone(),
        TrailOptions::default(),
    )
    .await
    .unwrap();
    for _ in 0..count {
        for others in [0, 3] {
            let mut entry = Entry::new(Kind::Disclosed, at);
            entry.authority = Some(1);
            entry.families.insert(family);
            entry.families.extend((0..others).map(|_| ids.uuid()));
            trail.append(entry).await.unwrap();
        }
    }
    trail.close().await;
}

async fn has_table(databases: &Databases, table: &str) -> bool {
    let trail = databases.trail();
    let sql = "SELECT relname FROM pg_class WHERE relname = $1";
    let values = [Value::from(table)];
    let statement = Statement::from_sql_and_values(trail.get_database_backend(), sql, values);
    trail.query_one_raw(statement).await.unwrap().is_some()
}

on_both!(empty a_month_is_taken_to_a_file_and_is_whole_there);
async fn a_month_is_taken_to_a_file_and_is_whole_there(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let (done, said) = run(&site, &["demo", "--families", "2"]);
    assert!(done, "{said}");
    let databases = database.open().await;
    let hardmans = family(&databases).await;
    let key = folder.path().join("trail.key");
    write(&databases, &key, "2026-03-31T23:00:00Z", hardmans, 4).await;
    write(&databases, &key, "2026-04-01T00:00:00Z", hardmans, 2).await;
    let all = trail::placed(&databases).await.len();
    let file = folder.path().join("march.db");
    let march = file.to_str().unwrap();
    let postgres = database.url().is_postgres();
    assert!(!postgres || has_table(&databases, "trail_record_2026_03").await);

    for (month, words) in [
        ("2199-01", "is not over"),
        ("2026-13", "not a month"),
        ("2026-02", "no chain"),
    ] {
        let (done, said) = run(
            &site,
            &[
                "archive",
                "take",
                month,
                folder.path().join("none.db").to_str().unwrap(),
            ],
        );
        assert!(!done && said.contains(words), "{month}: {said}");
    }
    let (done, said) = run(&site, &["archive", "take", "2026-03", march]);
    assert!(done && said.contains("9 entries in 1 chains"), "{said}");
    // The commands' own chains have come to it.
    assert!(trail::placed(&databases).await.len() > all - 9);
    let left = trail::entries(&databases).await;
    assert!(
        left.iter()
            .all(|(entry, _)| entry.at.to_rfc3339().as_str() >= "2026-04")
    );

    let (sound, said) = run(&site, &["audit", "verify"]);
    assert!(sound, "{said}");
    let (sound, said) = run(&site, &["audit", "verify", "--archive", march]);
    assert!(sound, "{said}");
    let ask = || {
        run(
            &site,
            &[
                "archive",
                "ask",
                "--authority",
                "cambridgeshire",
                "--family",
                "tf 10001",
                march,
            ],
        )
    };
    let (done, said) = ask();
    assert!(done && said.lines().count() == 8, "{said}");
    // Of an entry that speaks of others as well, only what it says of this family.
    let named = said
        .lines()
        .all(|line| Entry::from_body(line).unwrap().all_families() == [hardmans].into());
    assert!(named, "{said}");
    let (done, said) = run(
        &site,
        &[
            "archive",
            "ask",
            "--authority",
            "cambridgeshire",
            "--family",
            "TF-0",
            march,
        ],
    );
    assert!(!done && said.contains("no family"), "{said}");

    // It serves on.
    let mut serving = site.serve(&[]);
    serving.tell_to_stop();
    assert_eq!(serving.end().await, Some(0));

    what_is_done_to_the_file_is_found(&site, folder.path(), &file).await;
    databases.close().await.unwrap();
}

async fn what_is_done_to_the_file_is_found(site: &Site, folder: &Path, file: &Path) {
    let march = file.to_str().unwrap();
    let april = folder.join("april.db");
    let (done, said) = run(site, &["archive", "take", "2026-04", april.to_str().unwrap()]);
    assert!(done, "{said}");
    let (sound, said) = run(site, &["audit", "verify", "--archive", april.to_str().unwrap()]);
    assert!(
        !sound && said.contains("MISSING_CHAIN") && said.contains("none of the files"),
        "{said}"
    );
    let both = [
        "audit",
        "verify",
        "--archive",
        march,
        "--archive",
        april.to_str().unwrap(),
    ];
    let (sound, said) = run(site, &both);
    assert!(sound, "{said}");
    let harmed = TrailFile::open(file).await;
    harmed.run("UPDATE trail_record SET at = at - 1 WHERE seq = 3").await;
    let (sound, said) = run(site, &both);
    assert!(!sound && said.contains("EDITED_ENTRY"), "{said}");
    harmed.run("UPDATE trail_record SET at = at + 1 WHERE seq = 3").await;
    harmed.run("DELETE FROM trail_record WHERE seq > 6").await;
    let (sound, said) = run(site, &both);
    assert!(!sound && said.contains("TRUNCATED_TAIL"), "{said}");
}

/// A file that somebody has in their hands.
struct TrailFile(sea_orm::DatabaseConnection);

impl TrailFile {
    async fn open(file: &Path) -> Self {
        let url = format!("sqlite:{}", file.display());
        Self(sea_orm::Database::connect(url).await.unwrap())
    }

    async fn run(&self, sql: &str) {
        self.0.execute_unprepared(sql).await.unwrap();
    }
}
