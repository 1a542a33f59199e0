//! What other people's programs send: as they send it where the standards permit it, and with a word about what would be right where they do not.

use serde_json::{Value, json};

use crate::support::{
    app::{App, Partner},
    database::{TestDatabase, on_both},
};

const QUERY: &str = "{ family(reference: \"TF-10001\") { onCohort } }";

async fn send(partner: &Partner, headers: &[(&str, &str)], body: Vec<u8>) -> (u16, Value) {
    let client = reqwest::Client::new();
    let mut request = client.post(format!("{}/graphql", partner.url)).body(body);
    let usual = [
        ("authorization", format!("Bearer {}", partner.token)),
        ("content-type", "application/json".to_owned()),
    ];
    for (name, value) in usual {
        if !headers.iter().any(|(given, _)| *given == name) {
            request = request.header(name, value);
        }
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let reply = request.send().await.expect("an answer");
    let status = reply.status().as_u16();
    (status, reply.json().await.expect("JSON"))
}

async fn what_the_standards_permit_is_taken(database: &TestDatabase) {
    let app = App::start(database).await;
    let school = app.partner("fenbrook-school", "practitioner", "education_support");
    let plain = json!({ "query": QUERY }).to_string();
    let two_blanks = format!("Bearer  {}", school.token);
    let headers: [(&str, &str); 11] = [
        ("content-type", "application/json; charset=utf-8"),
        ("content-type", "application/json; charset=\"UTF-8\""),
        ("content-type", "application/json; charset=utf8"),
        ("authorization", &two_blanks),
        (
            "accept",
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        ),
        ("accept", "application/json, text/xml, application/xml, */*"),
        ("accept", "*/*"),
        ("accept", "application/graphql-response+json, application/json;q=0.9"),
        ("accept", "application/json; charset=utf8"),
        ("accept-encoding", "gzip, deflate, br"),
        (
            "user-agent",
            "Microsoft.Data.Mashup (https://go.microsoft.com/fwlink/?LinkID=304225)",
        ),
    ];
    for header in headers {
        let (status, body) = send(&school, &[header], plain.clone().into_bytes()).await;
        assert_eq!(
            (status, &body["data"]["family"]["onCohort"]),
            (200, &json!(true)),
            "{header:?}: {body}"
        );
    }
    let mark = b"\xef\xbb\xbf".as_slice();
    for body in [
        [mark, plain.as_bytes()].concat(),
        json!({ "query": format!("\u{feff}{QUERY}") }).to_string().into_bytes(),
        json!({ "query": QUERY, "id": "1", "extensions": { "clientLibrary": { "name": "a client" } } })
            .to_string()
            .into_bytes(),
        json!({ "query": QUERY, "operationName": "", "variables": null })
            .to_string()
            .into_bytes(),
        json!({ "query": QUERY, "operationName": null, "variables": { "unknown": 1 } })
            .to_string()
            .into_bytes(),
    ] {
        let (status, answer) = send(&school, &[], body.clone()).await;
        let body = String::from_utf8_lossy(&body);
        assert_eq!(
            (status, &answer["data"]["family"]["onCohort"]),
            (200, &json!(true)),
            "{body}: {answer}"
        );
    }
    let lead = app.lead_professional();
    for number in [json!(2), json!(2.0)] {
        let query = "query($n: Int) { families(first: $n) { nodes { reference } } }";
        let reply = lead.ask_with(query, json!({ "n": number })).await;
        assert_eq!(reply.data()["families"]["nodes"].as_array().unwrap().len(), 2);
    }
}
on_both!(what_the_standards_permit_is_taken);

async fn what_is_not_taken_is_told_by_its_name(database: &TestDatabase) {
    let app = App::start(database).await;
    let school = app.partner("fenbrook-school", "practitioner", "education_support");
    for (body, word) in [
        (json!({ "query": QUERY, "variables": "{}" }), "variables"),
        (json!({ "query": QUERY, "variables": [] }), "variables"),
        (json!({ "query": QUERY, "operationName": {} }), "operationName"),
        (json!({ "query": QUERY, "operationName": "Other" }), "operationName"),
        (json!({ "query": QUERY, "extensions": "x" }), "extensions"),
        (json!({ "query": { "text": QUERY } }), "query"),
        (json!({ "document": QUERY }), "query"),
    ] {
        let (_, answer) = send(&school, &[], body.to_string().into_bytes()).await;
        let message = answer["errors"][0]["message"].as_str().unwrap_or_default();
        assert!(message.contains(word), "{body}: {answer}");
        assert_eq!(answer.get("data"), None, "{body}");
    }
}
on_both!(what_is_not_taken_is_told_by_its_name);

async fn every_way_to_write_a_letter_means_that_letter(database: &TestDatabase) {
    let app = App::start(database).await;
    let lead = app.lead_professional();
    let count = async |district: &str| {
        let query = format!("{{ members(filter: {{ givenName: {district} }}) {{ totalCount }} }}");
        let reply = lead.ask(&query).await;
        reply.body["data"]["members"]["totalCount"].as_u64()
    };
    let dawn = count("\"Dawn\"").await;
    assert!(dawn > Some(0));
    for written in [
        "\"D\\u0061wn\"",
        "\"D\\u{61}wn\"",
        "\"\\u{44}\\u{000061}\\u0077\\u{6E}\"",
        "\"\"\"\n    Dawn\n  \"\"\"",
    ] {
        assert_eq!(count(written).await, dawn, "{written}");
    }
    for nobody in [
        "\"\\uD83D\\uDE00\"",
        "\"\\u{1F600}\"",
        "\"\u{1F600}\"",
        "\"Zo\\u00eb \\\"x\\\"\"",
        "\"\"\"a\n\"b\" \"\"\"",
    ] {
        assert_eq!(count(nobody).await, Some(0), "{nobody}");
    }
    for wrong in [
        "\"\\uD83D\"",
        "\"\\uDE00\\uD83D\"",
        "\"\\u{D83D}\"",
        "\"\\u{110000}\"",
        "\"\\u{}\"",
        "\"\\x41\"",
    ] {
        let reply = lead
            .ask(&format!(
                "{{ members(filter: {{ givenName: {wrong} }}) {{ totalCount }} }}"
            ))
            .await;
        assert_eq!(reply.code(), "BAD_USER_INPUT", "{wrong}");
        assert!(
            reply.body["errors"][0]["message"].as_str().unwrap().contains("escape"),
            "{:#}",
            reply.body
        );
    }
}
on_both!(every_way_to_write_a_letter_means_that_letter);
