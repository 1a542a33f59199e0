//! Tests of `messages`.

use super::*;
use crate::wire::request::document::DocumentRef;

#[test]
fn messages_of_the_protocol_are_read() {
    assert_eq!(parse(r#"{"type":"connection_init"}"#), Some(Incoming::Init(Map::new())));
    assert_eq!(
        parse(r#"{"type":"ping","payload":null,"x":1}"#),
        Some(Incoming::Ping(None))
    );
    assert_eq!(
        parse(r#"{"type":"ping","payload":{"a":1}}"#),
        Some(Incoming::Ping(Some(json!({ "a": 1 }))))
    );
    assert_eq!(parse(r#"{"type":"pong","payload":{}}"#), Some(Incoming::Pong));
    assert_eq!(
        parse(r#"{"type":"complete","id":"1"}"#),
        Some(Incoming::Complete { id: "1".to_owned() })
    );
    let Some(Incoming::Subscribe { id, request }) =
        parse(r#"{"type":"subscribe","id":"é","payload":{"query":"{ a }","variables":{"b":1}}}"#)
    else {
        panic!("it is one")
    };
    assert_eq!(id, "é");
    assert_eq!(request.document, DocumentRef::Text("{ a }".to_owned()));
    assert_eq!(request.variables["b"], 1);
}

#[test]
fn other_messages_are_refused() {
    let long = format!(r#"{{"type":"complete","id":"{}"}}"#, "i".repeat(513));
    for text in [
        "",
        "{",
        "[]",
        "\"ping\"",
        "{}",
        r#"{"type":1}"#,
        r#"{"type":"start","id":"1"}"#,
        r#"{"type":"Ping"}"#,
        r#"{"type":"connection_ack"}"#,
        r#"{"type":"connection_init","payload":[]}"#,
        r#"{"type":"ping","payload":"a"}"#,
        r#"{"type":"pong","payload":1}"#,
        r#"{"type":"complete"}"#,
        r#"{"type":"complete","id":1}"#,
        r#"{"type":"complete","id":""}"#,
        long.as_str(),
        r#"{"type":"subscribe","payload":{"query":"{ a }"}}"#,
        r#"{"type":"subscribe","id":"1"}"#,
        r#"{"type":"subscribe","id":"1","payload":null}"#,
        r#"{"type":"subscribe","id":"1","payload":{}}"#,
        r#"{"type":"subscribe","id":"1","payload":{"query":1}}"#,
        r#"{"type":"subscribe","id":"1","payload":{"query":"{a}","variables":[]}}"#,
        r#"{"type":"subscribe","id":"1","payload":{"query":"{a}","operationName":{}}}"#,
        r#"{"type":"ping","type":"ping"}"#,
        r#"{"type":"ping"} {}"#,
    ] {
        assert_eq!(parse(text), None, "{text}");
    }
}

#[test]
fn ids_are_echoed_unchanged() {
    let id = "a\"b\\\u{1}é";
    for text in [
        next(id, r#"{"data":{}}"#),
        complete(id),
        error(
            id,
            &RequestError::new(crate::error::ErrorCode::Conflict, ""),
            Uuid::nil(),
        ),
    ] {
        let value: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(value["id"], id);
    }
}
