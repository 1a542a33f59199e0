//! Lists of which the database answers a part of the filter give what deciding about every family gives: the same bytes, and the same trail.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use rand::{RngExt as _, SeedableRng as _, rngs::ChaCha12Rng};
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use thinkfamily::{
    clock::{Clock, Ids},
    demo,
    store::bulk,
};
use uuid::Uuid;

use crate::support::{
    app::{App, Partner, today},
    client::Client,
    database::{TestDatabase, on_both},
    trail,
};

mod narrowing;
mod orders;
mod reference;
mod todo;
mod withdrawn;

/// Clauses beside those of the demonstration: for some callers a clause that asks nothing stands after others that ask much, so that families are given
/// by different clauses; for some, by a portal too.
const MORE: &str = r#"
[[clause]]
id = "police-everybody"
agency_kinds = ["police"]
roles = ["practitioner"]
categories = ["MARKER"]
purposes = ["safeguarding"]
access = ["read"]
scope = "authority"
consent = "not_required"
lawful_basis = "public_task"

[[clause]]
id = "school-levels"
agency_kinds = ["school"]
roles = ["practitioner"]
categories = ["ASSESSMENT", "CRITERION_EDUCATION"]
purposes = ["education_support"]
access = ["read"]
scope = "authority"
consent = "not_required"
lawful_basis = "public_task"

[[clause]]
id = "housing-places"
agency_kinds = ["housing"]
roles = ["manager"]
categories = ["MARKER", "HOUSEHOLD", "ASSESSMENT"]
purposes = ["housing_support"]
access = ["read"]
scope = "cohort"
consent = "not_required"
shielded = true
lawful_basis = "public_task"
"#;

/// Agency, role, purpose.
const CALLERS: [(&str, &str, &str); 9] = [
    ("tff-team", "coordinator", "programme_management"),
    ("tff-team", "data_analyst", "programme_management"),
    ("audit", "auditor", "audit"),
    ("social-care", "marker_lookup", "safeguarding"),
    ("social-care", "practitioner", "safeguarding"),
    ("police", "practitioner", "safeguarding"),
    ("school", "practitioner", "education_support"),
    ("housing", "manager", "housing_support"),
    ("early-help", "manager", "family_support"),
];

/// Two servers over the same families, with so many bytes of memory for them: one as it is run, one that decides about every family. And the code of their
/// authority.
async fn both(database: &TestDatabase, families: u64, known: usize) -> (App, App, String) {
    let databases = database.open_keeping(known).await;
    let made = demo::families(demo::Size::of(families), 7, today().date_naive());
    let code = made.authority_codes().next().unwrap();
    bulk::load_each(&databases, made, &mut |_| {}).await.unwrap();
    // Some matches are withdrawn: such a family does not meet the criterion.
    let withdraw = "UPDATE criteria_match SET withdrawn_on = '2026-05-01' WHERE matched_by = 'professional'";
    let main = databases.main();
    let withdrawn = main.execute_unprepared(withdraw).await.unwrap().rows_affected();
    assert!(withdrawn > families / 4, "{withdrawn} withdrawn matches are too few");
    let clock = || Clock::fixed(today());
    let app = App::over(databases.clone(), clock(), Ids::seeded(2)).await;
    app.load_agreement(&(demo::agreement_for(&code) + MORE)).await;
    let plain = App::over_deciding_each(databases, clock(), Ids::seeded(2)).await;
    (app, plain, code)
}

fn caller(app: &App, authority: &str, (agency, role, purpose): (&str, &str, &str)) -> Partner {
    app.partner_named(authority, &format!("{authority}-{agency}"), role, purpose, "somebody")
}

/// Emergency access of the police to some families, so that it stands in where another clause would not hold.
async fn open_some(app: &App, authority: &str) {
    let police = caller(app, authority, ("police", "practitioner", "safeguarding"));
    let families = police.ask("{ families(first: 40) { nodes { id } } }").await;
    let families = families.data()["families"]["nodes"].as_array().unwrap().clone();
    assert_eq!(families.len(), 40);
    for family in families.iter().step_by(3) {
        let query =
            "mutation($input: OpenEmergencyAccessInput!) { openEmergencyAccess(input: $input) { errors { code } } }";
        let input = json!({
            "familyId": family["id"], "ground": "SAFEGUARDING", "justification": "A made-up reason of more than twenty characters."
        });
        let opened = police.ask_with(query, json!({ "input": input })).await;
        assert_eq!(
            opened.data()["openEmergencyAccess"]["errors"],
            json!([]),
            "{:#}",
            opened.body
        );
    }
}

/// Cursors by the order that they belong to.
type Cursors = BTreeMap<String, Vec<String>>;

/// A page of families by chance, and its order: any part of the filter, any order, from the front or the back.
fn page(chance: &mut ChaCha12Rng, cursors: &Cursors, ceiling: &BTreeSet<String>) -> (String, String) {
    let mut one = |of: &[&str]| of[chance.random_range(0..of.len())].to_owned();
    let day = one(&[
        "2023-01-01",
        "2024-03-01",
        "2025-02-10",
        "2025-11-20",
        "2026-06-15",
        "2030-01-01",
    ]);
    let parts = [
        ("onCohort", one(&["true", "true", "false", "", "", ""])),
        ("attachedFrom", one(&[&format!("\"{day}\""), "", ""])),
        ("attachedUntil", one(&["\"2025-06-30\"", "\"2026-06-15\"", "", "", ""])),
        (
            "needLevel",
            one(&["HIGH_OR_COMPLEX", "EXPERT_HELP", "MONITORING", "", "", "", "", ""]),
        ),
        ("hasPlan", one(&["true", "false", "", "", ""])),
        (
            "criterion",
            one(&[
                "EDUCATION",
                "HEALTH",
                "WORK",
                "PARENT_MENTAL_HEALTH",
                "CRIME",
                "",
                "",
                "",
            ]),
        ),
        ("district", one(&["\"Nowhere\"", "", "", "", "", "", ""])),
    ];
    let parts = parts
        .iter()
        .filter(|(name, value)| !value.is_empty() && ceiling.contains(*name))
        .map(|(name, value)| format!("{name}: {value}"));
    let mut arguments = format!("filter: {{ {} }}", parts.collect::<Vec<_>>().join(", "));
    let mut order = one(&["REFERENCE", "ATTACHED_ON", "NEED_LEVEL", "", ""]);
    if !order.is_empty() && ceiling.contains(&order) {
        let direction = one(&["ASCENDING", "DESCENDING"]);
        order = format!(", orderBy: {{ field: {order}, direction: {direction} }}");
        arguments += &order;
    } else {
        order.clear();
    }
    let size = one(&["1", "7", "100"]);
    let end = one(&["first", "first", "last"]);
    // Writing to a string cannot fail.
    let _ = write!(arguments, ", {end}: {size}");
    // Now and then one of another order, which is refused.
    let of = if one(&["this", "this", "this", "any"]) == "any" {
        cursors.values().next()
    } else {
        cursors.get(&order)
    };
    if let Some(of) = of.filter(|_| one(&["yes", "no", "no"]) == "yes") {
        let cursor = &of[chance.random_range(0..of.len())];
        let beyond = if end == "first" { "after" } else { "before" };
        let _ = write!(arguments, ", {beyond}: \"{cursor}\"");
    }
    let mut one = |of: &[&str]| of[chance.random_range(0..of.len())].to_owned();
    let total = one(&["totalCount", "totalCount", ""]);
    let nodes = one(&[
        "reference attachedOn onCohort hasPlan leadProfessional { name agency { name } }",
        "reference id",
        "reference members { givenName } criteriaMatches { criterion }",
        "id onCohort",
    ]);
    let level = if ceiling.contains("needLevel") {
        one(&["needLevel route", ""])
    } else {
        String::new()
    };
    let query = format!(
        "{{ families({arguments}) {{ {total} pageInfo {{ hasNextPage hasPreviousPage }} edges {{ cursor node {{ {nodes} {level} }} }} }} }}"
    );
    (query, order)
}

/// The fields of the filter and the orders that the caller's own schema has.
async fn ceiling_of(partner: &Partner) -> BTreeSet<String> {
    let query = "{ filter: __type(name: \"FamilyFilter\") { inputFields { name } } \
        order: __type(name: \"FamilyOrderField\") { enumValues { name } } }";
    let reply = partner.ask(query).await;
    let data = reply.data();
    let names = [&data["filter"]["inputFields"], &data["order"]["enumValues"]];
    let names = names
        .into_iter()
        .flat_map(|names| names.as_array().cloned().unwrap_or_default());
    names.map(|of| of["name"].as_str().unwrap().to_owned()).collect()
}

async fn what_the_database_answers_is_what_deciding_about_each_family_gives(database: &TestDatabase) {
    let (app, plain, authority) = both(database, 150, 100_000_000).await;
    open_some(&app, &authority).await;
    let mut chance = ChaCha12Rng::seed_from_u64(30);
    let (mut asked, mut pairs, mut rows) = (0, Vec::new(), BTreeMap::new());
    for of in CALLERS {
        let ceiling = ceiling_of(&caller(&app, &authority, of)).await;
        let (one, other) = (caller(&app, &authority, of), caller(&plain, &authority, of));
        let (one, other) = (Client::new(&app.url, &one.token), Client::new(&plain.url, &other.token));
        let mut cursors = Cursors::new();
        for _ in 0..24 {
            let (query, order) = page(&mut chance, &cursors, &ceiling);
            let narrowed = one.post(&query, json!({})).await.unwrap();
            let each = other.post(&query, json!({})).await.unwrap();
            assert_eq!(narrowed.text(), each.text(), "{of:?}: {query}");
            let edges = narrowed.json()["data"]["families"]["edges"].clone();
            let edges = edges.as_array().cloned().unwrap_or_default();
            let given = edges.iter().filter_map(|edge| edge["cursor"].as_str());
            let given: Vec<String> = given.take(3).map(str::to_owned).collect();
            if !given.is_empty() {
                cursors.entry(order).or_default().extend(given);
            }
            *rows.entry(of.0).or_insert(0) += edges.len();
            asked += 1;
            pairs.push((narrowed.request_id, each.request_id, format!("{of:?}: {query}")));
        }
    }
    assert!(
        rows.values().all(|rows| *rows >= 5) && rows.values().sum::<usize>() > 1_000,
        "callers who see nothing prove nothing: {rows:?}"
    );
    let entries = by_request(&app).await;
    let mut grounds = BTreeSet::new();
    for (narrowed, each, query) in pairs {
        let (narrowed, each) = (entries.get(&narrowed), entries.get(&each));
        assert_eq!(narrowed, each, "{query}");
        for entry in narrowed.into_iter().flatten() {
            grounds.insert(entry["clauses"].to_string());
        }
    }
    assert!(asked == 216 && grounds.len() > 12, "{asked}, {grounds:?}");
}
on_both!(what_the_database_answers_is_what_deciding_about_each_family_gives);

/// What the trail has of each request, without what must differ: when, and which request it was.
async fn by_request(app: &App) -> BTreeMap<Uuid, Vec<Value>> {
    let mut entries: BTreeMap<Uuid, Vec<Value>> = BTreeMap::new();
    for (entry, body) in trail::entries(app.store.databases()).await {
        let Some(request) = entry.request_id else { continue };
        let mut body: Value = serde_json::from_str(&body).unwrap();
        body.as_object_mut().unwrap().remove("request_id");
        body.as_object_mut().unwrap().remove("at");
        entries.entry(request).or_default().push(body);
    }
    for of_request in entries.values_mut() {
        of_request.sort_by_key(Value::to_string);
    }
    entries
}
