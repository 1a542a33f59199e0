//! Look-ups about people of either data set: right, near, wrong and nonsense values in every field.
//!
//! Most are about families of which the data sets say different things that the caller may not know: who is shielded there, where they live, and what their
//! numbers are.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate};
use serde_json::{Map, Value, json};
use thinkfamily::{graphql::operation::WithheldMode, records::Code as _};
use uuid::Uuid;

use crate::{
    chance::Chance,
    changes::is_sheltered,
    elsewhere::{is_of_a_place, may_be_asked},
    operations::Operation,
    world::{Folder, World},
};

/// Most questions of one operation.
const MOST: usize = 60;

/// The ways in which the parts of a question are made.
pub(crate) const FORMS: [&str; 22] = [
    "names right",
    "names near",
    "names exchanged",
    "names in part",
    "names of another",
    "no names",
    "date right",
    "date near",
    "date turned",
    "date years off",
    "date wrong",
    "no date",
    "no place",
    "place right",
    "place near",
    "place of another",
    "place nonsense",
    "no number",
    "number right",
    "number near",
    "number of another",
    "number nonsense",
];

/// Somebody as they are asked about.
#[derive(Clone, Debug, PartialEq)]
struct Somebody {
    given: String,
    family: String,
    born: NaiveDate,
    sex: String,
    /// Numbers that shielding does not cover.
    numbers: Vec<(String, String)>,
}

/// A family as it is asked about: what either data set says of it.
#[derive(Debug)]
pub(crate) struct Home {
    pub(crate) family: Uuid,
    /// Whether the data sets say different things of what shielding covers there.
    pub(crate) differs: bool,
    people: Vec<Somebody>,
    places: Vec<(String, String)>,
    /// Numbers that shielding covers.
    numbers: Vec<(String, String)>,
}

/// A question, and how it was made.
pub(crate) struct Asked {
    pub(crate) family: Uuid,
    pub(crate) differs: bool,
    pub(crate) input: Map<String, Value>,
    /// How names, date, place and number of a place were made.
    pub(crate) forms: [&'static str; 4],
}

/// The families of an authority as they are asked about.
pub(crate) fn homes(worlds: [&World; 2], authority: i32, today: NaiveDate) -> Vec<Home> {
    let of = |world: &'_ World| -> Vec<Folder> {
        let own = world
            .folders
            .iter()
            .filter(|folder| folder.family.authority_id == authority);
        own.cloned().collect()
    };
    let [first, second] = worlds.map(of);
    let families: BTreeSet<Uuid> = first.iter().chain(&second).map(|folder| folder.family.id).collect();
    let homes = families.into_iter().map(|family| {
        let both = [&first, &second].map(|world| world.iter().find(|folder| folder.family.id == family));
        let mut home = Home {
            family,
            differs: matches!(both, [Some(one), Some(other)] if covered(one, today) != covered(other, today)),
            people: Vec::new(),
            places: Vec::new(),
            numbers: Vec::new(),
        };
        both.into_iter().flatten().for_each(|folder| home.add(folder));
        home
    });
    homes.filter(|home| !home.people.is_empty()).collect()
}

/// What shielding covers of a family, and whether it does.
fn covered(folder: &Folder, today: NaiveDate) -> String {
    let numbers = folder.local_identifiers.iter().filter(|row| is_of_a_place(row));
    let mut numbers: Vec<_> = numbers.map(|row| (row.person_id, &row.value)).collect();
    numbers.sort_unstable();
    let mut places: Vec<_> = folder.addresses.iter().map(|row| (&row.postcode, &row.line1)).collect();
    places.sort_unstable();
    format!("{:?}", (is_sheltered(folder, today), numbers, places))
}

impl Home {
    fn add(&mut self, folder: &Folder) {
        for row in &folder.people {
            // Questions around a birthday need one.
            let Some(born) = row.date_of_birth else { continue };
            let numbers = folder
                .local_identifiers
                .iter()
                .filter(|number| number.person_id == row.id);
            let (of_a_place, numbers): (Vec<_>, Vec<_>) = numbers.partition(|number| is_of_a_place(number));
            let pairs = |rows: Vec<&thinkfamily::records::LocalIdentifierRow>| -> Vec<(String, String)> {
                let askable = rows.into_iter().filter(|row| may_be_asked(&row.value));
                askable
                    .map(|row| (row.system.word().to_uppercase(), row.value.chars().take(100).collect()))
                    .collect()
            };
            self.numbers.extend(pairs(of_a_place));
            let somebody = Somebody {
                given: row.given_name.chars().take(100).collect(),
                family: row.family_name.chars().take(100).collect(),
                born,
                sex: row.sex.word().to_uppercase(),
                numbers: pairs(numbers),
            };
            if !self.people.contains(&somebody) {
                self.people.push(somebody);
            }
        }
        for row in &folder.addresses {
            if may_be_asked(&row.postcode) && may_be_asked(&row.line1) {
                let place = (
                    row.postcode.chars().take(20).collect(),
                    row.line1.chars().take(300).collect(),
                );
                self.places.push(place);
            }
        }
    }
}

fn pick<'v, T>(of: &'v [T], chance: &mut Chance) -> Option<&'v T> {
    (!of.is_empty()).then(|| &of[chance.number(0, of.len() - 1)])
}

/// A text with its last letter or digit another, as a slip makes it.
fn slip(text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    match letters.last_mut() {
        Some(last) => {
            *last = if *last == 'P' || *last == '7' {
                'Q'
            } else if last.is_ascii_digit() {
                '7'
            } else {
                'P'
            }
        }
        None => letters.push('x'),
    }
    letters.into_iter().collect()
}

/// A question about somebody of these families, of whom most differ.
pub(crate) fn question(homes: &[Home], chance: &mut Chance) -> Option<Asked> {
    let differing: Vec<&Home> = homes.iter().filter(|home| home.differs).collect();
    let home = if chance.percent(75) {
        pick(&differing, chance).copied()
    } else {
        None
    };
    let home = home.or_else(|| pick(homes, chance))?;
    let (who, other) = (pick(&home.people, chance)?, pick(homes, chance)?);
    let mut input = Map::new();
    let names = names(&mut input, who, pick(&other.people, chance)?, chance);
    let date = date(&mut input, who, chance);
    if chance.percent(30) {
        input.insert("sex".to_owned(), json!(who.sex));
    }
    let place = place(&mut input, home, other, chance);
    let number = number(&mut input, home, other, who, chance);
    Some(Asked {
        family: home.family,
        differs: home.differs,
        input,
        forms: [names, date, place, number],
    })
}

fn names(input: &mut Map<String, Value>, who: &Somebody, other: &Somebody, chance: &mut Chance) -> &'static str {
    let (given, family, form) = match chance.number(0, 11) {
        0..=5 => (Some(who.given.clone()), Some(who.family.clone()), "names right"),
        6 => (Some(slip(&who.given)), Some(who.family.clone()), "names near"),
        7 => (Some(who.given.clone()), Some(slip(&who.family)), "names near"),
        8 => (Some(who.family.clone()), Some(who.given.clone()), "names exchanged"),
        9 => (None, Some(who.family.clone()), "names in part"),
        10 => (Some(other.given.clone()), Some(who.family.clone()), "names of another"),
        _ => (None, None, "no names"),
    };
    input.extend(given.map(|text| ("givenName".to_owned(), json!(text))));
    input.extend(family.map(|text| ("familyName".to_owned(), json!(text))));
    form
}

fn date(input: &mut Map<String, Value>, who: &Somebody, chance: &mut Chance) -> &'static str {
    let days = |number: usize| Days::new(number as u64);
    let (born, form) = match chance.number(0, 9) {
        0..=2 => (Some(who.born), "date right"),
        3..=5 => (Some(who.born - days(chance.number(1, 6))), "date near"),
        6 => (
            NaiveDate::from_ymd_opt(who.born.year(), who.born.day(), who.born.month()).or(Some(who.born)),
            "date turned",
        ),
        7 => (Some(who.born - days(366 * chance.number(1, 3))), "date years off"),
        8 => (Some(who.born - days(chance.number(400, 9_000))), "date wrong"),
        _ => (None, "no date"),
    };
    input.extend(born.map(|born| ("dateOfBirth".to_owned(), json!(born))));
    form
}

fn place(input: &mut Map<String, Value>, home: &Home, other: &Home, chance: &mut Chance) -> &'static str {
    let right = pick(&home.places, chance).cloned();
    let another = pick(&other.places, chance).cloned();
    let (place, form) = match chance.number(0, 11) {
        0..=2 => (None, "no place"),
        3 | 4 => (right, "place right"),
        5 | 6 => (
            right.map(|(postcode, line)| (slip(&postcode), format!("1{line}"))),
            "place near",
        ),
        7 | 8 => (another, "place of another"),
        _ => (
            Some(("AB1 2CD".to_owned(), "3 Nowhere Yard, Faraway".to_owned())),
            "place nonsense",
        ),
    };
    let Some((postcode, address)) = place else {
        return "no place";
    };
    let parts = chance.number(0, 2);
    if parts != 1 {
        input.insert("postcode".to_owned(), json!(postcode));
    }
    if parts != 2 {
        input.insert("address".to_owned(), json!(address));
    }
    form
}

fn number(
    input: &mut Map<String, Value>,
    home: &Home,
    other: &Home,
    who: &Somebody,
    chance: &mut Chance,
) -> &'static str {
    let right = pick(&home.numbers, chance).cloned();
    let (number, form) = match chance.number(0, 11) {
        0..=4 => (None, "no number"),
        5 | 6 => (right, "number right"),
        7 => (right.map(|(system, value)| (system, slip(&value))), "number near"),
        8 => (pick(&other.numbers, chance).cloned(), "number of another"),
        9 | 10 => (
            Some((chance.pick(&["TENANCY", "UPN"]).to_owned(), "T-000001".to_owned())),
            "number nonsense",
        ),
        _ => (pick(&who.numbers, chance).cloned(), "number not covered"),
    };
    let Some((system, value)) = number else {
        return "no number";
    };
    let mut numbers = vec![json!({ "system": system, "value": value })];
    if chance.percent(10) {
        let more = pick(&who.numbers, chance);
        numbers.extend(more.map(|(system, value)| json!({ "system": system, "value": value })));
    }
    input.insert("identifiers".to_owned(), Value::Array(numbers));
    form
}

/// What is asked for of each answer.
const ASKED_FOR: &str = "status errors { field code } marker { id onCohortSince onePlan whatToDo leadProfessional { name } family { reference } } markers { id } \
     explanation { field level }";

/// An operation that asks some of these questions, one or a batch, and the questions.
pub(crate) fn operation(homes: &[Home], chance: &mut Chance) -> (Operation, Vec<Asked>) {
    let count = if chance.percent(20) { 1 } else { chance.number(2, MOST) };
    let asked: Vec<Asked> = (0..count).filter_map(|_| question(homes, chance)).collect();
    (of(&asked), asked)
}

/// The operation that asks these questions.
pub(crate) fn of(asked: &[Asked]) -> Operation {
    let inputs: Vec<Value> = asked.iter().map(|asked| Value::Object(asked.input.clone())).collect();
    let (query, variables) = if let [one] = &inputs[..] {
        (
            format!("query Drawn($one: MarkerLookupInput!) {{ one: markerLookup(input: $one) {{ {ASKED_FOR} }} }}"),
            json!({ "one": one }),
        )
    } else {
        (
            format!(
                "query Drawn($all: [MarkerLookupInput!]!) {{ all: markerLookups(inputs: $all) {{ {ASKED_FOR} }} }}"
            ),
            json!({ "all": inputs }),
        )
    };
    Operation {
        query,
        variables: variables.as_object().cloned().unwrap_or_default(),
        withheld: WithheldMode::Report,
        used: BTreeSet::new(),
        list: None,
    }
}

/// The status of each answer to such an operation, in order.
pub(crate) fn statuses(answer: &Value) -> Vec<String> {
    let data = &answer["data"];
    let results = match &data["all"] {
        Value::Array(all) => all.iter().collect(),
        _ => vec![&data["one"]],
    };
    let status = |result: &&Value| result["status"].as_str().unwrap_or("none").to_owned();
    results.iter().map(status).collect()
}

/// The question of such an operation whose answers differ, with both, where there is one.
pub(crate) fn differing(operation: &Operation, one: &[u8], other: &[u8]) -> Option<String> {
    let read = |answer: &[u8]| -> Option<Vec<Value>> {
        let answer: Value = serde_json::from_slice(answer).ok()?;
        answer["data"]["all"].as_array().cloned()
    };
    let (one, other) = (read(one)?, read(other)?);
    let at = one.iter().zip(&other).position(|(one, other)| one != other)?;
    let asked = serde_json::to_string(&operation.variables.get("all")?[at]).ok()?;
    Some(format!("{asked}\n{}\n{}", one[at], other[at]))
}
