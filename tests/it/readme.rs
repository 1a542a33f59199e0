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
