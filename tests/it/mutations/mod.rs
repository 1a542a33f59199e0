//! Every change through the API, from both sides of each of its rules, on both databases.

mod agreement;
mod budget;
mod colleagues;
mod consent;
mod described;
mod emergency;
mod emergency_alerts;
mod errors;
mod idempotency;
mod in_care;
mod involvement;
mod meeting;
mod permission;
mod plan;
mod together;
mod told;
mod unseen;
mod worlds;

use serde_json::{Value, json};

use crate::support::app::{App, Partner};

/// A mutation with its one input.
async fn change(partner: &Partner, name: &str, selection: &str, input: Value) -> Value {
    let of_type = name[..1].to_uppercase() + &name[1..] + "Input";
    let query = format!(
        "mutation ($input: {of_type}!) {{ {name}(input: $input) {{ {selection} errors {{ field code message }} }} }}"
    );
    let reply = partner.ask_with(&query, json!({ "input": input })).await;
    reply.data()[name].clone()
}

/// The field and code of each user error.
fn errors(payload: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let errors = payload["errors"].as_array().expect("errors are a list").iter();
    errors
        .map(|error| (text(&error["field"]), text(&error["code"])))
        .collect()
}

#[track_caller]
fn assert_refused(payload: &Value, field: &str, code: &str) {
    assert_eq!(errors(payload), [(field.to_owned(), code.to_owned())], "{payload:#}");
}

#[track_caller]
fn assert_done(payload: &Value) {
    assert_eq!(errors(payload), [], "{payload:#}");
}

/// The ids of the Hardman family and of its members by given name, as their Lead Professional sees them.
async fn hardmans(app: &App) -> Value {
    let query = "{ family(reference: \"TF-10001\") { id members { id givenName } involvements { id endedOn agency { code } } } }";
    app.lead_professional().ask(query).await.data()["family"].clone()
}

fn member<'a>(family: &'a Value, name: &str) -> &'a Value {
    let members = family["members"].as_array().expect("members");
    let found = members.iter().find(|member| member["givenName"] == name);
    &found.expect("the member is there")["id"]
}

/// What the trail says happened to the authority's data lately, newest first: kinds of entries.
async fn trail(app: &App) -> Vec<&'static str> {
    entries(app).await.iter().map(|entry| entry.kind.code()).collect()
}

async fn entries(app: &App) -> Vec<thinkfamily::audit::Entry> {
    let found = thinkfamily::audit::latest(app.trail.store(), thinkfamily::demo::CAMBRIDGESHIRE, None, 50).await;
    found
        .expect("the trail can be read")
        .into_iter()
        .map(|(_, entry)| entry)
        .collect()
}
