//! Planted values are in no log, counter, error or entry of the trail, whatever is asked and however badly.
//!
//! Every personal text in the database, and every text that the requests carry, contains the word [`CANARY`]. The program runs with the
//! log at its most talkative; then everything it gave away, but for the answers that may disclose, is searched for that word and for the
//! text of the tokens.

mod bad;
mod given;
mod good;

use bad::bad_requests;
use given::Given;
use good::{changes, good_requests};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use thinkfamily::{
    demo,
    records::{Holds, Table},
    store::connect::Databases,
};

use crate::support::{
    client::Client,
    database::{TestDatabase, on_both},
    process::{COUNTERS, Site, someone},
    trail,
};

/// In every planted value. No word of ours contains it, in capitals or not.
const CANARY: &str = "zqcanary";
/// The same for telephone numbers.
const PHONE: &str = "07700 900987";

/// What holds texts that are about nobody, and why. Every other text of every table is planted; a new one by itself.
const NOT_PLANTED: [(&str, &str, &str); 9] = [
    ("authority", "*", "what authorities are called"),
    ("agency", "*", "what agencies are called"),
    ("client_program", "*", "what programs are called"),
    ("consent", "decided_by_subject", WORKER),
    ("consent", "recorded_by_subject", WORKER),
    ("contact", "subject", WORKER),
    ("emergency_access", "subject", WORKER),
    ("lead_professional", "subject", WORKER),
    ("parental_responsibility", "subject", WORKER),
];
const WORKER: &str =
    "who works there, as their token says: the trail names them, and a Lead Professional is known by it";

/// The columns that hold a personal text.
fn personal() -> impl Iterator<Item = (&'static str, &'static str)> {
    let all = Table::ALL.iter().flat_map(|table| {
        let texts = table.columns().iter();
        let texts = texts.filter(|column| matches!(column.holds, Holds::Text(_) | Holds::Lines(_)));
        texts.map(|column| (table.name(), column.name))
    });
    all.filter(|(table, column)| {
        let mut left = NOT_PLANTED.iter();
        !left.any(|(of, not, _)| of == table && ["*", column].contains(not))
    })
}

/// Where texts must differ, the old one stays behind the canary.
async fn plant(databases: &Databases) {
    let write = async |sql: String| databases.main().execute_unprepared(&sql).await.unwrap().rows_affected();
    for (table, column) in personal() {
        // Numbers that begin alike are one number.
        let planted = if table == "local_identifier" {
            format!("{column} || '-{CANARY}-{column}'")
        } else {
            format!("'{CANARY}-{column}-' || {column}")
        };
        let there = write(format!(
            "UPDATE {table} SET {column} = {planted} WHERE {column} IS NOT NULL"
        ))
        .await;
        if there == 0 {
            let everywhere = write(format!("UPDATE {table} SET {column} = '{CANARY}-{column}'")).await;
            assert!(
                everywhere > 0,
                "the demonstration has no row of {table}: give it one in src/demo"
            );
        }
    }
}

fn query(text: &str) -> String {
    json!({ "query": text }).to_string()
}

async fn nothing_planted_is_found_again(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    drop(site.serve(&[]));
    let databases = database.open().await;
    plant(&databases).await;

    let serving = site.serve(&[&["--log-format", "json", "--log-level", "trace"], &COUNTERS[..]].concat());
    let lead = someone(
        "cambs-early-help",
        "lead_professional",
        "family_support",
        demo::LEAD_SUBJECT,
    );
    let (lead_token, police_token) = (
        site.token(&lead),
        site.token(&someone("cambs-police", "practitioner", "safeguarding", "an-officer")),
    );
    let (lead, police) = (
        Client::new(&serving.url, &lead_token),
        Client::new(&serving.url, &police_token),
    );
    let mut given = Given::default();
    good_requests(&mut given, &lead, &police).await;
    let coordinator = site.token(&someone(
        "tff-team",
        "coordinator",
        "programme_management",
        "a-coordinator",
    ));
    let reporter = site.token(&someone("cambs-police", "marker_lookup", "safeguarding", "a-system"));
    let (coordinator, reporter) = (
        Client::new(&serving.url, &coordinator),
        Client::new(&serving.url, &reporter),
    );
    changes(&mut given, &police, &coordinator, &reporter).await;
    bad_requests(&mut given, &serving.url, &lead, &lead_token).await;
    // A failure of the database, whose own words may hold values, and one of the trail.
    for (on, table) in [(databases.main(), "membership"), (databases.trail(), "trail_record")] {
        on.execute_unprepared(&format!("ALTER TABLE {table} RENAME TO {CANARY}_away"))
            .await
            .unwrap();
        let name = format!("{CANARY}-family_name-Hardman");
        let body = json!({ "query": "query($n: String) { members(filter: { familyName: $n }) { nodes { givenName } } }", "variables": { "n": name } });
        given.refusal(&format!("without {table}"), lead.send(&[], body.to_string()).await);
        on.execute_unprepared(&format!("ALTER TABLE {CANARY}_away RENAME TO {table}"))
            .await
            .unwrap();
    }
    good_requests(&mut given, &lead, &police).await;
    given.add("the counters", serving.counters().await);
    for path in ["/healthz", "/readyz", "/schema.graphql"] {
        given.add(path, lead.get(path).await.unwrap().text());
    }
    for (entry, body) in trail::entries(&databases).await {
        given.add(format!("an entry ({})", entry.kind.code()), body);
    }
    databases.close().await.unwrap();

    let (out, log) = serving.ended();
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect();
    assert!(lines.len() > 60, "the log is too short to search: {log}");
    given.add("standard error", log);
    // Standard output has development tokens on purpose, but for other people.
    given.add("standard output", out);
    let signature = |token: &str| token.rsplit_once('.').unwrap().1.to_owned();
    let claims = |token: &str| token.split('.').nth(1).unwrap().to_owned();
    let mut words = vec![CANARY.to_owned(), PHONE.to_owned()];
    words.extend(
        [&lead_token, &police_token]
            .into_iter()
            .flat_map(|token| [signature(token), claims(token)]),
    );
    given.search(&words);
}
on_both!(nothing_planted_is_found_again);
