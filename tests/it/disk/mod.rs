//! Disks that fill and files that go while the program serves: no answer without its entry, and nothing acknowledged that is not kept.

mod full;
mod low;
mod moved;
mod unfinished;

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use thinkfamily::{audit::Kind, demo::LEAD_SUBJECT, store::connect::Databases};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::support::{
    client::{Answer, Client},
    database::settings,
    process::{Serving, Site, someone},
    trail,
};

/// Longer than this, and it does not come any more.
const PATIENCE: Duration = Duration::from_mins(2);
const READ: &str = "query Read { family(reference: \"TF-10001\") { reference members { id givenName phone } } }";
const CONSENT: &str = "mutation Say($member: ID!) { recordConsent(input: { memberId: $member, categories: [CRITERION_WORK], \
                       agencyKinds: [POLICE], decision: GIVEN }) { consents { id } errors { code } } }";
/// So many changes as a test makes are more than a person would.
const MANY: [&str; 6] = [
    "--writes-per-client",
    "1000000",
    "--writes-per-family",
    "1000000",
    "--writes-per-family-and-kind",
    "1000000",
];

fn lead(site: &Site, serving: &Serving) -> Client {
    site.client(
        serving,
        &someone("cambs-early-help", "lead_professional", "family_support", LEAD_SUBJECT),
    )
}

/// The id of the member whom the consents are of.
async fn dawn(lead: &Client) -> Value {
    let family = lead.post(READ, json!({})).await.unwrap().json()["data"]["family"].clone();
    let members = family["members"].as_array().unwrap();
    let dawn = members.iter().find(|member| member["givenName"] == "Dawn").unwrap();
    json!({ "member": dawn["id"] })
}

/// What became of many requests.
#[derive(Default)]
struct Rush {
    given: BTreeSet<Uuid>,
    refused: u32,
}

/// Asks the same over and over, several at once, until `refusals` were refused.
async fn rush(client: &Client, query: &'static str, variables: &Value, refusals: u32) -> Rush {
    let refused = Arc::new(AtomicU32::new(0));
    let asking = (0..8).map(|_| {
        let (client, variables, refused) = (client.clone(), variables.clone(), Arc::clone(&refused));
        tokio::spawn(async move {
            let mut given = BTreeSet::new();
            for _ in 0..3_000 {
                if refused.load(Ordering::Relaxed) >= refusals {
                    break;
                }
                let answer = client.post(query, variables.clone()).await.expect("an answer");
                if is_given(&answer) {
                    given.insert(answer.request_id);
                } else {
                    refused.fetch_add(1, Ordering::Relaxed);
                }
            }
            given
        })
    });
    let asking: Vec<_> = asking.collect();
    let mut rush = Rush::default();
    for task in asking {
        rush.given.extend(task.await.unwrap());
    }
    rush.refused = refused.load(Ordering::Relaxed);
    rush
}

/// Whether it was answered. What was not is unavailable, and nothing else.
#[track_caller]
fn is_given(answer: &Answer) -> bool {
    let body = answer.json();
    if answer.status == 200 {
        assert!(body["errors"].is_null(), "{body}");
        return true;
    }
    let code = body["errors"][0]["extensions"]["code"].as_str();
    assert_eq!((answer.status, code), (503, Some("UNAVAILABLE")), "{}", answer.text());
    assert!(body.get("data").is_none(), "{body}");
    false
}

async fn ready_is(client: &Client, wanted: u16) {
    let waiting = async {
        while client.get("/readyz").await.is_none_or(|answer| answer.status != wanted) {
            sleep(Duration::from_millis(50)).await;
        }
    };
    assert!(timeout(PATIENCE, waiting).await.is_ok(), "/readyz never said {wanted}");
}

/// Waits until the log says it: what was written may still be on its way to us.
async fn logged(serving: &Serving, word: &str) {
    let waiting = async {
        while !serving.log_so_far().contains(word) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    let waited = timeout(PATIENCE, waiting).await;
    assert!(waited.is_ok(), "no {word} in the log:\n{}", serving.log_so_far());
}

/// The requests of which the trail tells, by the kind of entry.
async fn told(databases: &Databases, kind: Kind) -> BTreeSet<Uuid> {
    let entries = trail::entries(databases).await;
    let of_kind = entries.iter().filter(|(entry, _)| entry.kind == kind);
    of_kind.filter_map(|(entry, _)| entry.request_id).collect()
}

async fn open(url: &str, trail: &str) -> Databases {
    Databases::open_at(&url.parse().unwrap(), &trail.parse().unwrap(), &settings())
        .await
        .unwrap()
}

#[track_caller]
fn verified(site: &Site, arguments: &[&str]) {
    let verified = site.run(&[&["audit", "verify"], arguments].concat());
    let said = String::from_utf8_lossy(&verified.stdout);
    assert!(
        verified.status.success() && said.contains("nothing found"),
        "{said}{}",
        String::from_utf8_lossy(&verified.stderr)
    );
}
