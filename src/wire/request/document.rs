//! The document of a request: its text, or the SHA-256 under which it was registered (persisted queries).

use serde_json::{Map, Value};

use crate::{graphql::documents::sha256, wire::respond::Problem};

/// A request's document, by text or by reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::wire) enum DocumentRef {
    /// The text.
    Text(String),
    /// The SHA-256 of its text, as 64 lower-case hexadecimal digits.
    Registered(String),
}

impl DocumentRef {
    /// The first 16 bytes of the document's SHA-256, as hexadecimal digits: the same for text and reference.
    pub(in crate::wire) fn short_hash(&self) -> String {
        let mut hash = match self {
            Self::Text(text) => sha256(text),
            Self::Registered(hash) => hash.clone(),
        };
        hash.truncate(32);
        hash
    }
}

/// The document that a request names: by `query`, by `documentId` (appendix of GraphQL over HTTP), or by
/// `extensions.persistedQuery` (Apollo clients). Beside a `query` the last is ignored: a request never
/// registers a document.
pub(super) fn document_ref(
    query: Option<Value>,
    id: Option<Value>,
    extensions: &Map<String, Value>,
) -> Result<DocumentRef, Problem> {
    match (query, id.filter(|id| !id.is_null())) {
        (Some(Value::String(query)), None) => Ok(DocumentRef::Text(query)),
        (Some(_), Some(_)) => Err(Problem::bad_request("Send query or documentId, not both.")),
        (Some(_), None) => Err(Problem::bad_request("query must be a string: the GraphQL document.")),
        (None, Some(id)) => by_id(&id).ok_or_else(|| {
            Problem::bad_request("documentId must be sha256: followed by 64 lower-case hexadecimal digits.")
        }),
        (None, None) => match extensions.get("persistedQuery") {
            Some(persisted) => by_persisted_query(persisted).ok_or_else(|| {
                Problem::bad_request(
                    "persistedQuery must hold version 1 and sha256Hash: 64 lower-case hexadecimal digits.",
                )
            }),
            None => Err(Problem::bad_request(
                "query is missing: the GraphQL document as a string.",
            )),
        },
    }
}

fn by_id(id: &Value) -> Option<DocumentRef> {
    let hash = id.as_str()?.strip_prefix("sha256:")?;
    is_sha256_hex(hash).then(|| DocumentRef::Registered(hash.to_owned()))
}

fn by_persisted_query(persisted: &Value) -> Option<DocumentRef> {
    let hash = persisted.get("sha256Hash")?.as_str()?;
    (persisted.get("version")? == 1 && is_sha256_hex(hash)).then(|| DocumentRef::Registered(hash.to_owned()))
}

fn is_sha256_hex(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked(members: Value) -> Result<DocumentRef, String> {
        let Value::Object(mut members) = members else {
            panic!("an object")
        };
        let extensions = match members.remove("extensions") {
            Some(Value::Object(extensions)) => extensions,
            _ => Map::new(),
        };
        document_ref(members.remove("query"), members.remove("documentId"), &extensions)
            .map_err(|problem| problem.message().to_owned())
    }

    #[test]
    fn a_document_is_named_by_text_or_by_hash() {
        let hash = "a0".repeat(32);
        let registered = Ok(DocumentRef::Registered(hash.clone()));
        let persisted = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
        assert_eq!(asked(json!({ "documentId": format!("sha256:{hash}") })), registered);
        assert_eq!(asked(json!({ "extensions": persisted })), registered);
        assert_eq!(
            asked(json!({ "documentId": null, "extensions": persisted })),
            registered
        );
        let text = Ok(DocumentRef::Text("{ a }".to_owned()));
        assert_eq!(asked(json!({ "query": "{ a }", "documentId": null })), text);
        assert_eq!(asked(json!({ "query": "{ a }", "extensions": persisted })), text);
    }

    #[test]
    fn a_request_without_a_valid_document_is_refused() {
        let hash = "a0".repeat(32);
        for (members, begins) in [
            (json!({}), "query is missing"),
            (json!({ "query": null }), "query must"),
            (
                json!({ "query": "{ a }", "documentId": format!("sha256:{hash}") }),
                "Send query or",
            ),
            (json!({ "documentId": 1 }), "documentId must"),
            (json!({ "documentId": hash }), "documentId must"),
            (json!({ "documentId": format!("md5:{hash}") }), "documentId must"),
            (
                json!({ "documentId": format!("sha256:{}", hash.to_uppercase()) }),
                "documentId must",
            ),
            (json!({ "documentId": format!("sha256:{hash}0") }), "documentId must"),
            (json!({ "documentId": "sha256:" }), "documentId must"),
            (json!({ "extensions": { "persistedQuery": {} } }), "persistedQuery must"),
            (
                json!({ "extensions": { "persistedQuery": { "version": 2, "sha256Hash": hash } } }),
                "persistedQuery must",
            ),
            (
                json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": 1 } } }),
                "persistedQuery must",
            ),
        ] {
            let refused = asked(members.clone()).expect_err("refused");
            assert!(refused.starts_with(begins), "{members}: {refused}");
        }
    }

    #[test]
    fn a_document_is_counted_as_the_same_however_it_is_named() {
        let text = DocumentRef::Text("{ a }".to_owned());
        assert_eq!(text.short_hash().len(), 32);
        assert_eq!(text.short_hash(), DocumentRef::Registered(sha256("{ a }")).short_hash());
    }
}
