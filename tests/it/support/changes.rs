//! What changes are given, as the schema has it: a new mutation is tried by itself.

use serde_json::{Map, Value, json};

use super::api::Api;

/// What is not any value of its type, but one that fits to what there is.
const FITTING: [(&str, &str); 4] = [
    ("RecordConsentInput.categories", "PLAN"),
    ("RecordConsentInput.agencyKinds", "POLICE"),
    ("RecordConsentInput.decision", "GIVEN"),
    ("RecordInvolvementInput.agency", "cambs-police"),
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
        let (mut input, mut ids) = (Map::new(), Vec::new());
        for given in api.inputs(of).into_iter().filter(|given| given.is_required()) {
            let (name, ty) = (given.name.to_string(), given.ty.inner_named_type().as_str());
            if ty == "ID" {
                ids.push(name);
                continue;
            }
            let coordinate = format!("{of}.{name}");
            let one = match FITTING.iter().find(|(known, _)| *known == coordinate) {
                Some((_, value)) => json!(value),
                None => value(api, &coordinate, ty),
            };
            input.insert(name, if given.ty.is_list() { json!([one]) } else { one });
        }
        Self {
            document: format!("mutation($v: {of}!) {{ {mutation}(input: $v) {{ errors {{ field code message }} }} }}"),
            input,
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
