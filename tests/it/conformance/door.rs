//! The server as whoever knocks knows it, and what every refusal has in common.

use super::raw::{Got, send};
use crate::{
    live::police,
    support::process::{Serving, Site},
};

/// What is planted in every request that is refused, and must come back in no answer.
pub(super) const PLANTED: &str = "zebra7";
pub(super) const NEWER: &str = "accept: application/graphql-response+json";
pub(super) const OLDER: &str = "accept: application/json";
pub(super) const JSON: &str = "content-type: application/json";
/// What no refusal may name.
const INSIDE: [&str; 8] = [
    "async", "axum", "hyper", "serde", "apollo", "sqlx", "sqlite", "panicked",
];

/// The server, and what a good request begins with.
pub(super) struct Door {
    pub(super) serving: Serving,
    pub(super) good: String,
}

impl Door {
    /// A server that runs, and somebody of the police.
    pub(super) fn of(site: &Site) -> Self {
        Self {
            serving: site.serve(&[]),
            good: format!("authorization: Bearer {}", site.token(&police())),
        }
    }

    /// Posts with these headers.
    pub(super) fn post(&self, headers: &[&str], body: &str) -> Got {
        let headers: Vec<String> = headers.iter().map(ToString::to_string).collect();
        send(&self.serving, "POST /graphql", &headers, body)
    }

    /// Posts a document as somebody whose token is good.
    pub(super) fn ask(&self, accept: &str, document: &str, more: &serde_json::Value) -> Got {
        let mut body = serde_json::json!({ "query": document });
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        self.post(&[&self.good, JSON, accept], &body.to_string())
    }

    /// Asks an address as somebody whose token is good.
    pub(super) fn get(&self, address: &str, headers: &[&str]) -> Got {
        let mut all = vec![self.good.clone(), NEWER.to_owned()];
        all.extend(headers.iter().map(ToString::to_string));
        send(&self.serving, &format!("GET {address}"), &all, "")
    }
}

/// Few words, none of them the asker's or a library's.
#[track_caller]
pub(super) fn says_little(name: &str, got: &Got) {
    let body = got.json();
    assert!(
        body.get("data").is_none(),
        "{name}: a request error has no data: {body}"
    );
    let errors = body["errors"].as_array().unwrap_or_else(|| panic!("{name}: {body}"));
    assert!((1..=5).contains(&errors.len()), "{name}: {} errors", errors.len());
    for error in errors {
        let message = error["message"].as_str().unwrap_or_else(|| panic!("{name}: {body}"));
        assert!(
            !message.is_empty() && message.chars().count() <= 300,
            "{name}: {message}"
        );
        assert!(error["extensions"]["code"].is_string(), "{name}: {body}");
    }
    assert!(got.body.len() < 4096, "{name}: {} bytes", got.body.len());
    // A name may be told to whoever wrote it, in quotes of its own. A value never stands in them.
    let names = ["", "$", "@"].map(|sign| format!("`{sign}{PLANTED}`"));
    let lower = names
        .iter()
        .fold(got.body.to_lowercase(), |body, name| body.replace(name, "a name"));
    assert!(!lower.contains(PLANTED), "{name}: an echo: {body}");
    for word in INSIDE {
        assert!(!lower.contains(word), "{name}: {word} in {body}");
    }
}
