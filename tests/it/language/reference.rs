//! Operations by chance with variables, defaults and what is left out, beside the same with everything written out by the reference implementation (graphql-js):
//! the same answer, account and cost, or the same refusal.

use serde_json::{Value, json};

use crate::support::{
    app::{App, Partner, Reply},
    database::{TestDatabase, on_both},
    node::Node,
};

const OPERATIONS: usize = 400;

/// The answer without the places in the document, by which errors are ordered, and chosen where there are more than five.
fn told(reply: &Reply) -> Value {
    let mut body = reply.body.clone();
    if let Some(errors) = body["errors"].as_array_mut() {
        for error in errors.iter_mut() {
            error.as_object_mut().map(|error| error.remove("locations"));
        }
        let is_of_a_value = |error: &Value| error["extensions"].get("field").is_some();
        if errors.iter().filter(|error| !is_of_a_value(error)).count() >= 5 {
            errors.retain(is_of_a_value);
        }
        errors.sort_by_key(Value::to_string);
    }
    body
}

/// Whether a document is larger than documents may be, in which these two may differ.
fn is_too_large(reply: &Reply) -> bool {
    let message = reply.body["errors"][0]["message"].as_str().unwrap_or_default();
    message.starts_with("The document is too complex")
}

async fn variables_mean_what_the_reference_implementation_says(database: &TestDatabase) {
    let Some(node) = Node::ready() else { return };
    let app = App::start(database).await;
    let folder = tempfile::tempdir().expect("a folder");
    let schema = folder.path().join("schema.graphql");
    std::fs::write(&schema, include_str!("../../../schema.graphql")).expect("a file");
    let mut script = node.start(
        "variables.mjs",
        &[
            ("TF_SCHEMA", schema.display().to_string()),
            ("TF_WANTED", OPERATIONS.to_string()),
            ("TF_SEED", "20261130".to_owned()),
        ],
    );
    let partners: Vec<Partner> = [
        app.lead_professional(),
        app.partner("cambs-police", "practitioner", "safeguarding"),
        app.partner("tff-team", "coordinator", "programme_management"),
    ]
    .into_iter()
    .flat_map(|partner| ["report", "fail", "error"].map(|withheld| partner.told_by(withheld)))
    .collect();
    let (mut compared, mut refused, mut withheld, mut with_data) = (0, 0, 0, 0);
    for number in 0..OPERATIONS {
        let line: Value = serde_json::from_str(&script.line()).expect("an operation");
        let partner = &partners[number % partners.len()];
        let query = line["query"].as_str().expect("a document");
        let asked = partner.ask_with(query, line["variables"].clone()).await;
        if is_too_large(&asked) {
            continue;
        }
        let what = format!("{query}\n{}", line["variables"]);
        let Some(literal) = line["literal"].as_str() else {
            assert_eq!(
                (asked.status, asked.code()),
                (400, "BAD_USER_INPUT"),
                "{what}: {:#}",
                asked.body
            );
            refused += 1;
            continue;
        };
        let written = partner.ask_with(literal, json!({})).await;
        assert_eq!(told(&asked), told(&written), "{what}\n{literal}");
        compared += 1;
        with_data += usize::from(asked.body.get("data").is_some());
        withheld += usize::from(asked.body["extensions"].get("disclosure").is_some());
    }
    script.ends_well();
    println!("{compared} compared, {with_data} with data, {withheld} with an account, {refused} refused");
    assert!(
        compared > 150 && with_data > 120 && withheld > 25 && refused > 15,
        "{compared} {with_data} {withheld} {refused}"
    );
}
on_both!(variables_mean_what_the_reference_implementation_says);
