//! A read that has no end is stopped at its time, in the database too: with a single connection, whoever asks next shows it.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::json;
use thinkfamily::{audit::Kind, demo};

use crate::{
    live::police,
    support::{
        client::{Answer, Client},
        database::{TestDatabase, on_both},
        process::{Serving, Site, someone},
        trail,
    },
};

/// Families have members without end.
const ENDLESS: [&str; 2] = [
    "ALTER TABLE membership RENAME TO known_membership",
    "CREATE VIEW membership AS SELECT * FROM known_membership WHERE \
     (WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 - n / 1000000 * 1000000 FROM count) SELECT max(n) FROM count) > 0",
];
const MEMBERS: &str = "{ family(reference: \"TF-10001\") { members { givenName } } }";
const OTHER: &str = "{ agreement { version } }";
/// Far longer than it takes when things are as they should be.
const LONG: &str = "60000";

/// A server with one connection to a database in which some reads have no end.
async fn server(site: &Site, database: &TestDatabase, settings: &[&str]) -> Serving {
    let one = ["--database-connections", "1", "--database-wait-ms", "60000"];
    let serving = site.serve(&[&one[..], settings].concat());
    let databases = database.open().await;
    for statement in ENDLESS {
        databases.main().execute_unprepared(statement).await.unwrap();
    }
    databases.close().await.unwrap();
    serving
}

fn client(site: &Site, serving: &Serving) -> Client {
    site.client(
        serving,
        &someone(
            "cambs-early-help",
            "lead_professional",
            "family_support",
            demo::LEAD_SUBJECT,
        ),
    )
}

#[track_caller]
fn unavailable(answer: &Answer, message: &str) {
    assert_eq!(answer.status, 503, "{}", answer.text());
    let error = &answer.json()["errors"][0];
    assert_eq!(error["extensions"]["code"], "UNAVAILABLE");
    let told = error["message"].as_str().unwrap();
    assert!(told.contains(message), "{told}");
    assert_eq!(answer.retry_after, Some(5));
}

/// That no statement of the server runs any more. PostgreSQL can be asked; that SQLite's only connection is free says the same.
async fn nothing_runs(database: &TestDatabase) {
    let databases = database.open().await;
    let main = databases.main();
    if main.get_database_backend() == DbBackend::Postgres {
        let running = "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' \
                       AND backend_type = 'client backend' AND pid <> pg_backend_pid()";
        let stopped = async {
            loop {
                let statement = Statement::from_string(DbBackend::Postgres, running);
                let row = main.query_one_raw(statement).await.unwrap().unwrap();
                if row.try_get::<i64>("", "n").unwrap() == 0 {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let stopped = tokio::time::timeout(Duration::from_secs(20), stopped).await;
        stopped.expect("a statement that nobody waits for is stopped in the database");
    }
    databases.close().await.unwrap();
}

on_both!(a_statement_past_its_time_is_stopped);
async fn a_statement_past_its_time_is_stopped(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let serving = server(
        &site,
        database,
        &["--statement-timeout-ms", "1000", "--request-timeout-ms", LONG],
    )
    .await;
    let client = client(&site, &serving);
    for _ in 0..2 {
        unavailable(
            &client.post(MEMBERS, json!({})).await.unwrap(),
            "The database does not answer",
        );
        nothing_runs(database).await;
        let other = client.post(OTHER, json!({})).await.unwrap();
        assert_eq!(other.status, 200, "{}", other.text());
    }
}

on_both!(a_request_past_its_time_is_stopped);
async fn a_request_past_its_time_is_stopped(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let serving = server(
        &site,
        database,
        &["--statement-timeout-ms", LONG, "--request-timeout-ms", "2000"],
    )
    .await;
    let client = client(&site, &serving);
    for _ in 0..2 {
        // Whoever watches the clock first says so: the edge, or what executes the operation.
        unavailable(&client.post(MEMBERS, json!({})).await.unwrap(), "");
        nothing_runs(database).await;
        let other = client.post(OTHER, json!({})).await.unwrap();
        assert_eq!(other.status, 200, "{}", other.text());
    }
}

on_both!(a_look_up_past_its_time_is_no_way_around_the_trail);
async fn a_look_up_past_its_time_is_no_way_around_the_trail(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let serving = site.serve(&["--statement-timeout-ms", LONG, "--request-timeout-ms", "3000"]);
    let police = site.client(&serving, &police());
    let query = "query($input: MarkerLookupInput!) { markerLookup(input: $input) { status } }";
    let ask = async |month: usize| {
        let born = format!("19{}-{:02}-17", 60 + month, 1 + month);
        let input = json!({ "givenName": "Dora", "familyName": "Quillfeather", "dateOfBirth": born });
        police.post(query, json!({ "input": input })).await.unwrap()
    };
    let databases = database.open().await;
    let alerts = async || {
        let entries = trail::entries(&databases).await;
        let tries = entries.iter().filter(|(entry, _)| {
            let reason = entry.reason.as_ref().map(thinkfamily::audit::Code::as_str);
            entry.kind == Kind::Alert && reason == Some("TRIES_VALUES")
        });
        tries.count()
    };
    let mut stopped = 0;
    for month in 0..8 {
        let answer = ask(month).await.json();
        let result = &answer["data"]["markerLookup"];
        assert!(result.is_object(), "{answer:#}");
        stopped += usize::from(result["status"].is_null());
    }
    assert!(stopped > 0);
    assert_eq!(alerts().await, stopped);
    let endless = ENDLESS.join("; ");
    databases.main().execute_unprepared(&endless).await.unwrap();
    unavailable(&ask(8).await, "");
    // The edge may have answered before what executes the operation has come to its end.
    let told = async {
        while alerts().await == stopped {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), told)
        .await
        .expect("what was tried is in the trail");
    assert_eq!(alerts().await, stopped + 1);
    databases.close().await.unwrap();
}
