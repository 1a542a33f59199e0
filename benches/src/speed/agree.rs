//! Whether all give the same values. Where they do not, nothing is measured.

use std::{
    error::Error,
    time::{Duration, Instant},
};

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::{
    operations::{Asked, Operation},
    side::Side,
};
use crate::http::Connection;

const LONGEST: Duration = Duration::from_mins(1);
/// After that no further question of an operation is compared.
const ENOUGH: Duration = Duration::from_secs(15);

/// One look-up in so many may be answered otherwise by ours, which also knows people who come near, than by those who compare exactly.
const IN_DOUBT: usize = 50;

/// What was seen.
pub struct Agreement {
    /// How many questions were asked.
    pub compared: usize,
    /// How many bytes an answer of the first has, on average.
    pub bytes: usize,
    /// Look-ups to which matching gave another status than exact comparison.
    pub doubted: usize,
}

/// Asks all the same and compares each answer with the first one's.
pub async fn agree(
    sides: &[Box<dyn Side>],
    operation: Operation,
    asked: &[Asked],
) -> Result<Agreement, Box<dyn Error>> {
    compare(&sides.iter().map(AsRef::as_ref).collect::<Vec<_>>(), operation, asked).await
}

/// The same of those that decide, about people whom the caller may not find: nobody may be found by any of them.
pub async fn agree_on_hidden(sides: &[Box<dyn Side>], asked: &[Asked]) -> Result<Agreement, Box<dyn Error>> {
    let deciding: Vec<&dyn Side> = sides.iter().map(AsRef::as_ref).filter(|side| side.decides()).collect();
    compare(&deciding, Operation::LookUp, asked).await
}

async fn compare(sides: &[&dyn Side], operation: Operation, asked: &[Asked]) -> Result<Agreement, Box<dyn Error>> {
    let mut connections = Vec::new();
    for side in sides {
        connections.push(Connection::open(&side.process().address).await?);
    }
    let mut bytes = 0;
    let mut doubted = 0;
    let most = asked.len() / IN_DOUBT;
    let mut compared = 0;
    let begun = Instant::now();
    for asked in asked {
        if begun.elapsed() > ENOUGH {
            break;
        }
        compared += 1;
        let mut expected: Option<Value> = None;
        for (side, connection) in sides.iter().zip(&mut connections) {
            let reply = timeout(LONGEST, connection.send(&side.request(operation, asked))).await??;
            let failed = |what: &str| {
                format!(
                    "{}, {}, of {} in {}: {what}",
                    side.name(),
                    operation.name(),
                    asked.person.reference,
                    asked.person.authority_code
                )
            };
            let answer: Value = serde_json::from_slice(&reply.body)
                .map_err(|error| failed(&format!("status {}, no JSON: {error}", reply.status)))?;
            let answer = side.in_our_words(operation, answer).map_err(|error| failed(&error))?;
            let answer = comparable(operation, answer);
            match &expected {
                None => {
                    bytes += reply.body.len();
                    expected = Some(answer);
                }
                Some(expected) => {
                    let Some(difference) = difference(expected, &answer, "data") else {
                        continue;
                    };
                    let status = |data: &Value| data["markerLookup"]["status"].clone();
                    if operation == Operation::LookUp && status(expected) != status(&answer) && doubted < most {
                        doubted += 1;
                        break;
                    }
                    return Err(
                        failed(&format!("it gives other values than {}: {difference}", sides[0].name())).into(),
                    );
                }
            }
        }
    }
    Ok(Agreement {
        compared,
        bytes: bytes / compared.max(1),
        doubted,
    })
}

/// Moments in one form; of what is mostly withheld, only what is not.
fn comparable(operation: Operation, mut data: Value) -> Value {
    if operation == Operation::Withheld {
        let shown = ["reference", "onCohort", "attachedOn", "closedOn", "leadProfessional"];
        if let Some(family) = data["family"].as_object_mut() {
            family.retain(|name, _| shown.contains(&name.as_str()));
        }
    }
    moments(data)
}

fn moments(value: Value) -> Value {
    match value {
        Value::Array(values) => values.into_iter().map(moments).collect(),
        Value::Object(object) => Value::Object(
            object
                .into_iter()
                .map(|(name, value)| (name, moments(value)))
                .collect::<Map<_, _>>(),
        ),
        Value::String(text) if text.len() >= 20 => match DateTime::parse_from_rfc3339(&text) {
            Ok(moment) => Value::String(moment.with_timezone(&Utc).to_rfc3339_opts(SecondsFormat::Micros, true)),
            Err(_) => Value::String(text),
        },
        other => other,
    }
}

/// Where two values differ, if they do.
fn difference(one: &Value, other: &Value, at: &str) -> Option<String> {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let names = one.keys().chain(other.keys().filter(|name| !one.contains_key(*name)));
            names.into_iter().find_map(|name| {
                let null = Value::Null;
                let (one, other) = (one.get(name).unwrap_or(&null), other.get(name).unwrap_or(&null));
                difference(one, other, &format!("{at}.{name}"))
            })
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => one
            .iter()
            .zip(other)
            .enumerate()
            .find_map(|(number, (one, other))| difference(one, other, &format!("{at}[{number}]"))),
        _ if one == other => None,
        _ => Some(format!("{at} is {other}, and should be {one}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_difference_is_found_wherever_it_is() {
        let one = json!({"a": [{"b": 1}, {"b": 2}]});
        assert_eq!(difference(&one, &one.clone(), "data"), None);
        let other = json!({"a": [{"b": 1}, {"b": 3}]});
        assert_eq!(
            difference(&one, &other, "data").as_deref(),
            Some("data.a[1].b is 3, and should be 2")
        );
        assert!(difference(&one, &json!({"a": [{"b": 1}]}), "data").is_some());
        assert!(difference(&one, &json!({"a": one["a"], "c": 1}), "data").is_some());
    }

    #[test]
    fn moments_are_compared_as_moments() {
        let one = comparable(Operation::Family, json!({"at": "2025-01-01T00:00:00Z"}));
        let other = comparable(Operation::Family, json!({"at": "2025-01-01T01:00:00.000000+01:00"}));
        assert_eq!(one, other);
    }
}
