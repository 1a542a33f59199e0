//! Every token that wire.md and RFC 8725 warn of, sent to the program itself: one answer for all, and the true cause in the log alone.

use serde_json::Value;

use super::{
    exchange::{Got, post},
    spoilt::{Case, Sent, every_case},
    world::{Issuers, officer},
};
use crate::support::{
    database::{TestDatabase, on_both},
    process::{Serving, Site},
};

fn ask(serving: &Serving, sent: &Sent) -> Got {
    match sent {
        Sent::Token(token) => post(
            serving,
            "/graphql",
            &[format!("authorization: Bearer {token}").into_bytes()],
        ),
        Sent::Headers(headers) => post(serving, "/graphql", headers),
        Sent::Address(address) => post(serving, address, &[]),
    }
}

/// The causes that the log gives, in their order.
fn causes(log: &str) -> Vec<String> {
    log.lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|line| line["message"] == "sign-in refused")
        .map(|line| line["cause"].as_str().unwrap_or_default().to_owned())
        .collect()
}

fn is_served(serving: &Serving, token: &str) {
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let header = format!("authorization: {scheme} {token}").into_bytes();
        let got = ask(serving, &Sent::Headers(vec![header]));
        assert_eq!(got.head[0], "HTTP/1.1 200 OK", "{scheme}: {got:?}");
        assert!(got.body.contains("MARKER_LOOKUP"), "{scheme}: {got:?}");
    }
}

async fn every_hostile_token_gets_one_answer(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let issuers = Issuers::new();
    let settings = issuers.settle(folder.path());
    let site = Site::new(folder.path(), Some(database.text()));
    let serving = site.serve(&["--config", settings, "--log-format", "json"]);
    let good = issuers.ed.token("ed", &officer());
    is_served(&serving, &good);
    let cases = every_case(&issuers, &good);
    assert!(cases.len() >= 120, "{} kinds", cases.len());
    let mut first: Option<Got> = None;
    for Case { name, sent, .. } in &cases {
        let got = ask(&serving, sent);
        assert_eq!(got.head[0], "HTTP/1.1 401 Unauthorized", "{name}: {got:?}");
        assert!(
            got.head.contains(&"www-authenticate: Bearer".to_owned()),
            "{name}: {got:?}"
        );
        let first = first.get_or_insert_with(|| ask(&serving, sent));
        assert_eq!(&got, first, "{name}");
    }
    is_served(&serving, &good);
    let (_, log) = serving.ended();
    // The first was asked twice.
    let wanted: Vec<(&str, &str)> = cases
        .iter()
        .take(1)
        .chain(&cases)
        .map(|case| (case.name, case.cause))
        .collect();
    let found = causes(&log);
    assert_eq!(found.len(), wanted.len(), "{found:?}");
    for ((name, cause), found) in wanted.iter().zip(&found) {
        assert_eq!(cause, found, "{name}");
    }
    for secret in ["zebra7", "eyJ", "police-records"] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}
on_both!(every_hostile_token_gets_one_answer);
