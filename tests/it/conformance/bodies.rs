//! Bodies and documents that are refused.

use std::fmt::Write as _;

use super::door::{Door, JSON, NEWER, OLDER, PLANTED, says_little};

/// What a body may be.
pub(super) fn forms(door: &Door) {
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
pub(super) fn documents(door: &Door) {
    let [directives, unknown, doubling, deep] = large();
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

/// Ten thousand directives, many unknown fields, fragments that double forty times, and three thousand levels.
fn large() -> [String; 4] {
    let directives = format!("{{ __typename {} }}", format!("@{PLANTED} ").repeat(10_000));
    let mut unknown = String::from("{");
    for at in 0..15 {
        let _ = write!(unknown, " x{at}: {PLANTED}");
    }
    unknown.push('}');
    let mut doubling = "{ ...F0 }".to_owned();
    for at in 0..40 {
        let _ = write!(doubling, " fragment F{at} on Query {{ ...F{} ...F{} }}", at + 1, at + 1);
    }
    doubling.push_str(" fragment F40 on Query { __typename }");
    let deep = format!("{{ {} }}", "families { nodes { members { family ".repeat(3_000));
    [directives, unknown, doubling, deep]
}
