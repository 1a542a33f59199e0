//! The mother who fled, and whose telephone the child has: what one household recorded of somebody is seen in that household alone, whichever way it is asked for.

use std::collections::BTreeSet;

use chrono::Days;
use serde_json::{Value, json};
use thinkfamily::{
    clock::{Clock, Ids},
    demo,
    records::{IdentifierSystem, LocalIdentifierRow},
    store::{bulk, dataset::Dataset},
};
use uuid::Uuid;

use crate::{
    former::{AGREEMENT, CLAUSE},
    lookups::world::{ask, membership, person},
    support::{
        app::{App, Partner, today},
        database::{TestDatabase, on_both},
    },
};

const OLD: &str = "TF-10001";
const NEW: &str = "TF-10005";
/// What the new household recorded.
const NEW_ONES: [&str; 6] = [
    "07700 900555",
    "fled@new.example",
    "Refuge School",
    "night shifts",
    "PR-NEW-55",
    "TF-10005",
];
/// What the old household recorded, and still has of a child who lives in both.
const OLD_PHONE: &str = "07700 900111";

/// The demonstration, in which Dawn and Megan left for another family yesterday, and Tyler lives in both.
fn data() -> Dataset {
    let mut data = demo::worked(today().date_naive());
    let named = |data: &Dataset, reference: &str| {
        let mut found = data.families.iter().filter(|row| row.reference == reference);
        found.next().expect("a family of the demonstration").clone()
    };
    let (old, new) = (named(&data, OLD), named(&data, NEW));
    let yesterday = today().date_naive() - Days::new(1);
    for (given, left, key) in [("Dawn", true, 1), ("Megan", true, 2), ("Tyler", false, 3)] {
        let of = data
            .people
            .iter()
            .find(|row| row.given_name == given)
            .expect("a member")
            .id;
        for row in data.memberships.iter_mut().filter(|row| row.person_id == of) {
            row.phone = Some(OLD_PHONE.to_owned());
            row.valid_until = left.then_some(yesterday);
        }
        let mut joined = membership(&new, of, 5_000 + key);
        joined.phone = Some(NEW_ONES[0].to_owned());
        joined.email = Some(NEW_ONES[1].to_owned());
        joined.education_setting = Some(NEW_ONES[2].to_owned());
        joined.employment_status = Some(NEW_ONES[3].to_owned());
        data.memberships.push(joined);
        if given == "Tyler" {
            data.local_identifiers.push(LocalIdentifierRow {
                authority_id: new.authority_id,
                id: Uuid::from_u128(6_000),
                family_id: new.id,
                person_id: of,
                system: IdentifierSystem::PoliceReference,
                value: NEW_ONES[4].to_owned(),
            });
        }
    }
    // The police work with the father's family and with no other, early help with the mother's.
    let agency = |code: &str| data.agencies.iter().find(|row| row.code == code).expect("an agency").id;
    let (police, early_help) = (agency("cambs-police"), agency("cambs-early-help"));
    let like = data.involvements[0].clone();
    data.involvements
        .retain(|row| ![police, early_help].contains(&row.agency_id));
    for (key, agency_id, family_id) in [(1, police, old.id), (2, early_help, new.id)] {
        let mut row = like.clone();
        (row.id, row.agency_id, row.family_id) = (Uuid::from_u128(7_000 + key), agency_id, family_id);
        (row.authority_id, row.started_on, row.ended_on) = (old.authority_id, yesterday, None);
        data.involvements.push(row);
    }
    data
}

async fn serve(database: &TestDatabase) -> App {
    let databases = database.open().await;
    bulk::load(&databases, &data(), &mut |_| {}).await.unwrap();
    let app = App::over(databases, Clock::fixed(today()), Ids::seeded(1)).await;
    // What is about nobody is of no family that anybody could work with.
    let clause = |kind: &str| {
        let all = CLAUSE.replace("KIND", kind).replace("EXPLAINED", "true");
        let of_families = all
            .replace("\"authority\"", "\"involved\"")
            .replace("\"REFERENCE\", ", "");
        let of_nobody = all.replace(&format!("id = \"{kind}\""), &format!("id = \"{kind}-reference\""));
        let (before, after) = of_nobody.split_once("categories = [").expect("it names categories");
        let (_, after) = after.split_once(']').expect("the list ends");
        format!("{of_families}{before}categories = [\"REFERENCE\"]{after}")
    };
    app.load_agreement(&format!("{AGREEMENT}{}{}", clause("police"), clause("early_help")))
        .await;
    app
}

const MEMBER: &str = "id givenName phone email educationSetting employmentStatus memberFrom memberUntil identifiers { system value } family { reference }";

/// Everything that a partner can ask about the people of their families, and of whom they look up.
async fn everything(partner: &Partner) -> Vec<(String, String)> {
    let mut questions = vec![
        format!("{{ members(first: 50) {{ totalCount nodes {{ {MEMBER} }} }} }}"),
        format!("{{ families(first: 50) {{ nodes {{ members(includeFormer: true) {{ {MEMBER} }} }} }} }}"),
        "{ markerChanges(first: 50) { nodes { kind marker { id leadProfessional { name phone } family { reference } } } } }".to_owned(),
        "{ contacts(first: 50) { nodes { id kind } } }".to_owned(),
    ];
    for order in ["FAMILY_NAME", "GIVEN_NAME", "DATE_OF_BIRTH"] {
        questions.push(format!(
            "{{ members(first: 50, orderBy: {{ field: {order} }}) {{ nodes {{ {MEMBER} }} }} }}"
        ));
    }
    for filter in [
        "educationSetting: \"Refuge School\"",
        "employmentStatus: \"night shifts\"",
    ] {
        questions.push(format!(
            "{{ members(first: 50, filter: {{ {filter} }}) {{ totalCount nodes {{ {MEMBER} }} }} }}"
        ));
    }
    let first = partner.ask(&questions[1]).await;
    let families = first.data()["families"]["nodes"].as_array().expect("nodes").clone();
    for member in families
        .iter()
        .flat_map(|family| family["members"].as_array().expect("members"))
    {
        questions.push(format!(
            "{{ node(id: {}) {{ ... on Member {{ {MEMBER} }} }} }}",
            member["id"]
        ));
    }
    let mut told = Vec::new();
    for question in questions {
        let reply = partner.ask(&question).await;
        told.push((question, reply.body["data"].to_string()));
    }
    told
}

on_both!(what_the_new_household_recorded_is_seen_in_it_alone);
async fn what_the_new_household_recorded_is_seen_in_it_alone(database: &TestDatabase) {
    let app = serve(database).await;
    let [fathers, mothers] =
        ["cambs-police", "cambs-early-help"].map(|agency| app.partner(agency, "practitioner", "safeguarding"));
    let (of_old, of_new) = (everything(&fathers).await, everything(&mothers).await);
    for one in NEW_ONES {
        let leak = of_old.iter().find(|(_, told)| told.contains(one));
        assert_eq!(leak, None, "{one}");
        assert!(
            of_new.iter().any(|(_, told)| told.contains(one)),
            "{one} is seen where it was recorded"
        );
    }
    assert!(
        of_old.iter().any(|(_, told)| told.contains(OLD_PHONE)),
        "what it recorded itself is seen"
    );
    assert_eq!(of_new.iter().find(|(_, told)| told.contains(OLD_PHONE)), None);
    for (agency, counted) in [(&of_old, json!(0)), (&of_new, json!(3))] {
        let (_, told) = agency
            .iter()
            .find(|(question, _)| question.contains("Refuge School"))
            .expect("asked");
        let told: Value = serde_json::from_str(told).expect("JSON");
        assert_eq!(told["members"]["totalCount"], counted);
    }
    // Nothing that both are told of Tyler is the same but what he is: no id of his, and none of what hangs on him.
    let (here, there) = (ids_of_tyler(&fathers, OLD).await, ids_of_tyler(&mothers, NEW).await);
    assert!(
        !here.is_empty() && !there.is_empty() && here.is_disjoint(&there),
        "{here:?} {there:?}"
    );
    // Who is given an id of the other household is told nothing by it.
    for other in &there {
        let reply = fathers.ask(&format!("{{ node(id: \"{other}\") {{ id }} }}")).await;
        assert_eq!(reply.data()["node"], Value::Null);
    }
}

/// The ids of Tyler in a household, and of what hangs on him.
async fn ids_of_tyler(partner: &Partner, reference: &str) -> BTreeSet<String> {
    let query = format!(
        "{{ family(reference: \"{reference}\") {{ id members {{ \
         id givenName consents {{ id }} criteriaMatches {{ id }} identifiers {{ id }} }} }} }}"
    );
    let reply = partner.ask(&query).await;
    let members = reply.data()["family"]["members"].as_array().expect("members").clone();
    let tyler = members.into_iter().find(|one| one["givenName"] == "Tyler");
    let told = tyler.expect("he lives there").to_string();
    told.split('"')
        .filter(|text| text.len() > 20)
        .map(str::to_owned)
        .collect()
}

on_both!(nor_is_it_found_out_by_looking_somebody_up);
async fn nor_is_it_found_out_by_looking_somebody_up(database: &TestDatabase) {
    let app = serve(database).await;
    let fathers = app.partner("cambs-police", "marker_lookup", "safeguarding");
    // Dawn is nobody to those who may not know of her new family; of Tyler they learn of the old one alone.
    let dawn = ask(&fathers, person("Dawn", "Hardman")).await;
    assert_eq!(dawn.data()["markerLookup"]["status"], "NOT_FOUND");
    let tyler = ask(&fathers, person("Tyler", "Hardman")).await;
    let told = &tyler.data()["markerLookup"];
    assert_eq!(told["marker"]["family"]["reference"], OLD);
    // A number that the new household recorded is to them as one that nobody has.
    let with = |value: &str| {
        let mut question = person("Tyler", "Hardman");
        question["identifiers"] = json!([{ "system": "POLICE_REFERENCE", "value": value }]);
        question
    };
    let [theirs, nobodys] = [
        ask(&fathers, with(NEW_ONES[4])).await,
        ask(&fathers, with("PR-NO-ONE")).await,
    ];
    assert_eq!(theirs.data(), nobodys.data());
}
