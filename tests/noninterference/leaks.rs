//! The comparison would notice: servers that leak on purpose, one small thing each, are caught.
//!
//! Each of them answers as the true one does, and then lets one thing through that only somebody else may see.

use serde_json::Value;
use thinkfamily::graphql::operation::WithheldMode;

use crate::{
    chance::Chance,
    operations::{Drawer, Operation},
    pairs::{Base, Pair},
    sides::{Half, Place, Server},
    support::api::Api,
};

/// What a leaking server lets through: it has the true answer to a page, and the one that somebody who may see more would get.
type Leak = fn(&mut Value, &Value);

/// As if the number of all rows were counted before they are decided.
fn total(answer: &mut Value, other: &Value) {
    if answer["data"]["page"]["totalCount"].is_number() {
        answer["data"]["page"]["totalCount"] = other["data"]["page"]["totalCount"].clone();
    }
}

/// As if whether there is another page were asked of all rows.
fn next_page(answer: &mut Value, other: &Value) {
    if answer["data"]["page"]["pageInfo"].is_object() {
        answer["data"]["page"]["pageInfo"]["hasNextPage"] = other["data"]["page"]["pageInfo"]["hasNextPage"].clone();
    }
}

/// As if the ordering saw what is withheld: rows come as they would for somebody who may see it.
fn order(answer: &mut Value, other: &Value) {
    let place: Vec<&Value> = other["data"]["page"]["edges"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|edge| &edge["node"]["id"])
        .collect();
    if let Some(edges) = answer["data"]["page"]["edges"].as_array_mut() {
        edges.sort_by_key(|edge| place.iter().position(|id| **id == edge["node"]["id"]));
    }
}

/// As if the filter saw what is withheld: rows that would not pass for somebody who may see it are left out.
fn filter(answer: &mut Value, other: &Value) {
    let passes: Vec<&Value> = other["data"]["page"]["edges"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|edge| &edge["node"]["id"])
        .collect();
    if let Some(edges) = answer["data"]["page"]["edges"].as_array_mut() {
        edges.retain(|edge| passes.contains(&&edge["node"]["id"]));
    }
}

/// As if the cost were that of the rows that were read.
fn cost(answer: &mut Value, other: &Value) {
    let read = other["data"]["page"]["totalCount"].as_u64().unwrap_or_default();
    if let Some(cost) = answer["extensions"]["cost"].as_u64() {
        answer["extensions"]["cost"] = (cost + read).into();
    }
}

/// As if rows that do not exist for the caller were in the account.
fn account(answer: &mut Value, other: &Value) {
    let here = |answer: &Value| answer["data"]["page"]["edges"].as_array().map_or(0, Vec::len);
    let hidden = here(other).saturating_sub(here(answer));
    for entry in answer["extensions"]["disclosure"]["withheld"]
        .as_array_mut()
        .into_iter()
        .flatten()
    {
        if let Some(count) = entry["count"].as_u64() {
            entry["count"] = (count + hidden as u64).into();
        }
    }
}

const LEAKS: [(&str, Leak); 6] = [
    ("totalCount", total),
    ("hasNextPage", next_page),
    ("an ordering", order),
    ("a filter", filter),
    ("the cost", cost),
    ("the account", account),
];

/// Pairs that are tried before a leak counts as not noticed, and operations of each.
const PAIRS: u64 = 90;
const OPERATIONS: u64 = 90;

#[tokio::test(flavor = "multi_thread")]
async fn every_leak_is_noticed() {
    let (api, base) = (Api::new(), Base::new());
    let first = Half::load(Place::Sqlite, &base.world.data(), &base.documents)
        .await
        .unwrap();
    let mut left: Vec<(&str, Leak)> = LEAKS.to_vec();
    for seed in 0..PAIRS {
        if left.is_empty() {
            break;
        }
        let mut chance = Chance::new(crate::number_from("SEED", 7_000) + seed);
        let pair = Pair::draw(&base, &mut chance);
        let second = Half::load(Place::Sqlite, &pair.world.data(), &base.documents)
            .await
            .unwrap();
        let servers = [Server::over(&first).await, Server::over(&second).await];
        let others = [Server::over(&first).await, Server::over(&second).await];
        let pool = pair.pool(&base);
        for number in 0..OPERATIONS {
            let drawn = Drawer::new(&api, &pool, &mut chance).draw();
            if drawn.list.is_none() {
                continue;
            }
            let operation = Operation {
                withheld: WithheldMode::Report,
                ..drawn
            };
            let mut answers = Vec::new();
            for (server, other) in servers.iter().zip(&others) {
                let answer: Value = read(&server.answer(&pair.caller, number, &operation).await);
                let other: Value = read(&other.answer(&pair.observer, number, &operation).await);
                answers.push((answer, other));
            }
            assert_eq!(answers[0].0, answers[1].0, "the true server leaks: {}", operation.query);
            left.retain(|(name, leak)| {
                let leaked = answers.iter().map(|(answer, other)| {
                    let mut answer = answer.clone();
                    leak(&mut answer, other);
                    answer.to_string()
                });
                let leaked: Vec<String> = leaked.collect();
                let noticed = leaked[0] != leaked[1];
                if noticed {
                    eprintln!("{name}: noticed in pair {seed} by operation {number}");
                }
                !noticed
            });
        }
    }
    let names: Vec<&str> = left.iter().map(|(name, _)| *name).collect();
    assert!(names.is_empty(), "not noticed: {names:?}");
}

fn read(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_default()
}
