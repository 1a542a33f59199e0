//! The bytes of an answer: data, errors, and the account of what was withheld.

use async_graphql::{PathSegment, Response, Value};
use async_graphql_parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, Selection, SelectionSet,
};
use serde_json::{Map, Value as Json, json};

use super::{
    operation::{OperationRequest, WithheldMode},
    plan::Plan,
};
use crate::{
    error::{ErrorCode, RequestError},
    sharing::disclosure::{Account, Step},
};

/// No answer has more errors.
const ERRORS: usize = 5;

/// Takes the introspection fields of the root out of a document: they are answered apart.
pub fn without_introspection(document: &mut ExecutableDocument) {
    match &mut document.operations {
        DocumentOperations::Single(operation) => strip(&mut operation.node.selection_set.node),
        DocumentOperations::Multiple(operations) => {
            operations
                .values_mut()
                .for_each(|operation| strip(&mut operation.node.selection_set.node));
        }
    }
    for fragment in document.fragments.values_mut() {
        if fragment.node.type_condition.node.on.node == "Query" {
            strip(&mut fragment.node.selection_set.node);
        }
    }
}

fn strip(set: &mut SelectionSet) {
    set.items.retain_mut(|selection| match &mut selection.node {
        Selection::Field(field) => !matches!(field.node.name.node.as_str(), "__schema" | "__type"),
        Selection::InlineFragment(fragment) => {
            strip(&mut fragment.node.selection_set.node);
            !fragment.node.selection_set.node.items.is_empty()
        }
        Selection::FragmentSpread(_) => true,
    });
}

/// Whether the library refused the operation before it executed any of it.
pub fn was_never_executed(response: &Response) -> bool {
    response.data == Value::Null && response.errors.iter().any(|error| error.path.is_empty())
}

/// The refusal of an operation that does not fit the schema. The library's own words name fields and echo input, so ours are told.
pub fn invalid(response: &Response) -> RequestError {
    let first = response.errors.first();
    let said = first.map_or("", |error| error.message.as_str());
    let text = if said.starts_with("Unknown field") || said.starts_with("Cannot query field") {
        "A field is not in the schema. The schema is at /schema.graphql."
    } else if said.contains("rgument") {
        "An argument is not in the schema, is missing, or has a value of another type."
    } else if said.contains("ariable") {
        "A variable is not declared, is missing, or has a value of another type."
    } else if said.contains("ragment") {
        "A fragment is unknown, unused, or on a type where it cannot apply."
    } else if said.contains("must have a selection") || said.contains("subfields") || said.contains("election") {
        "An object needs a selection of fields, and a value must not have one."
    } else {
        "The operation does not fit the schema. The schema is at /schema.graphql."
    };
    let error = RequestError::new(ErrorCode::BadUserInput, text);
    first
        .into_iter()
        .flat_map(|first| &first.locations)
        .take(3)
        .fold(error, |error, place| error.at(place.line, place.column))
}

/// The answer's body.
pub fn body(
    asked: &OperationRequest,
    operation: &OperationDefinition,
    plan: &Plan,
    account: &Account,
    response: Response,
    introspected: Option<Map<String, Json>>,
) -> Vec<u8> {
    let mut body = Map::new();
    let errors = errors(&response);
    if !errors.is_empty() {
        body.insert("errors".to_owned(), Json::Array(errors));
    }
    let mut data = response.data.into_json().unwrap_or(Json::Null);
    if let Some(mut introspected) = introspected
        && let Json::Object(read) = &mut data
    {
        let mut merged = Map::new();
        for key in root_keys(&asked.document, &operation.selection_set.node) {
            if let Some(value) = read.remove(&key).or_else(|| introspected.remove(&key)) {
                merged.insert(key, value);
            }
        }
        merged.append(read);
        data = Json::Object(merged);
    }
    body.insert("data".to_owned(), data);
    let mut extensions = Map::new();
    if asked.withheld != WithheldMode::Error {
        let disclosure = disclosure(account);
        if !disclosure.is_empty() {
            extensions.insert("disclosure".to_owned(), json!({ "withheld": disclosure }));
        }
    }
    extensions.insert("cost".to_owned(), json!(plan.cost));
    body.insert("extensions".to_owned(), Json::Object(extensions));
    serde_json::to_vec(&Json::Object(body)).unwrap_or_default()
}

/// One entry for each field and what is told of it, with the places.
fn disclosure(account: &Account) -> Vec<Json> {
    let entries = account.told().map(|(field, told, places)| {
        let paths: Vec<Json> = places
            .paths
            .iter()
            .map(|path| path.iter().map(step).collect())
            .collect();
        json!({ "field": field, "reason": told.code(), "count": places.count, "paths": paths })
    });
    entries.collect()
}

fn step(step: &Step) -> Json {
    match step {
        Step::Key(key) => json!(key),
        Step::Index(index) => json!(index),
    }
}

/// The errors of an executed answer, at most five. Those of ours have a code and a fixed text; the library's own get one.
///
/// Values are resolved at the same time, and which comes first depends on what had to be read: the order, and with it the choice, must not.
fn errors(response: &Response) -> Vec<Json> {
    let mut in_order: Vec<_> = response.errors.iter().collect();
    in_order.sort_by_cached_key(|error| {
        (
            error.locations.first().map(|place| (place.line, place.column)),
            steps(&error.path),
        )
    });
    let errors = in_order.into_iter().take(ERRORS).map(|error| {
        let code = error
            .extensions
            .as_ref()
            .and_then(|extensions| extensions.get("code"))
            .cloned();
        let (code, message) = match code.and_then(|code| code.into_json().ok()) {
            Some(code) => (code, error.message.as_str()),
            None => (
                json!(ErrorCode::BadUserInput.as_str()),
                "A value given for an argument is not one that it can have.",
            ),
        };
        let locations: Vec<Json> = error
            .locations
            .iter()
            .map(|place| json!({ "line": place.line, "column": place.column }))
            .collect();
        json!({
            "message": message,
            "locations": locations,
            "path": serde_json::to_value(&error.path).unwrap_or_default(),
            "extensions": { "code": code },
        })
    });
    errors.collect()
}

/// A path that can be compared.
fn steps(path: &[PathSegment]) -> Vec<Step> {
    let step = |segment: &PathSegment| match segment {
        PathSegment::Field(key) => Step::Key(key.clone()),
        PathSegment::Index(index) => Step::Index(*index),
    };
    path.iter().map(step).collect()
}

/// The response keys of the root in the order of the operation, fragments included.
fn root_keys(document: &ExecutableDocument, set: &SelectionSet) -> Vec<String> {
    let mut keys = Vec::new();
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => keys.push(field.node.response_key().node.to_string()),
            Selection::InlineFragment(fragment) => {
                keys.extend(root_keys(document, &fragment.node.selection_set.node));
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    keys.extend(root_keys(document, &fragment.node.selection_set.node));
                }
            }
        }
    }
    keys
}
