//! An authority is moved from one database to another: what it has, who may be answered meanwhile, and what the trails say afterwards.

mod broken_off;
mod proxied;
mod tables;
mod whole;
mod writers;

use std::{path::Path, process::Output};

use serde_json::{Value, json};
use thinkfamily::{audit::Entry, demo::LEAD_SUBJECT, store::connect::Databases};

use crate::support::{
    client::{Answer, Client},
    database::{TestDatabase, open_at},
    process::{Serving, Site, someone},
    trail,
};

/// Whoever is moved, by code and number.
const MOVED: (&str, i32) = ("cambridgeshire", 1);
/// With these nothing is loaded at the first start, and what was under way is not waited for long.
const BARE: [&str; 3] = ["--demo-data=off", "--request-timeout-ms", "2000"];
/// So many changes as a test makes are more than a person would.
const MANY: [&str; 6] = [
    "--writes-per-client",
    "1000000",
    "--writes-per-family",
    "1000000",
    "--writes-per-family-and-kind",
    "1000000",
];
const READ: &str = "query Read { family(reference: \"TF-10001\") { id reference members { id givenName phone consents { id decision withdrawnAt } } } }";
const SAY: &str = "mutation Say($member: ID!, $key: String) { recordConsent(input: { memberId: $member, categories: [CRITERION_WORK], \
                   agencyKinds: [POLICE], decision: GIVEN, idempotencyKey: $key }) { consents { id } errors { code } } }";
const WITHDRAW: &str =
    "mutation Withdraw($consent: ID!) { withdrawConsent(input: { consentId: $consent }) { errors { code } } }";

/// Two databases whose servers have the same keys.
struct Two {
    folder: tempfile::TempDir,
    from: String,
    to: String,
}

impl Two {
    fn new(from: &TestDatabase, to: &TestDatabase) -> Self {
        Self::at(from.text(), to.text())
    }

    fn at(from: &str, to: &str) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            from: from.to_owned(),
            to: to.to_owned(),
        }
    }

    /// The first database and the second, past their servers.
    async fn open(&self) -> [Databases; 2] {
        [open_at(&self.from).await, open_at(&self.to).await]
    }

    fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn from(&self) -> Site {
        Site::new(self.folder(), Some(&self.from))
    }

    fn to(&self) -> Site {
        Site::new(self.folder(), Some(&self.to))
    }

    fn fingerprint(&self) -> String {
        let told = self.from().run(&["move-authority", "--fingerprint"]);
        assert!(told.status.success());
        String::from_utf8(told.stdout).unwrap().trim().to_owned()
    }

    /// The arguments of a move from the first to the second.
    fn arguments(&self, more: &[&str]) -> Vec<String> {
        let fixed = [
            "move-authority",
            MOVED.0,
            "--to",
            &self.to,
            "--request-timeout-ms",
            "500",
        ];
        let fixed = fixed.iter().chain(more).map(|argument| (*argument).to_owned());
        fixed.chain(["--secret".to_owned(), self.fingerprint()]).collect()
    }

    fn run(&self, more: &[&str]) -> Output {
        let arguments = self.arguments(more);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        self.from().run(&arguments)
    }

    /// Moves it, and gives what was said.
    #[track_caller]
    fn moved(&self) -> String {
        said(&self.run(&[]))
    }
}

/// What a command that succeeded has said.
#[track_caller]
fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Why a command did not succeed.
#[track_caller]
fn refused(output: &Output) -> String {
    assert_eq!(
        output.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn lead(site: &Site, serving: &Serving) -> Client {
    let who = someone("cambs-early-help", "lead_professional", "family_support", LEAD_SUBJECT);
    site.client(serving, &who)
}

/// Somebody of the other authority.
fn neighbour(site: &Site, url: &str) -> Client {
    let mut who = someone("kr-early-help", "lead_professional", "family_support", "worker");
    "kingston_richmond".clone_into(&mut who.authority);
    Client::new(url, &site.token(&who))
}

async fn ask(client: &Client, query: &str, variables: Value) -> Value {
    let answer = client.post(query, variables).await.expect("an answer");
    let body = answer.json();
    assert!(answer.status == 200 && body["errors"].is_null(), "{body}");
    body["data"].clone()
}

/// The id of somebody of the family.
async fn dawn(client: &Client) -> Value {
    let family = ask(client, READ, json!({})).await["family"].clone();
    let members = family["members"].as_array().unwrap();
    let dawn = members.iter().find(|member| member["givenName"] == "Dawn").unwrap();
    dawn["id"].clone()
}

/// Whether nothing was answered because the authority is not served there.
#[track_caller]
fn is_away(answer: &Answer) -> bool {
    let body = answer.json();
    let error = &body["errors"][0];
    let words = error["message"].as_str().unwrap_or_default();
    let away = answer.status == 503 && words.starts_with("Your authority is ");
    if away {
        assert_eq!(error["extensions"]["code"], "UNAVAILABLE");
        assert!(answer.retry_after.is_some() && body.get("data").is_none(), "{body}");
    }
    away
}

#[track_caller]
fn verified(site: &Site) {
    let verified = site.run(&["audit", "verify"]);
    let said = String::from_utf8_lossy(&verified.stdout);
    assert!(
        verified.status.success() && said.contains("nothing found"),
        "{said}{}",
        String::from_utf8_lossy(&verified.stderr)
    );
}

/// The entries of the trail about the authority.
async fn entries(databases: &Databases) -> Vec<Entry> {
    let entries = trail::entries(databases).await.into_iter();
    let of_it = entries.map(|(entry, _)| entry);
    of_it.filter(|entry| entry.authority == Some(MOVED.1)).collect()
}
