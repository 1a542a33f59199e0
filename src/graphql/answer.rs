//! The bytes of an answer: data, errors, and the account of what was withheld.

use std::borrow::Cow;

use async_graphql::{Name, PathSegment, Pos, Response, ServerError, Value, indexmap::IndexMap};
use async_graphql_parser::types::{DocumentOperations, ExecutableDocument, Selection, SelectionSet};
use serde::{Serialize, Serializer, ser::SerializeSeq};

use super::{language::Resolved, plan::Plan};
use crate::{
    audit::receipt::SignedReceipt,
    error::{ErrorCode, RequestError},
    sharing::{
        disclosure::{Account, Step},
        reason::Told,
    },
};

/// No answer has more errors.
const ERRORS: usize = 5;
/// No answer tells of more withheld values by errors; the account counts them all.
const WITHHELD: usize = 1000;
/// What is said of a value that the library does not take.
pub(super) const BAD_VALUE: &str = "A value given for an argument is not one that it can have.";

/// Takes the introspection fields of the root out of a document: they are answered apart.
pub(super) fn without_introspection(document: &mut ExecutableDocument) {
    match &mut document.operations {
        DocumentOperations::Single(operation) => strip(&mut operation.node.selection_set.node),
        DocumentOperations::Multiple(operations) => {
            for operation in operations.values_mut() {
                strip(&mut operation.node.selection_set.node);
            }
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
pub(super) fn was_never_executed(response: &Response) -> bool {
    response.data == Value::Null && response.errors.iter().any(|error| error.path.is_empty())
}

/// The refusal of an operation that the library did not execute.
pub(super) fn invalid(response: &Response) -> RequestError {
    let first = response.errors.first();
    let error = RequestError::new(ErrorCode::BadUserInput, BAD_VALUE);
    first
        .into_iter()
        .flat_map(|first| &first.locations)
        .take(3)
        .fold(error, |error, place| error.at(place.line, place.column))
}

/// An answer. Its keys come in the order in which they were asked for.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Failure<'a>>,
    data: &'a Value,
    extensions: Extensions<'a>,
}

#[derive(Serialize)]
struct Extensions<'a> {
    cost: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    disclosure: Option<Disclosure<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<&'a SignedReceipt>,
}

#[derive(Serialize)]
struct Disclosure<'a> {
    withheld: Vec<WithheldEntry<'a>>,
}

/// One field and what is told of why it is withheld, with the places.
#[derive(Serialize)]
struct WithheldEntry<'a> {
    field: &'static str,
    reason: &'static str,
    count: usize,
    paths: Vec<Path<'a>>,
    /// Whom to ring about it, in an emergency.
    #[serde(rename = "numberToRing", skip_serializing_if = "Option::is_none")]
    number_to_ring: Option<&'a str>,
}

struct Path<'a>(&'a [Step]);

impl Serialize for Path<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut path = serializer.serialize_seq(Some(self.0.len()))?;
        for step in self.0 {
            match step {
                Step::Key(key) => path.serialize_element(key)?,
                Step::Index(index) => path.serialize_element(index)?,
            }
        }
        path.end()
    }
}

/// An error of one value.
#[derive(Serialize)]
struct Failure<'a> {
    message: Cow<'a, str>,
    locations: Vec<Place>,
    path: &'a [PathSegment],
    extensions: Code,
}

#[derive(Serialize)]
struct Place {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Code {
    code: String,
    /// The schema coordinate of a withheld value.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

/// The answer's body.
pub(super) fn body(
    resolved: &Resolved,
    plan: &Plan,
    account: &Account,
    mut response: Response,
    introspected: Option<Value>,
    receipt: Option<&SignedReceipt>,
    number_to_ring: Option<&str>,
) -> Vec<u8> {
    if let (Some(Value::Object(mut introspected)), Value::Object(read)) = (introspected, &mut response.data) {
        let mut merged = IndexMap::new();
        for key in root_keys(resolved, &resolved.operation().selection_set.node) {
            let value = read
                .shift_remove(key.as_str())
                .or_else(|| introspected.shift_remove(key.as_str()));
            merged.extend(value.map(|value| (Name::new(key), value)));
        }
        merged.extend(read.drain(..));
        response.data = Value::Object(merged);
    }
    let withheld: Vec<_> = account
        .told()
        .map(|(field, told, places)| WithheldEntry {
            field,
            reason: told.code(),
            count: places.count,
            paths: places.paths.iter().map(|path| Path(path)).collect(),
            number_to_ring: number_to_ring.filter(|_| told == Told::Ring),
        })
        .collect();
    let told = !withheld.is_empty();
    let body = Body {
        errors: errors(resolved, &response),
        data: &response.data,
        extensions: Extensions {
            cost: plan.cost,
            disclosure: told.then_some(Disclosure { withheld }),
            receipt,
        },
    };
    // Values of the library and texts of ours always have a JSON form.
    serde_json::to_vec(&body).unwrap_or_default()
}

/// The errors of an executed answer: at most five, besides those that tell of withheld values where the asker wants them so. Those of ours
/// have a code and a fixed text; the library's own get one.
fn errors<'a>(resolved: &Resolved, response: &'a Response) -> Vec<Failure<'a>> {
    let extension = |error: &ServerError, name: &str| match error.extensions.as_ref()?.get(name) {
        Some(Value::String(text)) => Some(text.clone()),
        _ => None,
    };
    // Values are resolved at the same time, and which comes first depends on what had to be read: the order, and the choice, must not.
    let mut in_order: Vec<_> = response.errors.iter().collect();
    in_order.sort_by_cached_key(|error| {
        let place = error.locations.first().map(|place| (place.line, place.column));
        (place, steps(&error.path))
    });
    let failures = in_order.into_iter().map(|error| {
        let code = extension(error, "code");
        let message = if code.is_some() {
            Cow::Borrowed(error.message.as_str())
        } else {
            bad_value(resolved, error)
        };
        let code = code.unwrap_or_else(|| ErrorCode::BadUserInput.as_str().to_owned());
        Failure {
            message,
            locations: error
                .locations
                .iter()
                .map(|at| Place {
                    line: at.line,
                    column: at.column,
                })
                .collect(),
            path: &error.path,
            extensions: Code {
                code,
                field: extension(error, "field"),
            },
        }
    });
    let (withheld, other): (Vec<_>, Vec<_>) = failures.partition(|failure| failure.extensions.field.is_some());
    other
        .into_iter()
        .take(ERRORS)
        .chain(withheld.into_iter().take(WITHHELD))
        .collect()
}

/// What is said of a value that the library does not take: which argument has it.
fn bad_value(resolved: &Resolved, error: &ServerError) -> Cow<'static, str> {
    let at = error.locations.first();
    let found = at.and_then(|at| {
        let fragments = resolved
            .fragments()
            .values()
            .map(|fragment| &fragment.node.selection_set.node);
        let mut sets = fragments.chain([&resolved.operation().selection_set.node]);
        sets.find_map(|set| argument(set, *at))
    });
    found.map_or(Cow::Borrowed(BAD_VALUE), |(argument, field)| {
        format!("Argument `{argument}` of `{field}` has a value that it cannot have.").into()
    })
}

/// The argument, and its field, whose value stands at that place.
fn argument(set: &SelectionSet, at: Pos) -> Option<(&Name, &Name)> {
    set.items.iter().find_map(|selection| match &selection.node {
        Selection::Field(field) => {
            let mut arguments = field.node.arguments.iter();
            let found = arguments.find(|(_, value)| value.pos == at);
            let found = found.map(|(argument, _)| (&argument.node, &field.node.name.node));
            found.or_else(|| argument(&field.node.selection_set.node, at))
        }
        Selection::InlineFragment(inline) => argument(&inline.node.selection_set.node, at),
        Selection::FragmentSpread(_) => None,
    })
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
fn root_keys(resolved: &Resolved, set: &SelectionSet) -> Vec<String> {
    let mut keys = Vec::new();
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => keys.push(field.node.response_key().node.to_string()),
            Selection::InlineFragment(fragment) => {
                keys.extend(root_keys(resolved, &fragment.node.selection_set.node));
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = resolved.fragments().get(&spread.node.fragment_name.node) {
                    keys.extend(root_keys(resolved, &fragment.node.selection_set.node));
                }
            }
        }
    }
    keys
}
