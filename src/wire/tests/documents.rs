//! Tests of registered documents, and of clients restricted to them.

use serde_json::json;

use super::*;
use crate::graphql::documents::sha256;

fn body(members: &Value) -> Body {
    Body::from(members.to_string())
}

/// A request from a client restricted to registered documents, or from any other.
fn asking(registered_only: bool, members: &Value) -> Request<Body> {
    let token = if registered_only {
        "client-only-registered"
    } else {
        "good"
    };
    Request::post("/graphql")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .header("accept", GRAPHQL_RESPONSE)
        .body(body(members))
        .expect("a request")
}

fn id(text: &str) -> String {
    format!("sha256:{}", sha256(text))
}

#[tokio::test]
async fn a_registered_document_is_executed_for_every_client() {
    let persisted = json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": sha256("{ a }") } } });
    for registered_only in [false, true] {
        for members in [
            json!({ "documentId": id("{ a }"), "variables": { "b": 1 } }),
            json!({ "documentId": id("mutation { change }") }),
            persisted.clone(),
        ] {
            let got = send(app(), asking(registered_only, &members)).await;
            assert_eq!(
                (got.status, got.text.as_str()),
                (200, r#"{"data":{"a":1}}"#),
                "{members}"
            );
        }
        let token = if registered_only {
            "client-only-registered"
        } else {
            "good"
        };
        for (text, status) in [("{ a }", 200), ("mutation { change }", 405)] {
            let got = Request::get(format!("/graphql?documentId={}", id(text)))
                .header("authorization", format!("Bearer {token}"))
                .header("x-requested-with", "a-script")
                .body(Body::empty());
            assert_eq!(send(app(), got.expect("a request")).await.status, status, "{text}");
        }
    }
}

#[tokio::test]
async fn an_unregistered_document_is_refused() {
    let unknown = json!({ "documentId": id("{ b }") });
    let persisted = json!({ "version": 1, "sha256Hash": sha256("{ a }") });
    for (registered_only, members) in [
        (false, unknown.clone()),
        (true, unknown),
        (true, json!({ "query": "{ a }" })),
        // What Apollo's clients send to register a document automatically.
        (
            true,
            json!({ "query": "{ a }", "extensions": { "persistedQuery": persisted } }),
        ),
    ] {
        let got = send(app(), asking(registered_only, &members)).await;
        assert_eq!(
            (got.status, got.code().as_str()),
            (400, "DOCUMENT_NOT_REGISTERED"),
            "{members}"
        );
    }
    // Other clients may send the text.
    let both = json!({ "query": "{ a }", "extensions": { "persistedQuery": { "version": 1, "sha256Hash": sha256("{ b }") } } });
    assert_eq!(send(app(), asking(false, &both)).await.status, 200);
    // The limits are checked at execution, even for a registered document.
    let broken = json!({ "documentId": id("{ a") });
    let got = send(app(), asking(true, &broken)).await;
    assert_eq!((got.status, got.code().as_str()), (400, "BAD_USER_INPUT"));
}

#[tokio::test]
async fn registration_is_enforced_in_streams() {
    for (registered_only, members, told) in [
        (true, json!({ "documentId": id("{ a }") }), "{\"data\":{\"a\":1}}"),
        (
            true,
            json!({ "documentId": id("subscription { three }") }),
            "event: next",
        ),
        (true, json!({ "query": "{ a }" }), "DOCUMENT_NOT_REGISTERED"),
        (false, json!({ "documentId": id("{ b }") }), "DOCUMENT_NOT_REGISTERED"),
    ] {
        let mut request = asking(registered_only, &members);
        *request.uri_mut() = "/graphql/stream".parse().expect("an address");
        let accept = "text/event-stream".parse().expect("a header value");
        request.headers_mut().insert("accept", accept);
        let got = send(app(), request).await;
        assert_eq!(got.status, 200, "{members}");
        assert!(
            got.text.contains(told) && got.text.ends_with("event: complete\ndata:\n\n"),
            "{}",
            got.text
        );
    }
}
