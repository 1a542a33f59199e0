//! What you may not see does not change what you get.
//!
//! Two data sets are made that differ in many places, and in none that a caller may see: which places those are is worked out by `view.rs`
//! from the rows and the decision alone. Then random operations over the whole schema are put to a server over each, and every answer
//! must be the same, byte for byte: data, errors, accounts, counts, cursors, cost.
//!
//! `THINKFAMILY_NONINTERFERENCE=100000` makes that many comparisons; `SEED=…` starts from the seed that a failure printed.

#![expect(clippy::unwrap_used, reason = "what a test cannot do, it fails with")]
#![expect(clippy::print_stderr, reason = "a run says what it saw")]

mod base_data;
mod callers;
#[path = "../differential/chance.rs"]
#[expect(dead_code, reason = "shared with the differential test")]
mod chance;
mod changes;
mod collect;
mod elsewhere;
mod http;
mod leaks;
mod lookup_leaks;
mod moment;
mod operations;
mod pairs;
mod questions;
mod seen;
mod sides;
mod sound;
#[path = "../it/support/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "shared with the tests of the whole"
)]
mod support;
mod varied;
mod view;
mod world;

use std::{
    env,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use serde_json::Value;
use thinkfamily::sharing::{
    category::{Category, CategorySet},
    register,
};

use chance::Chance;
use operations::{ABOUT_NOBODY, Drawer, Operation, Pool};
use pairs::{Base, Pair};
use seen::Seen;
use sides::{Half, Place, Server};
use support::api::Api;
use tokio::task::{JoinSet, block_in_place};

/// Comparisons of the normal run, by place.
const ON_SQLITE: u64 = 3_500;
const ON_POSTGRES: u64 = 400;
/// Operations of one pair of data sets.
const OF_A_PAIR: u64 = 70;
/// Pairs that are compared at once: much of the time one waits for its trails.
const AT_ONCE: usize = 2;
/// After so many pairs a run says how far it is.
const SAY_AFTER: u64 = 100;
/// How many of a hundred are look-ups alone, where the caller may look people up.
const LOOK_UPS: u32 = 30;

fn number_from(variable: &str, default: u64) -> u64 {
    env::var(variable).map_or(default, |text| text.parse().expect("the variable is a number"))
}

/// Servers over both data sets for a caller, and for an observer, whose requests leave no trace in the caller's trail.
struct Servers {
    caller: [Server; 2],
    observer: [Server; 2],
}

impl Servers {
    async fn over(first: &Half, second: &Half) -> Self {
        Self {
            caller: [Server::over(first).await, Server::over(second).await],
            observer: [Server::over(first).await, Server::over(second).await],
        }
    }
}

/// Whether anything about a family is in an answer.
fn discloses(value: &Value) -> bool {
    fn something(value: &Value) -> bool {
        match value {
            Value::Null | Value::Bool(_) => false,
            Value::Array(list) => list.iter().any(something),
            // Booleans and zeros say nothing where there is no row: what is asked of every page is whether there is another.
            Value::Object(object) => object.iter().any(|(key, value)| {
                let about_nobody =
                    ["categories", "signatories", "clauses", "__schema", "__type"].contains(&key.as_str());
                key != "__typename" && !about_nobody && something(value)
            }),
            Value::Number(number) => number.as_f64() != Some(0.0),
            Value::String(_) => true,
        }
    }
    something(&value["data"])
}

/// Keeps the cursors of a page for later operations.
fn keep_cursors(pool: &mut Pool, operation: &Operation, answer: &[u8]) {
    let Some(list) = &operation.list else { return };
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    let edges = answer["data"]["page"]["edges"].as_array().into_iter().flatten();
    let cursors = edges.filter_map(|edge| edge["cursor"].as_str().map(str::to_owned));
    pool.cursors.entry(list.clone()).or_default().extend(cursors.take(5));
}

/// Keeps the ids of a page for later operations.
fn keep_ids(pool: &mut Pool, operation: &Operation, answer: &Value) {
    let lists = [
        ("families", "Family"),
        ("members", "Member"),
        ("plans", "Plan"),
        ("consents", "Consent"),
    ];
    let of = lists.into_iter().find(|(list, _)| {
        operation
            .list
            .as_ref()
            .is_some_and(|of| of.split(' ').next() == Some(*list))
    });
    let Some((_, of)) = of else { return };
    let edges = answer["data"]["page"]["edges"].as_array().into_iter().flatten();
    let ids = edges.filter_map(|edge| edge["node"]["id"].as_str().map(str::to_owned));
    pool.given.entry(of).or_default().extend(ids);
}

/// A pair with its servers.
struct Bench<'a> {
    place: String,
    api: &'a Api,
    base: &'a Base,
    pair: &'a Pair<'a>,
    servers: &'a Servers,
}

/// Puts that many operations to both servers of a pair.
async fn compare(bench: &Bench<'_>, count: u64, chance: &mut Chance, seen: &mut Seen) {
    let Bench {
        place,
        api,
        base,
        pair,
        servers,
    } = bench;
    let mut pool = pair.pool(base);
    let homes = pair.homes(base);
    let [first, second] = &servers.caller;
    assert_eq!(
        first.sdl(&pair.caller).await,
        second.sdl(&pair.caller).await,
        "{place}: the schema"
    );
    for number in 0..count {
        let (operation, asked) = if pair.looks_up && chance.percent(LOOK_UPS) {
            questions::operation(&homes, chance)
        } else {
            (Drawer::new(api, &pool, chance).draw(), Vec::new())
        };
        // A program's feed counts events of all families, whoever reads it (decision 0069).
        if operation.query.contains("markerChanges") && pair.is_barred(base) {
            continue;
        }
        let (one, other) = tokio::join!(
            first.answer(&pair.caller, number, &operation),
            second.answer(&pair.caller, number, &operation)
        );
        assert!(
            one == other,
            "{place}, operation {number}: {}",
            difference(pair, &operation, &one, &other)
        );
        seen.compared += 1;
        seen.refused += u64::from(one.starts_with(b"refused"));
        let answer: Value = serde_json::from_slice(&one).unwrap_or_default();
        seen.count(&asked, &answer);
        let about_families = !operation.used.iter().any(|field| {
            field
                .strip_prefix("Query.")
                .is_some_and(|field| ABOUT_NOBODY.contains(&field))
        });
        seen.disclosing += u64::from(about_families && discloses(&answer));
        seen.used.extend(operation.used.iter().cloned());
        keep_cursors(&mut pool, &operation, &one);
        keep_ids(&mut pool, &operation, &answer);
        if number % 4 == 0 && asked.is_empty() {
            // Somebody who may see more gets other bytes; and their cursors are no help to the caller.
            let [first, second] = &servers.observer;
            let (one, other) = tokio::join!(
                first.answer(&pair.observer, number, &operation),
                second.answer(&pair.observer, number, &operation)
            );
            seen.observed += 1;
            seen.observed_different += u64::from(one != other);
            keep_cursors(&mut pool, &operation, &one);
            keep_cursors(&mut pool, &operation, &other);
        }
    }
}

/// Both answers from a little before the first byte that differs.
fn difference(pair: &Pair<'_>, operation: &Operation, one: &[u8], other: &[u8]) -> String {
    let at = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    let from = at.saturating_sub(300);
    let part = |bytes: &[u8]| String::from_utf8_lossy(&bytes[from..bytes.len().min(at + 200)]).into_owned();
    if let Some(differing) = questions::differing(operation, one, other) {
        return format!(
            "caller: {:?}\na question that is answered in two ways: {differing}",
            pair.caller
        );
    }
    format!(
        "the answers differ from byte {at} on ({} and {} bytes)\ncaller: {:?}\noperation: {}\nvariables: {:?}\nwithheld: {:?}\n\
         one:   …{}\nother: …{}",
        one.len(),
        other.len(),
        pair.caller,
        operation.query,
        operation.variables,
        operation.withheld,
        part(one),
        part(other)
    )
}

/// What all pairs of a run share.
struct Shared {
    place: Place,
    api: Api,
    base: Base,
    first: Half,
    comparisons: u64,
    next: AtomicU64,
    done: AtomicU64,
}

impl Shared {
    /// Compares one pair after the other, until none is left: each as its seed says, whoever else compares meanwhile.
    async fn work(&self) -> Seen {
        let (from, pairs) = (first_seed(), self.comparisons.div_ceil(OF_A_PAIR));
        let mut seen = Seen::default();
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= pairs {
                return seen;
            }
            let count = OF_A_PAIR.min(self.comparisons - number * OF_A_PAIR);
            self.compare_one(from + number, count, &mut seen).await;
            let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
            if done.is_multiple_of(SAY_AFTER) {
                eprintln!("{:?}: {done} of {pairs} pairs", self.place);
            }
        }
    }

    async fn compare_one(&self, at: u64, count: u64, seen: &mut Seen) {
        let mut chance = Chance::new(at);
        // It takes long and waits for nothing, and the other pairs want to go on.
        let pair = block_in_place(|| Pair::draw(&self.base, &mut chance));
        let data = pair.world.data();
        let second = Half::load(self.place, &data, &self.base.documents).await;
        let second = second.expect("a database, since there was one");
        let servers = Servers::over(&self.first, &second).await;
        let bench = Bench {
            place: format!("SEED={at} ({:?})", self.place),
            api: &self.api,
            base: &self.base,
            pair: &pair,
            servers: &servers,
        };
        compare(&bench, count, &mut chance, seen).await;
        seen.pair(&pair);
    }
}

fn first_seed() -> u64 {
    number_from("SEED", 20_160_322)
}

/// Compares so many times; none where there is no such database server.
async fn run(place: Place, comparisons: u64) -> Option<Seen> {
    let base = Base::new();
    let first = Half::load(place, &base.world.data(), &base.documents).await?;
    let shared = Arc::new(Shared {
        place,
        api: Api::new(),
        base,
        first,
        comparisons,
        next: AtomicU64::new(0),
        done: AtomicU64::new(0),
    });
    let mut workers = JoinSet::new();
    for _ in 0..AT_ONCE {
        let shared = Arc::clone(&shared);
        workers.spawn(async move { shared.work().await });
    }
    let mut seen = Seen::default();
    while let Some(worked) = workers.join_next().await {
        seen.add(worked.unwrap());
    }
    seen.say(place);
    seen.was_enough();
    Some(seen)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hidden_changes_no_answer_sqlite() {
    let seen = run(Place::Sqlite, number_from("THINKFAMILY_NONINTERFERENCE", ON_SQLITE))
        .await
        .unwrap();
    let api = Api::new();
    let mut unused = Vec::new();
    let mut need = |coordinate: String| {
        if !seen.used.contains(&coordinate) {
            unused.push(coordinate);
        }
    };
    // Every root field, and every field of everything that is not about nobody.
    let about_nobody = CategorySet::of(&[Category::Reference]);
    let of_families = |of: &&String| register::find(of).is_none_or(|existence| existence.categories != about_nobody);
    for of in api.ways().keys().filter(of_families) {
        for field in api.fields(of) {
            if !operations::is_not_asked_for(of, &field.name) {
                need(format!("{of}.{}", field.name));
            }
            for argument in &field.arguments {
                need(format!("{of}.{}({}:)", field.name, argument.name));
                let ty = argument.ty.inner_named_type();
                for input in api.inputs(ty) {
                    need(format!("{ty}.{}", input.name));
                    let of = input.ty.inner_named_type();
                    if of.ends_with("OrderField") {
                        api.values(of)
                            .into_iter()
                            .for_each(|value| need(format!("{of}.{value}")));
                    }
                }
            }
        }
    }
    assert!(unused.is_empty(), "never used: {unused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hidden_changes_no_answer_postgres() {
    let comparisons = number_from("THINKFAMILY_NONINTERFERENCE", ON_POSTGRES * 6) / 6;
    if run(Place::Postgres, comparisons).await.is_none() {
        eprintln!("PostgreSQL is not installed");
    }
}
