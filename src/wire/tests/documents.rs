//! Documents by their identifiers, and clients that may send no others.

use serde_json::json;

use super::*;
use crate::graphql::documents::sha256;

fn body(members: &Value) -> Body {
    Body::from(members.to_string())
}

/// A request of a client that may send registered documents only, or of any other.
fn asking(trusted: bool, members: &Value) -> Request<Body> {
    let token = if trusted { "client-only-registered" } else { "good" };
    Request::post("/graphql")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .header("accept", NEWER)
        .body(body(members))
        .expect("a request")
}

fn id(text: &str) -> String {
    format!("sha256:{}", sha256(text))
}

#[tokio::test]
async fn a_registered_document_is_executed_for_everybody() {
    let persisted = json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": sha256("{ a }") } } });
    for trusted in [false, true] {
        for members in [
            json!({ "documentId": id("{ a }"), "variables": { "b": 1 } }),
            json!({ "documentId": id("mutation { change }") }),
            persisted.clone(),
        ] {
            let got = send(app(), asking(trusted, &members)).await;
            assert_eq!(
                (got.status, got.text.as_str()),
                (200, r#"{"data":{"a":1}}"#),
                "{members}"
            );
        }
        let token = if trusted { "client-only-registered" } else { "good" };
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
async fn what_is_not_registered_is_refused_by_its_code() {
    let unknown = json!({ "documentId": id("{ b }") });
    let persisted = json!({ "version": 1, "sha256Hash": sha256("{ a }") });
    for (trusted, members) in [
        (false, unknown.clone()),
        (true, unknown),
        (true, json!({ "query": "{ a }" })),
        // What Apollo's clients send to have a document registered by asking.
        (
            true,
            json!({ "query": "{ a }", "extensions": { "persistedQuery": persisted } }),
        ),
    ] {
        let got = send(app(), asking(trusted, &members)).await;
        assert_eq!(
            (got.status, got.code().as_str()),
            (400, "DOCUMENT_NOT_REGISTERED"),
            "{members}"
        );
    }
    // For other clients a text stays a text.
    let both = json!({ "query": "{ a }", "extensions": { "persistedQuery": { "version": 1, "sha256Hash": sha256("{ b }") } } });
    assert_eq!(send(app(), asking(false, &both)).await.status, 200);
    // A document passes the limits whenever it is executed, whatever was registered.
    let broken = json!({ "documentId": id("{ a") });
    let got = send(app(), asking(true, &broken)).await;
    assert_eq!((got.status, got.code().as_str()), (400, "BAD_USER_INPUT"));
}

#[tokio::test]
async fn the_same_holds_in_streams() {
    for (trusted, members, told) in [
        (true, json!({ "documentId": id("{ a }") }), "{\"data\":{\"a\":1}}"),
        (
            true,
            json!({ "documentId": id("subscription { three }") }),
            "event: next",
        ),
        (true, json!({ "query": "{ a }" }), "DOCUMENT_NOT_REGISTERED"),
        (false, json!({ "documentId": id("{ b }") }), "DOCUMENT_NOT_REGISTERED"),
    ] {
        let mut request = asking(trusted, &members);
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
