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
mod tests;
