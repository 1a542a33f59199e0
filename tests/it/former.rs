//! Who has left a family, and who is yet to come: of them it is told what they are or were in it, since when and until when, and of what they are now nothing, to anybody.

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};
use thinkfamily::{
    clock::{Clock, Ids},
    demo,
    graphql::ids::{Codec, Key, Kind},
    records::{IdentifierSystem, LocalIdentifierRow},
    sharing::register,
    store::{bulk, dataset::Dataset},
};
use uuid::Uuid;

use crate::{
    lookups::world::{ask, person},
    support::{
        app::{App, Partner, today},
        database::{TestDatabase, on_both},
    },
};

/// Two agencies that may see everything of every family: the one is told exactly why something is withheld.
pub(crate) const AGREEMENT: &str = r#"
[agreement]
id = "ALL"
version = 1
title = "Everything"
authority = "cambridgeshire"
effective_from = 2026-01-01
review_by = 2027-01-01
[[signatory]]
agency = "cambs-police"
signed_on = 2025-12-01
[[signatory]]
agency = "cambs-early-help"
signed_on = 2025-12-01
"#;
pub(crate) const CLAUSE: &str = r#"
[[clause]]
id = "KIND"
agency_kinds = ["KIND"]
roles = ["practitioner", "marker_lookup"]
categories = [
    "MARKER", "REFERENCE", "IDENTITY", "EQUALITY", "CONTACT", "HOUSEHOLD", "IDENTIFIER", "STATUTORY_STATUS", "CRITERION_CRIME", "CRITERION_EDUCATION",
    "CRITERION_WORK", "CRITERION_HEALTH", "CRITERION_DOMESTIC_ABUSE", "CRITERION_CHILDREN_NEEDING_HELP", "PROGRESS_CRIME", "CONSENT",
    "AUDIT",
]
purposes = ["safeguarding"]
access = ["read"]
scope = "authority"
consent = "not_required"
lawful_basis = "public_task"
condition = "substantial_public_interest"
shielded = true
explain = EXPLAINED
"#;

/// What is told of a membership that is not of today.
const TOLD: [&str; 5] = ["id", "family", "relationship", "memberFrom", "memberUntil"];
const OLD: &str = "TF-10001";
const NEW: &str = "TF-10005";

/// The demonstration, in which of one family Tyler has left today and lives in another one under a new name, Lee comes tomorrow, and Dawn had left and came back.
fn data() -> Dataset {
    let mut data = demo::worked(today().date_naive());
    let today = today().date_naive();
    let family = |data: &Dataset, reference: &str| {
        let found = data.families.iter().find(|row| row.reference == reference);
        found.expect("a family of the demonstration").id
    };
    let (old, new) = (family(&data, OLD), family(&data, NEW));
    let of = |data: &Dataset, given: &str| {
        let named = data
            .people
            .iter()
            .filter(|row| row.given_name == given && row.authority_id == demo::CAMBRIDGESHIRE);
        let mut ids = named.map(|row| row.id);
        ids.find(|id| {
            data.memberships
                .iter()
                .any(|row| row.person_id == *id && row.family_id == old)
        })
        .expect("a person of the family")
    };
    let (tyler, lee, dawn) = (of(&data, "Tyler"), of(&data, "Lee"), of(&data, "Dawn"));
    for row in data
        .people
        .iter_mut()
        .filter(|row| row.authority_id == demo::CAMBRIDGESHIRE)
    {
        if row.id == tyler {
            (row.given_name, row.family_name) = ("Kai".to_owned(), "Ashdown".to_owned());
        }
    }
    for row in data
        .memberships
        .iter_mut()
        .filter(|row| row.authority_id == demo::CAMBRIDGESHIRE)
    {
        (row.phone, row.email) = (Some("01632 960123".to_owned()), Some("a@example.org".to_owned()));
        row.education_setting = Some("Newplace Primary".to_owned());
        // Nothing says why anybody left.
        row.end_reason = None;
    }
    let mut more = Vec::new();
    for row in data.memberships.iter_mut().filter(|row| row.family_id == old) {
        let id = Uuid::from_u128(row.person_id.as_u128() ^ 1);
        if row.person_id == tyler {
            row.valid_until = Some(today);
            more.push((id, new, today, None, row.clone()));
        } else if row.person_id == lee {
            row.valid_from = today + Days::new(1);
        } else if row.person_id == dawn {
            let left = row.valid_from + Days::new(5);
            more.push((id, old, row.valid_from, Some(left), row.clone()));
            row.valid_from = left + Days::new(5);
        }
    }
    for (id, family_id, valid_from, valid_until, mut row) in more {
        (row.id, row.family_id, row.valid_from, row.valid_until) = (id, family_id, valid_from, valid_until);
        data.memberships.push(row);
    }
    for (number, (person_id, family_id)) in [(tyler, old), (tyler, new), (lee, old), (dawn, old)]
        .into_iter()
        .enumerate()
    {
        data.local_identifiers.push(LocalIdentifierRow {
            authority_id: demo::CAMBRIDGESHIRE,
            id: Uuid::from_u128(7_000 + number as u128),
            family_id,
            person_id,
            system: IdentifierSystem::PoliceReference,
            value: format!("PR-{number}"),
        });
    }
    data
}

async fn serve(database: &TestDatabase) -> App {
    let databases = database.open().await;
    bulk::load(&databases, &data(), &mut |_| {}).await.unwrap();
    let app = App::over(databases, Clock::fixed(today()), Ids::seeded(1)).await;
    let clause = |kind: &str, explained: &str| CLAUSE.replace("KIND", kind).replace("EXPLAINED", explained);
    app.load_agreement(&format!(
        "{AGREEMENT}{}{}",
        clause("police", "true"),
        clause("early_help", "false")
    ))
    .await;
    app
}

/// Every field of a member that the register has, each as short as can be.
fn every_field() -> Vec<(&'static str, String)> {
    let fields = register::fields().filter_map(|entry| Some((entry.coordinate.strip_prefix("Member.")?, entry)));
    let fields = fields.filter(|(name, _)| !name.contains('('));
    fields
        .map(|(name, entry)| match (name, entry.rows) {
            ("familyProgress", _) => (name, "familyProgress { measure }".to_owned()),
            ("subjectAccess", _) => (name, "subjectAccess { state }".to_owned()),
            (_, Some(_)) => (name, format!("{name} {{ id }}")),
            (_, None) => (name, name.to_owned()),
        })
        .collect()
}

async fn members(partner: &Partner, reference: &str) -> (Vec<Value>, Value) {
    let fields: Vec<String> = every_field().into_iter().map(|(_, text)| text).collect();
    let query = format!(
        "{{ family(reference: \"{reference}\") {{ members(includeFormer: true) {{ {} }} }} }}",
        fields.join(" ")
    );
    let reply = partner.ask(&query).await;
    let all = reply.data()["family"]["members"].as_array().expect("members").clone();
    (all, reply.body["extensions"]["disclosure"]["withheld"].clone())
}

/// Whether a membership holds today, by what is told of it.
fn holds(member: &Value) -> bool {
    let day = |field: &str| {
        member[field]
            .as_str()
            .map(|day| day.parse::<NaiveDate>().expect("a date"))
    };
    let today = today().date_naive();
    day("memberFrom").expect("it is told") <= today && day("memberUntil").is_none_or(|until| until > today)
}

on_both!(of_who_has_left_or_is_yet_to_come_only_what_they_are_in_the_family_is_told);
async fn of_who_has_left_or_is_yet_to_come_only_what_they_are_in_the_family_is_told(database: &TestDatabase) {
    let app = serve(database).await;
    for (agency, told) in [("cambs-police", "NOT_A_MEMBER"), ("cambs-early-help", "WITHHELD")] {
        let partner = app.partner(agency, "practitioner", "safeguarding");
        let (members, withheld) = members(&partner, OLD).await;
        let others: Vec<&Value> = members.iter().filter(|member| !holds(member)).collect();
        assert_eq!(
            others.len(),
            3,
            "who left, who comes tomorrow, and the first time of who came back: {members:#?}"
        );
        for member in &others {
            for (field, _) in every_field() {
                let is_told = !member[field].is_null();
                // Who is yet to come has no last day.
                assert!(
                    field == "memberUntil" || is_told == TOLD.contains(&field),
                    "{field} of {member:#?}"
                );
            }
        }
        let here = members
            .iter()
            .find(|member| member["givenName"] == "Dawn")
            .expect("who came back");
        for field in [
            "familyName",
            "phone",
            "email",
            "educationSetting",
            "parentalResponsibility",
        ] {
            assert!(!here[field].is_null(), "{field}");
        }
        // Her National Insurance and tenancy numbers, and the one of the test.
        assert_eq!(here["identifiers"].as_array().map(Vec::len), Some(3));
        for entry in withheld.as_array().expect("something is withheld") {
            let field = entry["field"]
                .as_str()
                .expect("a field")
                .strip_prefix("Member.")
                .expect("of a member");
            assert!(!TOLD.contains(&field), "{field}");
            assert_eq!(
                (&entry["reason"], &entry["count"]),
                (&json!(told), &json!(3)),
                "{field}"
            );
        }
        assert_eq!(
            withheld.as_array().map(Vec::len),
            Some(every_field().len() - TOLD.len())
        );
    }
}

on_both!(nobody_is_found_by_what_they_are_now_where_they_were_once);
async fn nobody_is_found_by_what_they_are_now_where_they_were_once(database: &TestDatabase) {
    let app = serve(database).await;
    let partner = app.partner("cambs-police", "practitioner", "safeguarding");
    let found = async |filter: &str| {
        let query = format!(
            "{{ members(first: 50, filter: {{ {filter} }}) {{ totalCount nodes {{ family {{ reference }} }} }} }}"
        );
        let reply = partner.ask(&query).await;
        let nodes = reply.data()["members"]["nodes"].as_array().expect("nodes").clone();
        nodes
            .iter()
            .map(|node| node["family"]["reference"].as_str().expect("a reference").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(found("familyName: \"Ashdown\"").await, [NEW]);
    assert_eq!(found("givenName: \"Kai\"").await, [NEW]);
    assert_eq!(found("givenName: \"Lee\"").await, [""; 0], "who comes tomorrow");
    let at_school = found("educationSetting: \"Newplace Primary\"").await;
    let present = data()
        .memberships
        .iter()
        .filter(|row| {
            let today = today().date_naive();
            row.authority_id == demo::CAMBRIDGESHIRE
                && row.valid_from <= today
                && row.valid_until.is_none_or(|until| until > today)
        })
        .count();
    assert_eq!(
        at_school.len().min(50),
        present.min(50),
        "everybody goes there, once for each family of today"
    );
    // In order they stand with those whose name is not known.
    let query = "{ members(first: 100, orderBy: { field: FAMILY_NAME }) { nodes { familyName } } }";
    let reply = partner.ask(query).await;
    let names: Vec<bool> = reply.data()["members"]["nodes"]
        .as_array()
        .expect("nodes")
        .iter()
        .map(|node| node["familyName"].is_null())
        .collect();
    assert!(names.contains(&true) && names.is_sorted(), "{names:?}");
    // By id it is the same.
    let (members, _) = members(&partner, OLD).await;
    for member in members.iter().filter(|member| !holds(member)) {
        let query = format!(
            "{{ node(id: {}) {{ ... on Member {{ id givenName phone identifiers {{ value }} }} }} }}",
            member["id"]
        );
        let reply = partner.ask(&query).await;
        let told = json!({ "id": member["id"], "givenName": null, "phone": null, "identifiers": null });
        assert_eq!(reply.data()["node"], told);
    }
}

on_both!(a_number_of_who_has_left_is_not_there);
async fn a_number_of_who_has_left_is_not_there(database: &TestDatabase) {
    let app = serve(database).await;
    let partner = app.partner("cambs-police", "practitioner", "safeguarding");
    let codec = Codec::new(&[7; 32]).unwrap();
    let rows = data().local_identifiers;
    for (key, there) in [(7_000, false), (7_001, true), (7_002, false), (7_003, true)] {
        let row = rows
            .iter()
            .find(|row| row.id == Uuid::from_u128(key))
            .expect("it was added");
        let key = Key {
            kind: Kind::LocalIdentifier,
            family: row.family_id,
            row: row.id,
        };
        let id = codec.id(demo::CAMBRIDGESHIRE, key);
        let reply = partner
            .ask(&format!(
                "{{ node(id: {}) {{ ... on LocalIdentifier {{ value }} }} }}",
                json!(id)
            ))
            .await;
        let value = if there {
            json!({ "value": row.value })
        } else {
            Value::Null
        };
        assert_eq!(reply.data()["node"], value);
    }
}

on_both!(who_has_left_is_looked_up_where_they_live_by_their_present_name);
async fn who_has_left_is_looked_up_where_they_live_by_their_present_name(database: &TestDatabase) {
    let app = serve(database).await;
    let police = app.partner("cambs-police", "marker_lookup", "safeguarding");
    let mut question = person("Tyler", "Hardman");
    assert_eq!(
        ask(&police, question.clone()).await.data()["markerLookup"]["status"],
        "NOT_FOUND",
        "by the old name"
    );
    (question["givenName"], question["familyName"]) = (json!("Kai"), json!("Ashdown"));
    let found = ask(&police, question).await;
    assert_eq!(
        found.data()["markerLookup"]["marker"]["family"]["reference"],
        NEW,
        "{:#}",
        found.body
    );
    assert_eq!(
        ask(&police, person("Lee", "Sadler")).await.data()["markerLookup"]["status"],
        "NOT_FOUND",
        "who comes tomorrow"
    );
}

on_both!(what_was_said_of_who_left_stays_where_it_was_said);
async fn what_was_said_of_who_left_stays_where_it_was_said(database: &TestDatabase) {
    let app = serve(database).await;
    let partner = app.partner("cambs-police", "practitioner", "safeguarding");
    let matches = async |reference: &str| {
        let query = format!(
            "{{ family(reference: \"{reference}\") {{ criteriaMatches {{ criterion member {{ memberUntil givenName }} }} }} }}"
        );
        partner.ask(&query).await.data()["family"]["criteriaMatches"]
            .as_array()
            .expect("matches")
            .clone()
    };
    let his = json!({ "criterion": "EDUCATION", "member": { "memberUntil": today().date_naive(), "givenName": null } });
    assert!(matches(OLD).await.contains(&his));
    assert!(
        matches(NEW).await.iter().all(|one| one["criterion"] != "EDUCATION"),
        "and does not go with him"
    );
}
