//! What an agency itself supplied: rows that tell for good whence they came, and never people, addresses and numbers.

use serde_json::{Value, json};
use thinkfamily::{
    clock::{Clock, Ids},
    demo,
    graphql::ids::{Codec, Key, Kind},
    records::{AssessmentRow, ContactKind, ContactUrgency, WholeContactRow},
    store::{bulk, dataset::Dataset},
};
use uuid::Uuid;

use crate::support::{
    app::{App, today},
    database::{TestDatabase, on_both},
};

/// The police, and nothing but what came from them; that there are families and catalogues they may know.
const AGREEMENT: &str = r#"
[agreement]
id = "OWN"
version = 1
title = "Only one's own"
authority = "cambridgeshire"
effective_from = 2026-01-01
review_by = 2027-01-01
[[signatory]]
agency = "cambs-police"
signed_on = 2025-12-01
[[clause]]
id = "families"
agency_kinds = ["police"]
roles = ["manager"]
categories = ["MARKER", "REFERENCE"]
purposes = ["audit"]
access = ["read"]
scope = "authority"
consent = "not_required"
lawful_basis = "public_task"
[[clause]]
id = "own"
agency_kinds = ["police"]
roles = ["manager"]
categories = [
    "IDENTITY", "EQUALITY", "CONTACT", "HOUSEHOLD", "IDENTIFIER", "STATUTORY_STATUS", "CRITERION_CRIME", "CRITERION_EDUCATION", "CRITERION_WORK",
    "CRITERION_HEALTH", "CRITERION_DOMESTIC_ABUSE", "CRITERION_CHILDREN_NEEDING_HELP", "ASSESSMENT", "PLAN", "OUTCOME", "CONSENT", "INVOLVEMENT",
]
purposes = ["audit"]
access = ["read"]
scope = "own"
consent = "not_required"
lawful_basis = "public_task"
condition = "substantial_public_interest"
shielded = true
"#;

/// The demonstration, in which the police supplied every person and made an assessment beside each that is scored.
fn data() -> (Dataset, Uuid) {
    let mut data = demo::worked(today().date_naive());
    let police = data
        .agencies
        .iter()
        .find(|agency| agency.code == "cambs-police")
        .unwrap()
        .id;
    for row in data
        .memberships
        .iter_mut()
        .filter(|row| row.authority_id == demo::CAMBRIDGESHIRE)
    {
        row.source_agency_id = Some(police);
    }
    // Every scored assessment twice: one is the police's, the other stays whose it was, and each has every other score.
    let scored = |row: &&AssessmentRow| {
        let scores = data.distance_scores.iter();
        row.authority_id == demo::CAMBRIDGESHIRE && scores.filter(|score| score.assessment_id == row.id).count() > 1
    };
    let copies: Vec<(Uuid, AssessmentRow)> = data
        .assessments
        .iter()
        .filter(scored)
        .zip(1_u128..)
        .map(|(row, number)| {
            let copy = AssessmentRow {
                id: Uuid::from_u128(number),
                agency_id: police,
                ..row.clone()
            };
            (row.id, copy)
        })
        .collect();
    for (of, copy) in copies {
        let those = data
            .distance_scores
            .iter_mut()
            .filter(|score| score.assessment_id == of);
        those.step_by(2).for_each(|score| score.assessment_id = copy.id);
        data.assessments.push(copy);
    }
    (data, police)
}

async fn an_agencys_own_rows_are_assessments_scores_and_matches_and_no_people(database: &TestDatabase) {
    let (data, police) = data();
    let databases = database.open().await;
    bulk::load(&databases, &data, &mut |_| {}).await.unwrap();
    let app = App::over(databases, Clock::fixed(today()), Ids::seeded(1)).await;
    app.load_agreement(AGREEMENT).await;
    let partner = app.partner("cambs-police", "manager", "audit");

    let codec = Codec::new(&[7; 32]).unwrap();
    let id = |kind, family, row| codec.id(demo::CAMBRIDGESHIRE, Key { kind, family, row });
    let here = |authority: i32| authority == demo::CAMBRIDGESHIRE;
    let mut people = Vec::new();
    people.extend(
        data.memberships
            .iter()
            .filter(|row| here(row.authority_id))
            .map(|row| id(Kind::Member, row.family_id, row.id)),
    );
    people.extend(
        data.addresses
            .iter()
            .filter(|row| here(row.authority_id))
            .map(|row| id(Kind::Address, row.family_id, row.id)),
    );
    people.extend(
        data.local_identifiers
            .iter()
            .filter(|row| here(row.authority_id))
            .map(|row| id(Kind::LocalIdentifier, row.family_id, row.id)),
    );
    people.extend(
        data.statutory_statuses
            .iter()
            .filter(|row| here(row.authority_id))
            .map(|row| id(Kind::StatutoryStatus, row.family_id, row.id)),
    );
    assert!(people.len() > 20);
    for some in people.chunks(100) {
        let reply = partner
            .ask_with(
                "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }",
                json!({ "ids": some }),
            )
            .await;
        let found = reply.data()["nodes"].as_array().unwrap();
        assert!(found.iter().all(Value::is_null), "{}", reply.body);
    }
    let reply = partner
        .ask("{ members { totalCount } families(first: 100) { nodes { members { id } addresses { id } } } }")
        .await;
    assert_eq!(reply.data()["members"]["totalCount"], 0);
    for family in reply.data()["families"]["nodes"].as_array().unwrap() {
        assert_eq!(
            (family["members"].clone(), family["addresses"].clone()),
            (json!([]), json!([]))
        );
    }

    // A score is by its assessment: those of the police's assessments, and no other.
    let of = |assessment: Uuid| {
        data.assessments
            .iter()
            .find(|row| row.id == assessment)
            .unwrap()
            .agency_id
    };
    let (mut seen, mut unseen) = (0, 0);
    for score in data.distance_scores.iter().filter(|row| here(row.authority_id)) {
        let wanted = id(Kind::DistanceScore, score.family_id, score.id);
        let reply = partner
            .ask_with(
                "query ($id: ID!) { node(id: $id) { ... on DistanceScore { score } } }",
                json!({ "id": wanted }),
            )
            .await;
        let given = !reply.data()["node"].is_null();
        assert_eq!(given, of(score.assessment_id) == police, "{}", reply.body);
        *(if given { &mut seen } else { &mut unseen }) += 1;
    }
    assert!(seen > 0 && unseen > 0, "{seen} and {unseen}");
    let reply = partner
        .ask("{ families(first: 100) { nodes { assessments { agency { code } distanceScores { score } } } } }")
        .await;
    let families = reply.data()["families"]["nodes"].as_array().unwrap().clone();
    let assessments: Vec<Value> = families
        .iter()
        .flat_map(|family| family["assessments"].as_array().unwrap().clone())
        .collect();
    assert!(assessments.iter().all(|of| of["agency"]["code"] == "cambs-police"));
    assert!(
        assessments
            .iter()
            .any(|of| of["distanceScores"].as_array().is_some_and(|scores| !scores.is_empty()))
    );
}
on_both!(an_agencys_own_rows_are_assessments_scores_and_matches_and_no_people);

/// That an agency met the Hardmans, with a note about health.
fn contact(data: &Dataset, agency: &str, key: u128) -> WholeContactRow {
    let family = data
        .families
        .iter()
        .find(|row| row.reference == demo::HARDMAN_REFERENCE);
    let agency = data.agencies.iter().find(|row| row.code == agency);
    WholeContactRow {
        authority_id: demo::CAMBRIDGESHIRE,
        id: Uuid::from_u128(key),
        family_id: family.expect("the Hardmans").id,
        agency_id: agency.expect("an agency").id,
        subject: "somebody".to_owned(),
        kind: ContactKind::Visit,
        urgency: ContactUrgency::Routine,
        occurred_at: today(),
        note: Some(format!("Made up by {key}.")),
        note_category: Some("CRITERION_HEALTH".to_owned()),
        recorded_at: today(),
    }
}

async fn a_contact_is_its_agencys_own_and_a_note_by_its_contact_and_a_match_by_its_source(database: &TestDatabase) {
    let (mut data, _) = data();
    let contacts = [("cambs-police", 9_801), ("cambs-health", 9_802)];
    let contacts = contacts.map(|(agency, key)| contact(&data, agency, key));
    data.contacts.extend(contacts);
    let databases = database.open().await;
    bulk::load(&databases, &data, &mut |_| {}).await.unwrap();
    let app = App::over(databases, Clock::fixed(today()), Ids::seeded(1)).await;
    app.load_agreement(AGREEMENT).await;
    let partner = app.partner("cambs-police", "manager", "audit");
    let query = "{ families(first: 100) { nodes { contacts { agency { code } note { text category } } \
                 criteriaMatches { sourceAgency { code } } } } }";
    let reply = partner.ask(query).await;
    let families = reply.data()["families"]["nodes"].as_array().unwrap().clone();
    let all = |field: &str| -> Vec<Value> {
        let rows = families.iter().filter_map(|family| family[field].as_array());
        rows.flatten().cloned().collect()
    };
    let note = json!({ "text": "Made up by 9801.", "category": "CRITERION_HEALTH" });
    assert_eq!(
        all("contacts"),
        [json!({ "agency": { "code": "cambs-police" }, "note": note })],
        "their own, with its note"
    );
    let matches = all("criteriaMatches");
    assert!(!matches.is_empty());
    for one in matches {
        assert_eq!(one["sourceAgency"]["code"], "cambs-police");
    }
}
on_both!(a_contact_is_its_agencys_own_and_a_note_by_its_contact_and_a_match_by_its_source);
