//! Requests that are wrong.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

use super::{CANARY, given::Given, query};
use crate::support::client::Client;

/// Requests that are wrong in every way we could think of, each with a canary in it.
pub(super) async fn bad_requests(given: &mut Given, url: &str, lead: &Client, good_token: &str) {
    documents(given, lead).await;
    bodies(given, url, lead, good_token).await;
    tokens(given, url, good_token).await;
    headers_and_paths(given, lead).await;
}

async fn documents(given: &mut Given, lead: &Client) {
    let documents = [
        ("not GraphQL", format!("{{ {CANARY}")),
        (
            "a string that does not end",
            format!("{{ family(reference: \"{CANARY}) {{ id }} }}"),
        ),
        ("an unknown field", format!("{{ {CANARY} }}")),
        (
            "an unknown field of a family",
            format!("{{ families {{ nodes {{ {CANARY} }} }} }}"),
        ),
        (
            "an unknown argument",
            format!("{{ families({CANARY}: 1) {{ totalCount }} }}"),
        ),
        (
            "an unknown input field",
            format!("{{ families(filter: {{ {CANARY}: \"x\" }}) {{ totalCount }} }}"),
        ),
        (
            "an unknown enum value",
            format!("{{ families(orderBy: {{ field: {CANARY} }}) {{ totalCount }} }}"),
        ),
        (
            "a wrong date",
            format!("{{ families(filter: {{ attachedFrom: \"{CANARY}\" }}) {{ totalCount }} }}"),
        ),
        (
            "a wrong number",
            format!("{{ families(first: \"{CANARY}\") {{ totalCount }} }}"),
        ),
        ("a wrong id", format!("{{ node(id: \"{CANARY}\") {{ id }} }}")),
        ("wrong ids", format!("{{ nodes(ids: [\"{CANARY}\"]) {{ id }} }}")),
        (
            "a wrong cursor",
            format!("{{ families(after: \"{CANARY}\") {{ totalCount }} }}"),
        ),
        ("an unknown fragment", format!("{{ ...{CANARY} }}")),
        (
            "an unknown type",
            format!("{{ node(id: \"x\") {{ ... on {CANARY} {{ id }} }} }}"),
        ),
        ("an unknown directive", format!("{{ viewer @{CANARY} {{ role }} }}")),
        (
            "an undeclared variable",
            format!("{{ family(reference: ${CANARY}) {{ id }} }}"),
        ),
        (
            "a variable of an unknown type",
            format!("query($v: {CANARY}) {{ family(reference: $v) {{ id }} }}"),
        ),
        (
            "a selection on a text",
            format!("{{ viewer {{ subject {{ {CANARY} }} }} }}"),
        ),
        (
            "a long text",
            format!(
                "{{ families(filter: {{ district: \"{}\" }}) {{ totalCount }} }}",
                CANARY.repeat(40)
            ),
        ),
        ("a subscription", format!("subscription {{ {CANARY} }}")),
        (
            "a mutation",
            format!("mutation {{ {CANARY}(input: {{ reason: \"{CANARY}\" }}) {{ x }} }}"),
        ),
        (
            "a comment and a null",
            format!("# {CANARY}\n{{ family(id: null, reference: null) {{ id }} }}"),
        ),
        (
            "too many aliases",
            (0..200)
                .map(|n| format!(" {CANARY}{n}: viewer {{ role }}"))
                .fold("{".to_owned(), |all, one| all + &one)
                + " }",
        ),
        (
            "too deep",
            format!("{} {CANARY} {}", "{ a".repeat(200), "}".repeat(200)),
        ),
    ];
    for (what, document) in &documents {
        given.refusal(what, lead.send(&[], query(document)).await);
    }
}

async fn bodies(given: &mut Given, url: &str, lead: &Client, good_token: &str) {
    let family = "query($v: String!) { family(reference: $v) { id } }";
    let variables = [
        (
            "a variable of a wrong type",
            json!({ "query": family, "variables": { "v": { CANARY: CANARY } } }),
        ),
        (
            "variables that are a list",
            json!({ "query": family, "variables": [CANARY] }),
        ),
        (
            "a missing variable",
            json!({ "query": family, "variables": { CANARY: CANARY } }),
        ),
        (
            "a wrong operation",
            json!({ "query": "query A { viewer { role } } query B { viewer { role } }", "operationName": CANARY }),
        ),
        ("a query that is no text", json!({ "query": { CANARY: 1 } })),
        ("a batch", json!([{ "query": CANARY }])),
        (
            "an oversize body",
            json!({ "query": family, "variables": { "v": CANARY.repeat(200_000) } }),
        ),
        (
            "an oversize document",
            json!({ "query": format!("{{ viewer {{ role }} }} # {}", CANARY.repeat(10_000)) }),
        ),
    ];
    for (what, body) in variables {
        let mut answer = None;
        // A server need not read what is too large to its end, and a client that is still sending may then miss the answer.
        for _ in 0..20 {
            if answer.is_none() {
                answer = Client::new(url, good_token).send(&[], body.to_string()).await;
            }
        }
        given.refusal(what, answer);
    }
    for (what, body) in [
        ("not JSON", format!("{{\"query\": {CANARY}")),
        ("not UTF-8", format!("\u{0}{CANARY}")),
    ] {
        given.refusal(what, lead.send(&[], body).await);
    }
}

async fn tokens(given: &mut Given, url: &str, good_token: &str) {
    let (head, _) = good_token.rsplit_once('.').unwrap();
    let claims = STANDARD.encode(json!({ "iss": CANARY, "sub": CANARY }).to_string());
    for (what, token) in [
        ("a token that is none", CANARY.to_owned()),
        ("a token of an unknown issuer", format!("{head}.{claims}.{CANARY}")),
        ("an unsigned token", format!("{head}.")),
        ("a token with a wrong signature", format!("{head}.{CANARY}")),
        ("a very long token", format!("{good_token}{}", CANARY.repeat(2000))),
    ] {
        given.refusal(
            what,
            Client::new(url, &token).send(&[], query("{ viewer { role } }")).await,
        );
    }
}

async fn headers_and_paths(given: &mut Given, lead: &Client) {
    for (name, status) in [
        ("x-purpose-of-use", 403),
        ("x-withheld", 400),
        ("content-encoding", 415),
        ("authorization", 401),
    ] {
        let answer = lead.send(&[(name, CANARY)], query("{ viewer { role } }")).await;
        assert_eq!(answer.as_ref().map(|answer| answer.status), Some(status), "{name}");
        given.refusal(&format!("the header {name}"), answer);
    }
    for name in [
        "x-request-id",
        "traceparent",
        "user-agent",
        "referer",
        "cookie",
        "x-forwarded-for",
    ] {
        let answer = lead.send(&[(name, CANARY)], query("{ viewer { role } }")).await;
        given.errors(&format!("the header {name}"), answer);
    }
    for path in [
        format!("/{CANARY}"),
        format!("/graphql?query={{{CANARY}}}"),
        format!("/graphql?query={{viewer{{role}}}}&variables={CANARY}"),
        format!("/graphiql/{CANARY}"),
        format!("/schema.graphql/{CANARY}"),
        "/sharing".to_owned(),
    ] {
        given.refusal(&path.replace(CANARY, "…"), lead.get(&path).await);
    }
}
