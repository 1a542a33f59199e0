//! Parses a GraphQL over HTTP request strictly, from a body or a query string, and negotiates the media type
//! of its answer. It does not look into the document.

pub(super) mod accept;
pub(super) mod body;
pub(super) mod document;
pub(super) mod headers;
pub(super) mod host;

use http::Uri;
use serde_json::{Map, Value};

use self::document::DocumentRef;
use super::respond::Problem;
use crate::json;

/// A GraphQL request.
#[derive(Debug, PartialEq)]
pub(super) struct GraphqlRequest {
    /// The document.
    pub(super) document: DocumentRef,
    /// The operation of the document to execute.
    pub(super) operation_name: Option<String>,
    /// The variables' values.
    pub(super) variables: Map<String, Value>,
}

/// The request in the body of a POST.
pub(super) fn from_body(bytes: &[u8]) -> Result<GraphqlRequest, Problem> {
    // Some clients put a byte order mark before it, which is ignored (RFC 8259, section 8.1).
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match json::parse(bytes) {
        Ok(Value::Object(members)) => from_members(members),
        Ok(Value::Array(_)) => Err(Problem::bad_request(
            "Batches are not accepted: send one JSON object with the member query, one request at a time.",
        )),
        Ok(_) => Err(Problem::bad_request(
            "The body must be one JSON object with the member query.",
        )),
        Err(json::Wrong::Duplicate) => Err(Problem::bad_request(
            "A member stands twice in one JSON object of the body.",
        )),
        Err(json::Wrong::Malformed) => Err(Problem::bad_request("The body is not well-formed JSON in UTF-8.")),
    }
}

/// The request in the query string of a GET.
pub(super) fn from_uri(uri: &Uri) -> Result<GraphqlRequest, Problem> {
    let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri)
        .map_err(|_| Problem::bad_request("The address's query string is not well formed."))?
        .0;
    let mut members = Map::new();
    for (name, text) in pairs {
        let value = match name.as_str() {
            // HTML forms send empty fields for what is left out.
            "documentId" | "operationName" | "variables" | "extensions" if text.is_empty() => Value::Null,
            "query" | "documentId" | "operationName" => Value::String(text),
            "variables" | "extensions" => json::parse(text.as_bytes())
                .map_err(|_| Problem::bad_request("variables and extensions must each be one JSON object."))?,
            _ => continue,
        };
        if members.insert(name, value).is_some() {
            return Err(Problem::bad_request("A parameter stands twice in the address."));
        }
    }
    from_members(members)
}

/// The request from members already parsed.
pub(super) fn from_members(mut members: Map<String, Value>) -> Result<GraphqlRequest, Problem> {
    let operation_name = match members.remove("operationName") {
        None | Some(Value::Null) => None,
        // An operation's name is never empty; some clients send an empty one when their user has chosen none.
        Some(Value::String(name)) => Some(name).filter(|name| !name.is_empty()),
        Some(_) => return Err(Problem::bad_request("operationName must be a string or null.")),
    };
    let variables = match members.remove("variables") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(variables)) => variables,
        Some(Value::String(_)) => {
            return Err(Problem::bad_request(
                "variables must be a JSON object or null, not a text that holds one.",
            ));
        }
        Some(_) => return Err(Problem::bad_request("variables must be a JSON object or null.")),
    };
    let extensions = match members.remove("extensions") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(extensions)) => extensions,
        Some(_) => return Err(Problem::bad_request("extensions must be a JSON object or null.")),
    };
    Ok(GraphqlRequest {
        document: document::document_ref(members.remove("query"), members.remove("documentId"), &extensions)?,
        operation_name,
        variables,
    })
}

#[cfg(test)]
mod tests;
