//! README's tour gives what it says: every question is asked with the very arguments that stand there, of the program itself.

use serde_json::Value;

use crate::support::{client::Client, process::Site};

const README: &str = include_str!("../../README.md");

/// A step of the tour: how its token is made, and the answer that stands there.
struct Step {
    token: Vec<String>,
    answer: Value,
}

/// What stands between two marks.
fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<(&'a str, &'a str)> {
    let (_, rest) = text.split_once(from)?;
    rest.split_once(to)
}

fn tour() -> Vec<Step> {
    let (_, mut rest) = README.split_once("## A tour").expect("README has a tour");
    let mut steps = Vec::new();
    while let Some((arguments, after)) = between(rest, "ask \"$(token ", ")\" \"$QUESTION\"") {
        let (answer, after) = between(after, "```json\n", "```").expect("an answer follows the question");
        steps.push(Step {
            token: arguments.split_whitespace().map(str::to_owned).collect(),
            answer: serde_json::from_str(answer).expect("the answer is JSON"),
        });
        rest = after;
    }
    steps
}

/// The places of withheld values are left out of README, for they are long.
fn without_paths(mut answer: Value) -> Value {
    let withheld = answer
        .pointer_mut("/extensions/disclosure/withheld")
        .and_then(Value::as_array_mut);
    for entry in withheld.into_iter().flatten() {
        entry
            .as_object_mut()
            .expect("an entry")
            .remove("paths")
            .expect("an entry has paths");
    }
    answer
}

#[tokio::test]
async fn the_tour_gives_what_it_says() {
    let (question, _) = between(README, "QUESTION='", "'\n").expect("README has the question");
    let question: Value = serde_json::from_str(question).expect("the question is JSON");
    let steps = tour();
    assert!(steps.len() >= 8, "README's tour has {} steps", steps.len());
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), None);
    let serving = site.serve(&[]);
    for step in steps {
        let arguments: Vec<&str> = std::iter::once("token")
            .chain(step.token.iter().map(String::as_str))
            .collect();
        let printed = site.run(&arguments);
        assert!(printed.status.success(), "{arguments:?}");
        let token = String::from_utf8(printed.stdout).unwrap();
        let client = Client::new(&serving.url, token.trim());
        let query = question["query"].as_str().expect("a query");
        let answer = client
            .post(query, serde_json::json!({}))
            .await
            .expect("an answer")
            .json();
        assert_eq!(without_paths(answer), step.answer, "{arguments:?}");
    }
}

/// A question of the chapter for partners' systems, and the answer that stands there.
struct Call {
    token: Vec<String>,
    body: String,
    answer: Value,
}

fn calls() -> Vec<Call> {
    let (chapter, _) = between(README, "## For a partner's system", "\n## ").expect("README has the chapter");
    let mut calls = Vec::new();
    let mut rest = chapter;
    while let Some((arguments, after)) = between(rest, "ask \"$(token ", ")\" '") {
        let (body, after) = after.split_once("'\n```\n").expect("a question ends");
        let (answer, after) = between(after, "```json\n", "```").expect("an answer follows the question");
        calls.push(Call {
            token: arguments.split_whitespace().map(str::to_owned).collect(),
            body: body.to_owned(),
            answer: serde_json::from_str(answer).expect("the answer is JSON"),
        });
        rest = after;
    }
    calls
}

/// Puts what differs from day to day where README has `…`, if there is something.
fn fill(expected: &mut Value, answer: &Value) {
    match (expected, answer) {
        (Value::Object(expected), Value::Object(answer)) => {
            for (name, value) in expected {
                fill(value, &answer[name]);
            }
        }
        (Value::Array(expected), Value::Array(answer)) if expected.len() == answer.len() => {
            for (expected, answer) in expected.iter_mut().zip(answer) {
                fill(expected, answer);
            }
        }
        (Value::String(expected), Value::String(answer)) if expected == "…" && !answer.is_empty() => {
            expected.clone_from(answer);
        }
        _ => {}
    }
}

#[tokio::test]
async fn the_chapter_for_partners_gives_what_it_says() {
    let calls = calls();
    assert!(calls.len() >= 6, "README's chapter has {} questions", calls.len());
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), None);
    let serving = site.serve(&[]);
    let mut marker = String::new();
    for mut call in calls {
        let arguments: Vec<&str> = std::iter::once("token")
            .chain(call.token.iter().map(String::as_str))
            .collect();
        let printed = site.run(&arguments);
        assert!(printed.status.success(), "{arguments:?}");
        let token = String::from_utf8(printed.stdout).unwrap();
        let now = thinkfamily::clock::Clock::system().now();
        let body = call
            .body
            .replace("'\"$MARKER\"'", &marker)
            .replace("'\"$(date -u +%FT%TZ)\"'", &now.format("%FT%TZ").to_string())
            .replace("'\"$(date -u +%F)\"'", &now.format("%F").to_string());
        let client = Client::new(&serving.url, token.trim());
        let answer = client.send(&[], body).await.expect("an answer").json();
        if let Some(id) = answer.pointer("/data/markerLookup/marker/id").and_then(Value::as_str) {
            id.clone_into(&mut marker);
        }
        fill(&mut call.answer, &answer);
        assert_eq!(answer, call.answer, "{}", call.body);
    }
}
