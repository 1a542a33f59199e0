//! What is asked of the schema itself, beside what is asked of families, with variables and with what is left out.

use serde_json::{Value, json};

use crate::support::{
    app::App,
    database::{TestDatabase, on_both},
};

async fn introspection_is_part_of_an_operation_like_any_other(database: &TestDatabase) {
    let app = App::start(database).await;
    let school = app.partner("fenbrook-school", "practitioner", "education_support");
    let family = json!({ "name": "Family" });
    let schema = json!({ "queryType": { "name": "Query" } });
    for (query, variables, expected) in [
        (
            "{ __type(name: \"Family\") { name } }",
            json!({}),
            json!({ "__type": family }),
        ),
        // One name begins like the other's.
        (
            "query($a: String!, $ab: String!) { __type(name: $ab) { name } family(reference: $a) { reference } }",
            json!({ "a": "TF-10001", "ab": "Family" }),
            json!({ "__type": family, "family": { "reference": "TF-10001" } }),
        ),
        (
            "query($a: String = \"Family\", $ab: String = \"TF-10001\") { family(reference: $ab) { reference } t: __type(name: $a) { name } }",
            json!({}),
            json!({ "family": { "reference": "TF-10001" }, "t": family }),
        ),
        (
            "query($no: Boolean = false) { __type(name: \"Family\") @include(if: $no) { name } viewer { role } }",
            json!({}),
            json!({ "viewer": { "role": "PRACTITIONER" } }),
        ),
        (
            "{ viewer { role } ...T @skip(if: true) } fragment T on Query { __type(name: \"Family\") { name } }",
            json!({}),
            json!({ "viewer": { "role": "PRACTITIONER" } }),
        ),
        (
            "query($yes: Boolean = true) { ... @skip(if: $yes) { __schema { types { name } } } ...T } \
             fragment T on Query { ...U @include(if: $yes) ...V @skip(if: $yes) } \
             fragment U on Query { __schema { ...W } } fragment V on Query { __type(name: \"Family\") { name } } \
             fragment W on __Schema { queryType { name kind @skip(if: $yes) } }",
            json!({}),
            json!({ "__schema": schema }),
        ),
        (
            "{ __schema @skip(if: true) { queryType { name } } }",
            json!({}),
            json!({}),
        ),
        (
            "query($d: Boolean = true) { __type(name: \"Family\") { fields(includeDeprecated: $d) { name @skip(if: true) } } }",
            json!({}),
            Value::Null,
        ),
        (
            "{ __type(name: \"Nothing\") { name } __typename }",
            json!({}),
            json!({ "__type": null, "__typename": "Query" }),
        ),
    ] {
        let reply = school.ask_with(query, variables).await;
        if expected.is_null() {
            let fields = reply.data()["__type"]["fields"].as_array().expect("fields");
            assert!(
                fields.iter().all(|field| *field == json!({})) && !fields.is_empty(),
                "{query}"
            );
        } else {
            assert_eq!(reply.data(), &expected, "{query}");
            // In the order in which they were asked for.
            let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
            assert_eq!(keys(reply.data()), keys(&expected), "{query}");
        }
    }
}
on_both!(introspection_is_part_of_an_operation_like_any_other);
