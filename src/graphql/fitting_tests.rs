//! What surely fits, and what is left to the library.

use async_graphql_parser::{parse_query, types::DocumentOperations};
use serde_json::{Value as Json, json};

use super::Inputs;

const SCHEMA: &str = "
    type Query { a(x: Colour, y: In): Int }
    enum Colour { RED GREEN }
    input In { name: String! size: Int = 3 born: NaiveDate deep: [In!] }
    scalar NaiveDate
";

fn fits(declared: &str, variables: &Json) -> bool {
    let document = parse_query(format!("query({declared}) {{ a }}")).unwrap();
    let DocumentOperations::Single(operation) = &document.operations else {
        panic!("one operation");
    };
    Inputs::of_sdl(SCHEMA).surely_fit(&operation.node, variables.as_object().unwrap())
}

#[test]
fn what_is_declared_and_given_so_fits() {
    for (declared, variables) in [
        ("$a: Int!", json!({ "a": 5 })),
        ("$a: Int", json!({})),
        ("$a: Int! = 5", json!({})),
        ("$a: ID!", json!({ "a": "x" })),
        ("$a: Colour!", json!({ "a": "RED" })),
        ("$a: [Colour!]!", json!({ "a": ["RED", "GREEN"] })),
        ("$a: NaiveDate", json!({ "a": "2026-01-01" })),
        (
            "$a: In!",
            json!({ "a": { "name": "n", "deep": [{ "name": "m", "size": 1 }] } }),
        ),
        ("$a: Boolean", json!({ "a": true, "unknown": 1 })),
    ] {
        assert!(fits(declared, &variables), "{declared} {variables}");
    }
}

#[test]
fn everything_else_is_left_to_the_library() {
    for (declared, variables) in [
        ("$a: Int!", json!({})),
        ("$a: Int", json!({ "a": null })),
        ("$a: Int", json!({ "a": "5" })),
        ("$a: Int", json!({ "a": 2_147_483_648_i64 })),
        ("$a: Int", json!({ "a": 1.5 })),
        ("$a: String", json!({ "a": 5 })),
        ("$a: ID", json!({ "a": 5 })),
        ("$a: Boolean", json!({ "a": "true" })),
        ("$a: Colour", json!({ "a": "BLUE" })),
        ("$a: [Colour!]", json!({ "a": "RED" })),
        ("$a: [Colour!]", json!({ "a": ["RED", null] })),
        ("$a: In", json!({ "a": {} })),
        ("$a: In", json!({ "a": { "name": "n", "more": 1 } })),
        ("$a: In", json!({ "a": { "name": null } })),
        ("$a: In", json!({ "a": { "name": "n", "deep": [{}] } })),
        ("$a: Unheard", json!({ "a": 5 })),
        ("$a: Unheard", json!({ "a": "x" })),
    ] {
        assert!(!fits(declared, &variables), "{declared} {variables}");
    }
}
