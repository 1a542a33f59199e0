//! A database that goes while it is worked with, in four ways, and comes back: what fails, fails cleanly; nothing is disclosed or done without a
//! trail; and it goes on by itself.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    task::{JoinHandle, block_in_place},
    time::{sleep, timeout},
};
use uuid::Uuid;

use crate::{
    live::police,
    support::{
        client::{Answer, Client},
        postgres::{self, Postgres},
        process::{COUNTERS, Serving, Site, someone},
        trail,
    },
};

/// Clients that read.
const READERS: usize = 8;
/// Longer than anything takes that is to come.
const PATIENCE: Duration = Duration::from_mins(1);
/// So that a server that says nothing is given up soon.
const SETTINGS: [&str; 9] = [
    "--request-timeout-ms=6000",
    "--statement-timeout-ms=1500",
    "--database-wait-ms=1000",
    "--database-connections=6",
    "--log-format=json",
    "--lookup-repeats=1000",
    "--writes-per-client=1000000",
    "--writes-per-family=1000000",
    "--writes-per-family-and-kind=1000000",
];
const READ: &str = "query Read { family(reference: \"TF-10001\") { reference members { givenName phone } } }";
const LOOK_UP: &str = "query LookUp { markerLookup(input: { givenName: \"Leigh\", familyName: \"Sadler\", postcode: \"ZQ4 7HA\", \
                       identifiers: [{ system: POLICE_REFERENCE, value: \"PR-104477\" }] }) { status marker { id } } }";
const REPORT: &str = "mutation Report($m: ID!) { recordContact(input: { markerId: $m, kind: INCIDENT, urgency: ROUTINE, \
                      occurredAt: \"2026-01-05T10:00:00Z\" }) { errors { code } } }";

/// What came of the requests so far.
#[derive(Default)]
struct Came {
    good: Mutex<Vec<(&'static str, Uuid)>>,
    refused: AtomicU64,
    wrong: Mutex<Vec<String>>,
    end: AtomicBool,
}

impl Came {
    /// Counts what was answered: all of what was asked for, or that it is not to be had now. Anything else is wrong.
    fn count(&self, what: &'static str, answer: Option<Answer>) {
        let wrong = |text: String| self.wrong.lock().unwrap().push(format!("{what}: {text}"));
        let Some(answer) = answer else {
            return wrong("no answer".to_owned());
        };
        let body = answer.json();
        let code = &body["errors"][0]["extensions"]["code"];
        match answer.status {
            200 if body.get("errors").is_none() && is_done(&body) => {
                let mut good = self.good.lock().unwrap();
                good.push((what, answer.request_id));
            }
            503 if code == "UNAVAILABLE" && body["data"].is_null() => {
                self.refused.fetch_add(1, Ordering::Relaxed);
            }
            status => wrong(format!("{status} {}", answer.text())),
        }
    }

    fn good(&self) -> usize {
        self.good.lock().unwrap().len()
    }

    /// Waits until there is so much more of what is good.
    async fn goes_on(&self) {
        let wanted = self.good() + 5 * READERS;
        let going = async {
            while self.good() < wanted {
                sleep(Duration::from_millis(20)).await;
            }
        };
        let went_on = timeout(PATIENCE, going).await;
        assert!(went_on.is_ok(), "it does not go on: {:?}", self.wrong.lock().unwrap());
    }
}

/// Whether nothing kept a change from being made, where one was asked for.
fn is_done(body: &Value) -> bool {
    let errors = &body["data"]["recordContact"]["errors"];
    errors.is_null() || *errors == json!([])
}

async fn ask(client: Client, came: Arc<Came>, what: &'static str, query: &'static str, variables: Value) {
    while !came.end.load(Ordering::Relaxed) {
        came.count(what, client.post(query, variables.clone()).await);
        sleep(Duration::from_millis(2)).await;
    }
}

async fn ready_is(client: &Client, wanted: u16) {
    let waiting = async {
        while client.get("/readyz").await.is_none_or(|answer| answer.status != wanted) {
            sleep(Duration::from_millis(50)).await;
        }
    };
    assert!(timeout(PATIENCE, waiting).await.is_ok(), "/readyz never said {wanted}");
}

async fn begin(site: &Site, serving: &Serving, came: &Arc<Came>) -> Vec<JoinHandle<()>> {
    let lead = someone(
        "cambs-early-help",
        "lead_professional",
        "family_support",
        thinkfamily::demo::LEAD_SUBJECT,
    );
    let police = || site.client(serving, &police());
    let found = police().post(LOOK_UP, json!({})).await.expect("an answer").json();
    let marker = json!({ "m": found["data"]["markerLookup"]["marker"]["id"] });
    let mut clients: Vec<_> = (0..READERS)
        .map(|_| {
            tokio::spawn(ask(
                site.client(serving, &lead),
                Arc::clone(came),
                "read",
                READ,
                json!({}),
            ))
        })
        .collect();
    clients.push(tokio::spawn(ask(
        police(),
        Arc::clone(came),
        "look-up",
        LOOK_UP,
        json!({}),
    )));
    clients.push(tokio::spawn(ask(police(), Arc::clone(came), "report", REPORT, marker)));
    clients
}

/// The database goes in one way, and comes back.
async fn disturb(way: &str, database: &Postgres, client: &Client) {
    match way {
        "every connection is ended" => return database.terminate_connections().await,
        "it is stopped at once" => block_in_place(|| database.end("QUIT")),
        "it is killed" => block_in_place(|| database.end("KILL")),
        // As a machine whose power is cut: connections stay open, and nothing is said any more.
        "it says nothing any more" => database.signal("STOP"),
        other => panic!("{other}"),
    }
    ready_is(client, 503).await;
    // Requests meet it, too.
    sleep(Duration::from_secs(1)).await;
    if way == "it says nothing any more" {
        database.signal("KILL");
        block_in_place(|| database.end("KILL"));
    }
    block_in_place(|| database.start_again());
    ready_is(client, 200).await;
}

/// Every good answer has its entry, and every report that was answered is there.
async fn compare(came: &Came, site: &Site, url: &str) {
    let databases = crate::support::database::open_at(url).await;
    let entries = trail::entries(&databases).await;
    databases.close().await.unwrap();
    let recorded: BTreeSet<Uuid> = entries.iter().filter_map(|(entry, _)| entry.request_id).collect();
    let good = came.good.lock().unwrap();
    let mut answers = BTreeMap::<_, usize>::new();
    for (what, request) in &*good {
        *answers.entry(*what).or_default() += 1;
        assert!(
            recorded.contains(request),
            "{what} {request} was answered and is not in the trail"
        );
    }
    assert_eq!(answers.len(), 3, "{answers:?}");
    let verified = site.run(&["audit", "verify"]);
    assert!(
        verified.status.success(),
        "{}{}",
        String::from_utf8_lossy(&verified.stdout),
        String::from_utf8_lossy(&verified.stderr)
    );
}

async fn contacts(site: &Site, serving: &Serving) -> BTreeSet<String> {
    let lead = someone(
        "cambs-early-help",
        "lead_professional",
        "family_support",
        thinkfamily::demo::LEAD_SUBJECT,
    );
    let client = site.client(serving, &lead);
    let mut all = BTreeSet::new();
    let mut after = Value::Null;
    loop {
        let query =
            "query($a: String) { contacts(first: 100, after: $a) { nodes { id } pageInfo { endCursor hasNextPage } } }";
        let page = client
            .post(query, json!({ "a": after }))
            .await
            .expect("an answer")
            .json()["data"]["contacts"]
            .clone();
        all.extend(
            page["nodes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|node| node["id"].to_string()),
        );
        if page["pageInfo"]["hasNextPage"] != true {
            return all;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_lost_database_is_told_cleanly_and_found_again() {
    let Some(database) = postgres::own() else { return };
    let url = database.url(&database.create_empty().await);
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(&url));
    let serving = site.serve(&[&SETTINGS[..], &COUNTERS].concat());
    let anybody = Client::new(&serving.url, "");
    let came = Arc::new(Came::default());
    let clients = begin(&site, &serving, &came).await;
    for way in [
        "every connection is ended",
        "it is stopped at once",
        "it is killed",
        "it says nothing any more",
    ] {
        came.goes_on().await;
        let refused = came.refused.load(Ordering::Relaxed);
        disturb(way, &database, &anybody).await;
        came.goes_on().await;
        let wrong = came.wrong.lock().unwrap();
        assert!(
            wrong.is_empty(),
            "when {way}: {} wrong, among them {:#?}",
            wrong.len(),
            &wrong[..wrong.len().min(5)]
        );
        let refused = came.refused.load(Ordering::Relaxed) - refused;
        assert!(
            refused > 0 || way == "every connection is ended",
            "nobody noticed that {way}"
        );
    }
    came.end.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.expect("it ends");
    }
    let metrics = serving.counters().await;
    let lost = metrics
        .lines()
        .find_map(|line| line.strip_prefix("thinkfamily_reading_connections_lost_total "));
    assert!(lost.is_some_and(|lost| lost != "0"), "{metrics}");
    compare(&came, &site, &url).await;
    let reports = came
        .good
        .lock()
        .unwrap()
        .iter()
        .filter(|(what, _)| *what == "report")
        .count();
    let found = contacts(&site, &serving).await.len();
    assert!(
        found >= reports,
        "{reports} reports were answered, and {found} are there"
    );
    let (_, log) = serving.ended();
    for canary in ["Dawn", "Sadler", "TF-10001", "PR-104477"] {
        assert!(!log.contains(canary), "{canary} is in the log");
    }
}
