//! `PostGraphile` 5 with row-level security; `peers/postgraphile/policies.sql` says what it enforces and what it leaves out.

use std::{error::Error, path::Path};

use serde_json::{Map, Value, json};

use super::{
    operations::{Asked, Operation},
    side::{Side, data},
};
use crate::{http, npm::Node, server::Process};

const SERVER: &str = include_str!("../../peers/postgraphile/server.mjs");
const POLICIES: &str = include_str!("../../peers/postgraphile/policies.sql");
const LOOK_UP: &str = include_str!("../../peers/postgraphile/lookup.graphql");
const FAMILY: &str = include_str!("../../peers/postgraphile/family.graphql");
const FAMILIES: &str = include_str!("../../peers/postgraphile/families.graphql");
const FILTERED: &str = include_str!("../../peers/postgraphile/filtered.graphql");
const PLANS: &str = include_str!("../../peers/postgraphile/plans.graphql");

/// Codes that the tables have in lower case and ours in upper case.
const CODES: [&str; 9] = [
    "relationship",
    "sex",
    "matchedBy",
    "status",
    "kind",
    "closure",
    "needLevel",
    "agencyKind",
    "decision",
];

/// A running `PostGraphile`.
pub struct PostGraphile(Process);

impl PostGraphile {
    /// Writes the policies into the database and starts it.
    pub async fn start(node: &Node, owner: &str, reader: &str) -> Result<Self, Box<dyn Error>> {
        crate::execute(owner, POLICIES).await?;
        let mut command = node.script(Path::new("postgraphile/server.mjs"), SERVER)?;
        command.env("PEER_URL", reader).env("PEER_OWNER_URL", owner);
        Ok(Self(Process::start(command, "127.0.0.1:").await?))
    }
}

impl Side for PostGraphile {
    fn name(&self) -> &'static str {
        "PostGraphile"
    }

    fn decides(&self) -> bool {
        true
    }

    fn process(&self) -> &Process {
        &self.0
    }

    fn request(&self, operation: Operation, asked: &Asked) -> Vec<u8> {
        let authority = asked.person.authority;
        let (query, variables) = match operation {
            Operation::LookUp => (LOOK_UP, asked.details()),
            Operation::Family | Operation::Withheld => (
                FAMILY,
                json!({"authority": authority, "reference": asked.person.reference}),
            ),
            Operation::Families => (FAMILIES, json!({"authority": authority})),
            Operation::Filtered => (FILTERED, json!({"criterion": asked.criterion, "since": asked.since})),
            Operation::Plans => (PLANS, json!({"authority": authority})),
        };
        let (_, kind, role, _) = operation.caller().is();
        let claims = json!({"authority": authority, "kind": kind, "role": role}).to_string();
        http::request_with(
            "/graphql",
            &[("x-claims", &claims)],
            &json!({"query": query, "variables": variables}),
        )
    }

    fn in_our_words(&self, operation: Operation, answer: Value) -> Result<Value, String> {
        let data = translate(data(answer)?);
        match operation {
            Operation::LookUp => look_up(&data["markerLookup"]),
            Operation::Withheld => {
                // A row that is not there is all that a policy can say.
                let lists = ["members", "criteriaMatches", "plans", "consents"];
                let shown = lists.iter().find(|name| data["family"][**name] != json!([]));
                shown.map_or(Ok(data.clone()), |name| Err(format!("it shows {name} to the police")))
            }
            _ => Ok(data),
        }
    }

    fn into_process(self: Box<Self>) -> Process {
        self.0
    }
}

/// The families found become a status and a marker.
fn look_up(found: &Value) -> Result<Value, String> {
    let found = found.as_array().ok_or("it gives no list")?;
    let (status, marker) = match &found[..] {
        [] => ("NOT_FOUND", Value::Null),
        [marker] => ("MATCHED", marker.clone()),
        _ => ("AMBIGUOUS", Value::Null),
    };
    Ok(json!({"markerLookup": {"status": status, "marker": marker}}))
}

/// Persons into the members that they are, the one Lead Professional of a list, and codes in upper case.
fn translate(value: Value) -> Value {
    match value {
        Value::Array(values) => values.into_iter().map(translate).collect(),
        Value::Object(object) => {
            let mut translated = Map::new();
            for (name, value) in object {
                match (name.as_str(), value) {
                    ("person", Value::Object(person)) => {
                        translated.extend(person.into_iter().map(|(name, value)| code(name, translate(value))));
                    }
                    ("leadProfessional", Value::Array(mut leads)) => {
                        let lead = if leads.is_empty() {
                            Value::Null
                        } else {
                            translate(leads.remove(0))
                        };
                        translated.insert(name, lead);
                    }
                    (_, value) => translated.extend([code(name, translate(value))]),
                }
            }
            Value::Object(translated)
        }
        other => other,
    }
}

fn code(name: String, value: Value) -> (String, Value) {
    match value {
        Value::String(text) if CODES.contains(&name.as_str()) => (name, Value::String(text.to_uppercase())),
        other => (name, other),
    }
}
