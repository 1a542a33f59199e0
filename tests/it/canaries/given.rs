//! What the program gave away, and the search of it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

use super::CANARY;
use crate::support::client::Answer;

/// All that was given away and may not hold a canary, with what it was.
#[derive(Default)]
pub(super) struct Given(Vec<(String, String)>);

impl Given {
    pub(super) fn add(&mut self, what: impl Into<String>, text: impl Into<String>) {
        self.0.push((what.into(), text.into()));
    }

    /// An answer that must be a refusal or a list of errors without data.
    #[track_caller]
    pub(super) fn refusal(&mut self, what: &str, answer: Option<Answer>) {
        let answer = answer.unwrap_or_else(|| panic!("{what}: no answer"));
        let body = answer.json();
        assert!(
            answer.status >= 400 || body.get("errors").is_some(),
            "{what}: {} {}",
            answer.status,
            answer.text()
        );
        // A name may be told to whoever wrote it, in quotes of its own. A value never stands in them.
        let names = ["", "$", "@"].map(|sign| format!("`{sign}{CANARY}`"));
        let text = names
            .iter()
            .fold(answer.text(), |text, name| text.replace(name, "a name"));
        self.add(what, text);
    }

    /// The errors and the account of an answer that may hold data.
    pub(super) fn errors(&mut self, what: &str, answer: Option<Answer>) {
        let body = answer.unwrap_or_else(|| panic!("{what}: no answer")).json();
        self.add(what, json!([body.get("errors"), body.get("extensions")]).to_string());
    }

    /// Looks for the words in all of it, as they are and in the disguises that programs put on them.
    pub(super) fn search(&self, words: &[String]) {
        for word in words {
            let plain = word.to_lowercase();
            let percent = digits(&plain, "%");
            let hexadecimal = digits(&plain, "");
            // The middle of it, in each of the three ways in which it can lie across the digits.
            let inner = [0, 1, 2].map(|skip| {
                let whole = STANDARD.encode(&word.as_bytes()[skip..]);
                whole[..whole.len() / 4 * 4 - 4].to_owned()
            });
            for (what, text) in &self.0 {
                let lower = text.to_lowercase();
                for sought in [&plain, &percent, &hexadecimal] {
                    if let Some(at) = lower.find(sought) {
                        panic!(
                            "{what} holds {sought}: …{}…",
                            lower[at.saturating_sub(300)..].chars().take(600).collect::<String>()
                        );
                    }
                }
                for sought in &inner {
                    assert!(!text.contains(sought), "{what} holds {word} in base64: {text}");
                }
            }
        }
    }
}

/// The bytes in hexadecimal, each after a prefix.
fn digits(text: &str, prefix: &str) -> String {
    text.bytes()
        .fold(String::new(), |digits, byte| digits + prefix + &format!("{byte:02x}"))
}
