//! A document that comes again is not compared with the schema again. It must be answered as the first time, and what does not fit be refused as the
//! first time.

use serde_json::{Value, json};

use crate::support::{
    app::{App, Reply},
    database::{TestDatabase, on_both},
};

/// Each with variables that fit and with some that do not.
fn documents() -> Vec<(&'static str, Value, Vec<Value>)> {
    vec![
        (
            "query($r: String!) { family(reference: $r) { reference members { givenName phone } } }",
            json!({ "r": "TF-10001" }),
            vec![
                json!({}),
                json!({ "r": null }),
                json!({ "r": 5 }),
                json!({ "r": ["TF-10001"] }),
            ],
        ),
        (
            "query($n: Int, $o: FamilyOrder) { families(first: $n, orderBy: $o) { nodes { reference } } }",
            json!({ "n": 2, "o": { "field": "REFERENCE", "direction": "DESCENDING" } }),
            vec![
                json!({ "n": "2" }),
                json!({ "n": 2.5 }),
                json!({ "n": 2, "o": { "field": "SHOESIZE", "direction": "DESCENDING" } }),
                json!({ "n": 2, "o": { "field": "REFERENCE", "direction": "DESCENDING", "more": true } }),
            ],
        ),
    ]
}

async fn what_comes_again_is_answered_as_the_first_time(database: &TestDatabase) {
    let app = App::start(database).await;
    let partner = app.partner("tff-team", "coordinator", "programme_management");
    for (number, (query, fits, others)) in documents().into_iter().enumerate() {
        // The same document with other spaces is another text, which was never seen.
        let mut unseen = 0;
        let mut never_seen = || {
            unseen += 1;
            format!("{}{query}", " ".repeat(number * 50 + unseen))
        };
        let first = partner.ask_with(query, fits.clone()).await;
        first.data();
        for variables in &others {
            let again = partner.ask_with(query, variables.clone()).await;
            let anew = partner.ask_with(&never_seen(), variables.clone()).await;
            let told = |reply: &Reply| {
                let error = &reply.body["errors"][0];
                (
                    reply.status,
                    error["message"].clone(),
                    error["extensions"].clone(),
                    reply.body["data"].clone(),
                )
            };
            assert_eq!(told(&again), told(&anew), "{query} {variables}");
            assert!(again.body["errors"].is_array(), "{query} {variables}");
        }
        let again = partner.ask_with(query, fits.clone()).await;
        let anew = partner.ask_with(&never_seen(), fits).await;
        assert_eq!(first.bytes, again.bytes);
        assert_eq!(first.bytes, anew.bytes);
    }
}
on_both!(what_comes_again_is_answered_as_the_first_time);
