//! A standby is not served from, whether it is one from the start or becomes one; and what settings of a server give up is said.

use std::time::Duration;

use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::support::{
    postgres::{self, Postgres},
    process::{Serving, Site, someone},
};

const DATABASE: &str = "postgres";
const PATIENCE: Duration = Duration::from_mins(1);
const READ: &str = "{ family(reference: \"TF-10001\") { reference } }";
const SETTINGS: [&str; 4] = [
    "--database-wait-ms=500",
    "--statement-timeout-ms=2000",
    "--request-timeout-ms=5000",
    "--log-format=json",
];

fn site(folder: &tempfile::TempDir, server: &Postgres) -> Site {
    Site::new(folder.path(), Some(&server.url(DATABASE)))
}

async fn ready_is(serving: &Serving, wanted: u16) {
    let waiting = async {
        loop {
            let answer = reqwest::get(format!("{}/readyz", serving.url)).await;
            if answer.is_ok_and(|answer| answer.status().as_u16() == wanted) {
                break;
            }
            sleep(Duration::from_millis(50)).await;
        }
    };
    assert!(
        timeout(PATIENCE, waiting).await.is_ok(),
        "never {wanted}:\n{}",
        serving.log_so_far()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_is_looked_at_and_not_served_from() {
    let Some(primary) = postgres::own() else { return };
    let folder = tempfile::tempdir().unwrap();
    let on_primary = site(&folder, &primary);
    // With a trail that has entries.
    let mut serving = on_primary.serve(&SETTINGS);
    ready_is(&serving, 200).await;
    serving.kill();
    let standby = primary.standby();
    let on_standby = site(&folder, &standby);
    let refused = on_standby.run(&["serve", "--listen", "127.0.0.1:0"]);
    let told = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && told.contains("is a standby"), "{told}");
    for command in [
        &["agreement", "matrix"] as &[&str],
        &["demo", "--families", "1"],
        &["migrate", "up"],
    ] {
        let refused = on_standby.run(command);
        let told = String::from_utf8_lossy(&refused.stderr);
        assert!(
            !refused.status.success() && told.contains("is a standby"),
            "{command:?}: {told}"
        );
    }
    for command in [&["audit", "verify"] as &[&str], &["migrate", "status"]] {
        let good = on_standby.run(command);
        assert!(
            good.status.success(),
            "{command:?}: {}",
            String::from_utf8_lossy(&good.stderr)
        );
    }
}

/// The name that the program connects to may lead to a standby after a failover. The trail is elsewhere and could be written.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_has_become_a_standby_is_left_and_taken_again() {
    let (Some(server), Some(elsewhere)) = (postgres::own(), postgres::own()) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let site = site(&folder, &server);
    let trail = format!("--trail-database-url={}", elsewhere.url(DATABASE));
    let settings: Vec<&str> = SETTINGS.into_iter().chain([trail.as_str()]).collect();
    let serving = site.serve(&settings);
    let lead = someone(
        "cambs-early-help",
        "lead_professional",
        "family_support",
        thinkfamily::demo::LEAD_SUBJECT,
    );
    let client = site.client(&serving, &lead);
    let ask = async || client.post(READ, json!({})).await.expect("an answer");
    assert_eq!(ask().await.status, 200);
    server.end("INT");
    server.will_be_standby(true);
    server.start_again();
    ready_is(&serving, 503).await;
    for _ in 0..5 {
        let answer = ask().await;
        assert_eq!(answer.status, 503, "{}", answer.text());
        // The cause is told with the id that the client was given. What was written may still be on its way to us.
        let id = answer.request_id.to_string();
        let causes = ["store.unavailable", "sign-in is not possible"];
        let told = |line: &str| line.contains(&id) && causes.iter().any(|cause| line.contains(cause));
        let waiting = async {
            while !serving.log_so_far().lines().any(told) {
                sleep(Duration::from_millis(50)).await;
            }
        };
        let waited = timeout(PATIENCE, waiting).await;
        assert!(waited.is_ok(), "{id}:\n{}", serving.log_so_far());
    }
    let waiting = async {
        while !serving.log_so_far().contains("database_standby") {
            sleep(Duration::from_millis(100)).await;
        }
    };
    assert!(timeout(PATIENCE, waiting).await.is_ok(), "{}", serving.log_so_far());
    server.statement("SELECT pg_promote()").await;
    ready_is(&serving, 200).await;
    assert_eq!(ask().await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_settings_give_up_is_said_at_the_start() {
    let Some(server) = postgres::own() else { return };
    let folder = tempfile::tempdir().unwrap();
    let site = site(&folder, &server);
    server.statement("ALTER SYSTEM SET synchronous_commit = off").await;
    server.statement("ALTER SYSTEM SET full_page_writes = off").await;
    server.statement("SELECT pg_reload_conf()").await;
    let mut serving = site.serve(&SETTINGS);
    ready_is(&serving, 200).await;
    let log = serving.log_so_far();
    let said: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("store.setting_gives_up"))
        .collect();
    for setting in ["synchronous_commit", "full_page_writes", "synchronous_standby_names"] {
        let name = format!("\"setting\":\"{setting}\"");
        assert!(said.iter().any(|line| line.contains(&name)), "{setting}: {said:#?}");
    }
    assert_eq!(said.len(), 3, "{said:#?}");
    serving.kill();
}
