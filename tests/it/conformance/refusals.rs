//! What is refused, in which order it is looked at, and how little a refusal says.

use std::fmt::Write as _;

use super::raw::{Got, send};
use crate::{
    live::police,
    support::{
        database::{TestDatabase, on_both},
        process::{Serving, Site},
    },
};

/// What is planted in every request that is refused, and must come back in no answer.
const PLANTED: &str = "zebra7";
const NEWER: &str = "accept: application/graphql-response+json";
const OLDER: &str = "accept: application/json";
const JSON: &str = "content-type: application/json";
/// What no refusal may name.
const INSIDE: [&str; 9] = [
    "async",
    "axum",
    "hyper",
    "serde",
    "apollo",
    "sqlx",
    "sqlite",
    "panicked",
    "did you mean",
];

/// The server, and what a good request begins with.
struct Door {
    serving: Serving,
    good: String,
}

impl Door {
    fn post(&self, headers: &[&str], body: &str) -> Got {
        let headers: Vec<String> = headers.iter().map(ToString::to_string).collect();
        send(&self.serving, "POST /graphql", &headers, body)
    }

    /// Posts a document as somebody whose token is good.
    fn ask(&self, accept: &str, document: &str, more: &serde_json::Value) -> Got {
        let mut body = serde_json::json!({ "query": document });
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        self.post(&[&self.good, JSON, accept], &body.to_string())
    }

    fn get(&self, address: &str, headers: &[&str]) -> Got {
        let mut all = vec![self.good.clone(), NEWER.to_owned()];
        all.extend(headers.iter().map(ToString::to_string));
        send(&self.serving, &format!("GET {address}"), &all, "")
    }
}

/// Few words, none of them the asker's or a library's.
#[track_caller]
fn says_little(name: &str, got: &Got) {
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
    let lower = got.body.to_lowercase();
    assert!(!lower.contains(PLANTED), "{name}: an echo: {body}");
    for word in INSIDE {
        assert!(!lower.contains(word), "{name}: {word} in {body}");
    }
}

/// Each mistake is told before those that come after it in this list, however many of them a request makes.
fn in_order(door: &Door) {
    let too_large = " ".repeat(1024 * 1024 + 1);
    // (what is right from here on, status, code)
    let steps: [(&str, u16, &str); 7] = [
        ("nothing", 401, "UNAUTHENTICATED"),
        ("the token", 415, "BAD_USER_INPUT"),
        ("the content type", 415, "BAD_USER_INPUT"),
        ("no content encoding", 413, "TOO_COMPLEX"),
        ("the size", 400, "BAD_USER_INPUT"),
        ("the form", 406, "BAD_USER_INPUT"),
        ("what is accepted", 400, "BAD_USER_INPUT"),
    ];
    for (right, (name, status, code)) in steps.iter().enumerate() {
        let mut headers = vec![format!("x-withheld: {PLANTED}")];
        headers.push(if right >= 1 {
            door.good.clone()
        } else {
            format!("authorization: Bearer {PLANTED}")
        });
        headers.push(if right >= 2 {
            JSON.to_owned()
        } else {
            format!("content-type: text/{PLANTED}")
        });
        if right < 3 {
            headers.push("content-encoding: gzip".to_owned());
        }
        headers.push(if right >= 6 {
            NEWER.to_owned()
        } else {
            format!("accept: text/{PLANTED}")
        });
        let body = match right {
            0..4 => format!("{{{PLANTED}{too_large}"),
            4 => format!("{{{PLANTED}"),
            _ => format!("{{\"query\":\"{{ {PLANTED}\"}}"),
        };
        let got = send(&door.serving, "POST /graphql", &headers, &body);
        assert_eq!(
            (got.status, got.code().as_str()),
            (*status, *code),
            "{name} is right: {}",
            got.body
        );
        says_little(name, &got);
    }
}

/// Exactly one `Authorization` header, and a token nowhere else.
fn who_asks(door: &Door) {
    let token = door.good.trim_start_matches("authorization: Bearer ");
    let body = r#"{"query":"{ __typename }"}"#;
    for headers in [
        vec![],
        vec!["authorization:".to_owned()],
        vec!["authorization: Bearer".to_owned()],
        vec![format!("authorization: {token}")],
        vec![format!("authorization: Basic {token}")],
        vec![format!("authorization: Bearer {token} {token}")],
        vec![format!("authorization: Bearer {token}, Bearer {token}")],
        vec![door.good.clone(), door.good.clone()],
        vec![door.good.clone(), "authorization: Basic YTpi".to_owned()],
        vec![format!("cookie: authorization=Bearer {token}; token={token}")],
        vec![format!("x-authorization: Bearer {token}")],
    ] {
        let mut all = vec![JSON.to_owned()];
        all.extend(headers.iter().cloned());
        let got = send(&door.serving, "POST /graphql", &all, body);
        assert_eq!(
            (got.status, got.code().as_str()),
            (401, "UNAUTHENTICATED"),
            "{headers:?}"
        );
        assert_eq!(got.header("www-authenticate"), "Bearer");
        assert!(got.header("content-type").starts_with("application/json"));
        assert!(!got.body.contains(token));
        says_little("who asks", &got);
    }
    let address = format!("POST /graphql?access_token={token}");
    assert_eq!(send(&door.serving, &address, &[JSON.to_owned()], body).status, 401);
    assert_eq!(door.post(&[&door.good, JSON], body).status, 200);
}

/// What a body may be.
fn forms(door: &Door) {
    let json_bodies = [
        ("a batch", format!(r#"[{{"query":"{{ {PLANTED} }}"}}]"#), 400),
        ("an empty batch", "[]".to_owned(), 400),
        ("a text", format!("\"{PLANTED}\""), 400),
        ("no JSON", format!("query={PLANTED}"), 400),
        ("two objects", r#"{"query":"{ __typename }"} {}"#.to_owned(), 400),
        (
            "a member twice",
            format!(r#"{{"query":"{{ __typename }}","query":"{PLANTED}"}}"#),
            400,
        ),
        ("no document", format!(r#"{{"id":"{PLANTED}"}}"#), 400),
        ("a document that is no text", r#"{"query":1}"#.to_owned(), 400),
        (
            "a name that is no text",
            r#"{"query":"{ __typename }","operationName":[]}"#.to_owned(),
            400,
        ),
        (
            "variables that are a text",
            format!(r#"{{"query":"{{ __typename }}","variables":"{PLANTED}"}}"#),
            400,
        ),
        (
            "extensions that are a list",
            r#"{"query":"{ __typename }","extensions":[]}"#.to_owned(),
            400,
        ),
        (
            "nested too deeply",
            format!("{}{}", "[".repeat(200_000), "]".repeat(200_000)),
            400,
        ),
    ];
    for (name, body, status) in &json_bodies {
        for accept in [NEWER, OLDER] {
            let got = door.post(&[&door.good, JSON, accept], body);
            assert_eq!(got.status, *status, "{name} with {accept}: {}", got.body);
            says_little(name, &got);
        }
    }
    let boundary = format!("content-type: multipart/form-data; boundary={PLANTED}");
    for (kind, body) in [
        (
            boundary.as_str(),
            format!("--{PLANTED}\r\ncontent-disposition: form-data; name=\"operations\"\r\n\r\n{{}}\r\n--{PLANTED}--"),
        ),
        (
            "content-type: application/x-www-form-urlencoded",
            format!("query={PLANTED}"),
        ),
        ("content-type: application/graphql", format!("{{ {PLANTED} }}")),
        ("content-type: text/plain", r#"{"query":"{ __typename }"}"#.to_owned()),
        (
            "content-type: application/json; charset=utf-16",
            r#"{"query":"{ __typename }"}"#.to_owned(),
        ),
        ("x-none: of these", r#"{"query":"{ __typename }"}"#.to_owned()),
    ] {
        let got = door.post(&[&door.good, kind, NEWER], &body);
        assert_eq!(got.status, 415, "{kind}: {}", got.body);
        says_little(kind, &got);
    }
    for accept in [
        "text/html",
        "application/json;q=0",
        "image/*",
        "application/xml, text/*;q=0.5",
    ] {
        let got = door.post(
            &[&door.good, JSON, &format!("accept: {accept}")],
            r#"{"query":"{ __typename }"}"#,
        );
        assert_eq!(got.status, 406, "{accept}");
        says_little(accept, &got);
    }
}

/// Documents that are refused: 400 for the newer media type and 200 for the older, and nothing of them in the answer.
fn documents(door: &Door) {
    let directives = format!("{{ __typename {} }}", format!("@{PLANTED} ").repeat(10_000));
    let mut unknown = String::from("{");
    for at in 0..15 {
        let _ = write!(unknown, " {PLANTED}x{at}");
    }
    unknown.push('}');
    let mut doubling = "{ ...F0 }".to_owned();
    for at in 0..40 {
        let _ = write!(doubling, " fragment F{at} on Query {{ ...F{} ...F{} }}", at + 1, at + 1);
    }
    doubling.push_str(" fragment F40 on Query { __typename }");
    let deep = format!("{{ {} }}", "families { nodes { members { family ".repeat(3_000));
    let named = serde_json::json!({ "operationName": PLANTED });
    let nothing = serde_json::json!({});
    let wrong = serde_json::json!({ "variables": { "first": PLANTED } });
    let cases = [
        ("not closed", format!("{{ {PLANTED}"), &nothing, "BAD_USER_INPUT"),
        ("empty", String::new(), &nothing, "BAD_USER_INPUT"),
        (
            "a schema",
            format!("type {PLANTED} {{ a: Int }}"),
            &nothing,
            "BAD_USER_INPUT",
        ),
        (
            "an unknown field",
            format!("{{ {PLANTED} }}"),
            &nothing,
            "BAD_USER_INPUT",
        ),
        (
            "nearly a field",
            "{ familie { nodes { id } } }".to_owned(),
            &nothing,
            "BAD_USER_INPUT",
        ),
        ("many unknown fields", unknown, &nothing, "BAD_USER_INPUT"),
        (
            "an unknown argument",
            format!("{{ families({PLANTED}: 1) {{ totalCount }} }}"),
            &nothing,
            "BAD_USER_INPUT",
        ),
        (
            "a wrong argument",
            format!("{{ families(first: \"{PLANTED}\") {{ totalCount }} }}"),
            &nothing,
            "BAD_USER_INPUT",
        ),
        (
            "a wrong variable",
            "query($first: Int) { families(first: $first) { totalCount } }".to_owned(),
            &wrong,
            "BAD_USER_INPUT",
        ),
        (
            "an unknown directive",
            format!("{{ __typename @{PLANTED} }}"),
            &nothing,
            "BAD_USER_INPUT",
        ),
        (
            "an unknown type",
            format!("{{ ... on {PLANTED} {{ id }} }}"),
            &nothing,
            "BAD_USER_INPUT",
        ),
        (
            "an unknown fragment",
            format!("{{ ...{PLANTED} }}"),
            &nothing,
            "BAD_USER_INPUT",
        ),
        (
            "an unknown operation",
            "query A { __typename } query B { __typename }".to_owned(),
            &named,
            "BAD_USER_INPUT",
        ),
        (
            "a subscription",
            "subscription { markerChanged { kind } }".to_owned(),
            &nothing,
            "BAD_USER_INPUT",
        ),
        ("ten thousand directives", directives, &nothing, "TOO_COMPLEX"),
        ("fragments that double", doubling, &nothing, "TOO_COMPLEX"),
        ("too deep", deep, &nothing, "TOO_COMPLEX"),
    ];
    for (name, document, more, code) in &cases {
        for (accept, status) in [(NEWER, 400), (OLDER, 200)] {
            let got = door.ask(accept, document, more);
            assert_eq!(
                (got.status, got.code().as_str()),
                (status, *code),
                "{name} with {accept}: {}",
                got.body
            );
            assert!(
                got.header("content-type")
                    .starts_with(accept.trim_start_matches("accept: ")),
                "{name}"
            );
            says_little(name, &got);
        }
    }
}

/// GET carries queries, and only when a page of another origin could not have sent it unasked.
fn gets(door: &Door) {
    let both = "/graphql?query=query%20Q%7B__typename%7Dmutation%20M%7B__typename%7D";
    for (address, header, status, allow) in [
        ("/graphql?query=%7B__typename%7D", "x-none: 1", 400, ""),
        ("/graphql?query=%7B__typename%7D", "content-type: text/plain", 400, ""),
        ("/graphql?query=%7B__typename%7D", "x-requested-with: a-script", 200, ""),
        (
            "/graphql?query=%7B__typename%7D",
            "x-purpose-of-use: safeguarding",
            200,
            "",
        ),
        ("/graphql?query=%7B__typename%7D", JSON, 200, ""),
        ("/graphql", JSON, 400, ""),
        ("/graphql?query=%7Bzebra7%7D", JSON, 400, ""),
        ("/graphql?query=%7B__typename%7D&query=zebra7", JSON, 400, ""),
        ("/graphql?query=%7B__typename%7D&variables=zebra7", JSON, 400, ""),
        ("/graphql?query=mutation%7B__typename%7D", JSON, 405, "POST"),
        (&format!("{both}&operationName=Q"), JSON, 200, ""),
        (&format!("{both}&operationName=M"), JSON, 405, "POST"),
        (&format!("{both}&operationName=zebra7"), JSON, 400, ""),
        (both, JSON, 400, ""),
    ] {
        let got = door.get(address, &[header]);
        assert_eq!(
            (got.status, got.header("allow")),
            (status, allow),
            "{address} with {header}: {}",
            got.body
        );
        if status != 200 {
            says_little(address, &got);
        }
    }
}

async fn refusals_come_in_order_and_say_little(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let door = Door {
        serving: site.serve(&[]),
        good: format!("authorization: Bearer {}", site.token(&police())),
    };
    in_order(&door);
    who_asks(&door);
    forms(&door);
    documents(&door);
    gets(&door);
}
on_both!(refusals_come_in_order_and_say_little);
