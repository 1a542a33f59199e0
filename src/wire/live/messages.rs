//! The messages of graphql-transport-ws: a strict parser and serialisers.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{
    error::RequestError,
    json,
    wire::{
        request::{self, GraphqlRequest},
        respond::errors_json,
    },
};

/// Maximum length of an operation's id, in bytes.
const MAX_ID_LENGTH: usize = 512;

/// A message from the client.
#[derive(Debug, PartialEq)]
pub(super) enum Incoming {
    /// `connection_init` with its payload.
    Init(Map<String, Value>),
    /// `ping` with its payload.
    Ping(Option<Value>),
    /// `pong`.
    Pong,
    /// `subscribe`: runs an operation of any kind.
    Subscribe {
        /// The client's id for it.
        id: String,
        /// The operation.
        request: GraphqlRequest,
    },
    /// `complete`: cancels an operation.
    Complete {
        /// Its id.
        id: String,
    },
}

/// Parses a message; `None` when it is not one of the protocol.
pub(super) fn parse(text: &str) -> Option<Incoming> {
    let Ok(Value::Object(mut members)) = json::parse(text.as_bytes()) else {
        return None;
    };
    let Some(Value::String(kind)) = members.remove("type") else {
        return None;
    };
    match kind.as_str() {
        "connection_init" => Some(Incoming::Init(payload(&mut members)?.unwrap_or_default())),
        "ping" => Some(Incoming::Ping(payload(&mut members)?.map(Value::Object))),
        "pong" => payload(&mut members).map(|_| Incoming::Pong),
        "subscribe" => Some(Incoming::Subscribe {
            id: id(&mut members)?,
            request: request::from_members(payload(&mut members)??).ok()?,
        }),
        "complete" => Some(Incoming::Complete { id: id(&mut members)? }),
        _ => None,
    }
}

/// The payload: an object or absent (`null` counts as absent); `None` when it is anything else.
#[expect(clippy::option_option, reason = "absent is not malformed")]
fn payload(members: &mut Map<String, Value>) -> Option<Option<Map<String, Value>>> {
    match members.remove("payload") {
        None | Some(Value::Null) => Some(None),
        Some(Value::Object(payload)) => Some(Some(payload)),
        Some(_) => None,
    }
}

fn id(members: &mut Map<String, Value>) -> Option<String> {
    match members.remove("id") {
        Some(Value::String(id)) if !id.is_empty() && id.len() <= MAX_ID_LENGTH => Some(id),
        _ => None,
    }
}

/// `connection_ack`.
pub(super) fn ack() -> String {
    json!({ "type": "connection_ack" }).to_string()
}

/// `pong`, with the payload of the `ping`.
pub(super) fn pong(payload: Option<Value>) -> String {
    match payload {
        Some(payload) => json!({ "type": "pong", "payload": payload }),
        None => json!({ "type": "pong" }),
    }
    .to_string()
}

/// `next`, with a response that is JSON text already.
pub(super) fn next(id: &str, response: &str) -> String {
    format!(r#"{{"id":{},"type":"next","payload":{response}}}"#, Value::from(id))
}

/// `error`: the operation was refused, or ended with this error.
pub(super) fn error(id: &str, error: &RequestError, request_id: Uuid) -> String {
    let errors = errors_json(std::slice::from_ref(error), request_id);
    json!({ "id": id, "type": "error", "payload": errors }).to_string()
}

/// `complete`.
pub(super) fn complete(id: &str) -> String {
    json!({ "id": id, "type": "complete" }).to_string()
}

#[cfg(test)]
mod tests {
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
}
