//! What changes are given, as the schema has it: a new mutation is tried by itself.

use serde_json::{Map, Value, json};

use super::api::Api;

/// What is not any value of its type, but one that fits to what there is.
const FITTING: [(&str, &str); 10] = [
    ("RecordConsentInput.categories", "PLAN"),
    ("RecordConsentInput.agencyKinds", "POLICE"),
    ("RecordConsentInput.decision", "GIVEN"),
    ("RecordConsentByReferenceInput.categories", "PLAN"),
    ("RecordConsentByReferenceInput.agencyKinds", "POLICE"),
    ("RecordConsentByReferenceInput.decision", "GIVEN"),
    ("RecordInvolvementInput.agency", "cambs-police"),
    ("RecordMeetingInput.chairedBy", "cambs-police"),
    ("AttendanceInput.agency", "cambs-police"),
    ("AddActionInput.ownerAgency", "cambs-police"),
];

/// A change that the schema has.
pub(crate) struct Tried {
    /// Makes it with a variable `v`, and asks why it was not made.
    pub(crate) document: String,
    /// What must be given, but for ids.
    input: Map<String, Value>,
    /// The fields that must hold an id.
    ids: Vec<String>,
}

impl Tried {
    /// A mutation of the schema.
    pub(crate) fn of(api: &Api, mutation: &str) -> Self {
        let field = api.field("Mutation", mutation);
        let of = field.arguments[0].ty.inner_named_type().as_str();
        let mut ids = Vec::new();
        Self {
            document: format!("mutation($v: {of}!) {{ {mutation}(input: $v) {{ errors {{ field code message }} }} }}"),
            input: required(api, of, &mut ids),
            ids,
        }
    }

    /// What is given, with these ids.
    pub(crate) fn input(&self, id: impl Fn(&str) -> Value) -> Value {
        let mut input = self.input.clone();
        input.extend(self.ids.iter().map(|field| (field.clone(), id(field))));
        Value::Object(input)
    }
}

/// What must be given of an input, but for ids, which are named.
fn required(api: &Api, of: &str, ids: &mut Vec<String>) -> Map<String, Value> {
    let mut input = Map::new();
    for given in api.inputs(of).into_iter().filter(|given| given.is_required()) {
        let (name, ty) = (given.name.to_string(), given.ty.inner_named_type().as_str());
        if ty == "ID" {
            ids.push(name);
            continue;
        }
        let coordinate = format!("{of}.{name}");
        let one = match FITTING.iter().find(|(known, _)| *known == coordinate) {
            Some((_, value)) => json!(value),
            None if !api.inputs(ty).is_empty() => required(api, ty, ids).into(),
            None => value(api, &coordinate, ty),
        };
        input.insert(name, if given.ty.is_list() { json!([one]) } else { one });
    }
    input
}

/// Some value of a type.
fn value(api: &Api, coordinate: &str, of: &str) -> Value {
    match of {
        "String" => json!("A made-up reason of some length."),
        "Boolean" => json!(true),
        "Int" => json!(1),
        "NaiveDate" => json!("2026-06-15"),
        "DateTime" => json!("2026-06-15T11:00:00Z"),
        _ => match api.values(of).first() {
            Some(word) => json!(word),
            None => panic!("{coordinate}: say in tests/it/support/changes.rs what a {of} may be"),
        },
    }
}
