//! The comparison would notice who is sheltered: look-ups that tell it, one small thing each, are caught.
//!
//! Each answers as the true one does, and then lets one thing through that goes by who is shielded, where they live or what their numbers are.

use serde_json::Value;

use crate::{
    chance::Chance,
    changes::is_sheltered,
    elsewhere::is_of_a_place,
    moment::day,
    pairs::{Base, Pair},
    questions::{self, Asked},
    sides::{Half, Place, Server},
    world::World,
};

/// What a data set has of the home that a question is about.
struct Truth {
    sheltered: bool,
    /// Whether the place that was asked with is the home's.
    at_home: bool,
    /// Whether the number that was asked with is of somebody there.
    of_home: bool,
}

impl Truth {
    fn of(asked: &Asked, world: &World) -> Option<Self> {
        let folder = world.folders.iter().find(|folder| folder.family.id == asked.family)?;
        let postcode = asked.input.get("postcode").and_then(Value::as_str);
        let number = asked.input.get("identifiers").and_then(|all| all[0]["value"].as_str());
        Some(Self {
            sheltered: is_sheltered(folder, day()),
            at_home: folder
                .addresses
                .iter()
                .any(|row| Some(row.postcode.as_str()) == postcode),
            of_home: folder
                .local_identifiers
                .iter()
                .any(|row| is_of_a_place(row) && Some(row.value.as_str()) == number),
        })
    }
}

/// The status that a leaking server gives, from the true one.
type Leak = fn(&Asked, &Truth, &str) -> &'static str;

const UNCHANGED: &str = "";

/// As if a wrong place ruled out wherever places are compared: whoever it does not rule out is sheltered.
fn wrong_place(asked: &Asked, truth: &Truth, status: &str) -> &'static str {
    let wrong = asked.forms[2] == "place nonsense" && status == "AMBIGUOUS";
    if wrong && !truth.sheltered {
        "NOT_FOUND"
    } else {
        UNCHANGED
    }
}

/// As if a wrong number of a tenancy or a pupil did.
fn wrong_number(asked: &Asked, truth: &Truth, status: &str) -> &'static str {
    let wrong = asked.forms[3] == "number nonsense" && status == "AMBIGUOUS";
    if wrong && !truth.sheltered {
        "NOT_FOUND"
    } else {
        UNCHANGED
    }
}

/// As if a place found somebody where it may not be compared.
fn right_place(asked: &Asked, truth: &Truth, status: &str) -> &'static str {
    let found = truth.at_home && truth.sheltered && status == "NOT_FOUND";
    if found && asked.forms[2] == "place right" {
        "AMBIGUOUS"
    } else {
        UNCHANGED
    }
}

/// As if a number did.
fn right_number(asked: &Asked, truth: &Truth, status: &str) -> &'static str {
    let found = truth.of_home && truth.sheltered && status == "NOT_FOUND";
    if found && asked.forms[3] == "number right" {
        "AMBIGUOUS"
    } else {
        UNCHANGED
    }
}

/// As if whoever will be shielded there counted only from their first day on, or whoever was still did.
fn anybody_sheltered(_: &Asked, truth: &Truth, status: &str) -> &'static str {
    if truth.sheltered && status == "MATCHED" {
        "AMBIGUOUS"
    } else {
        UNCHANGED
    }
}

const LEAKS: [(&str, Leak); 5] = [
    ("a wrong place costs", wrong_place),
    ("a wrong number costs", wrong_number),
    ("a shielded place helps", right_place),
    ("a shielded number helps", right_number),
    ("who is sheltered", anybody_sheltered),
];

/// Pairs that are tried before a leak counts as not noticed, and operations of each.
const PAIRS: u64 = 60;
const OPERATIONS: u64 = 40;

#[tokio::test(flavor = "multi_thread")]
async fn every_leak_of_a_look_up_is_noticed() {
    let base = Base::new();
    let first = Half::load(Place::Sqlite, &base.world.data(), &base.documents)
        .await
        .unwrap();
    let mut left: Vec<(&str, Leak)> = LEAKS.to_vec();
    for seed in 0..PAIRS {
        if left.is_empty() {
            break;
        }
        let mut chance = Chance::new(crate::number_from("SEED", 8_000) + seed);
        let pair = Pair::draw(&base, &mut chance);
        if !pair.looks_up {
            continue;
        }
        let second = Half::load(Place::Sqlite, &pair.world.data(), &base.documents)
            .await
            .unwrap();
        let servers = [Server::over(&first).await, Server::over(&second).await];
        let worlds = [&base.world, &pair.world];
        let homes = pair.homes(&base);
        for number in 0..OPERATIONS {
            let (operation, asked) = questions::operation(&homes, &mut chance);
            let mut statuses = Vec::new();
            for server in &servers {
                let answer = server.answer(&pair.caller, number, &operation).await;
                let answer: Value = serde_json::from_slice(&answer).unwrap_or_default();
                statuses.push(questions::statuses(&answer));
            }
            assert_eq!(statuses[0], statuses[1], "the true server leaks");
            left.retain(|(name, leak)| {
                let noticed = asked.iter().zip(&statuses[0]).any(|(asked, status)| {
                    let told = worlds
                        .map(|world| Truth::of(asked, world).map_or(UNCHANGED, |truth| leak(asked, &truth, status)));
                    told[0] != told[1]
                });
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
