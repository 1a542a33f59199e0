//! `openEmergencyAccess`.

use chrono::TimeDelta;
use serde_json::{Value, json};
use thinkfamily::{
    demo,
    records::FamilyRow,
    store::{bulk, dataset::Dataset},
};
use uuid::Uuid;

use super::{assert_done, assert_refused, change, entries, hardmans};
use crate::support::{
    app::{App, Partner, today},
    database::{TestDatabase, on_both},
};

const WHY: &str = "A neighbour rang: shouting, a child screaming, a door broken in.";

async fn open(partner: &Partner, family: &Value, why: &str) -> Value {
    let input = json!({ "familyId": family["id"], "ground": "SAFEGUARDING", "justification": why });
    change(partner, "openEmergencyAccess", "openedAt expiresAt", input).await
}

async fn sees(partner: &Partner, family: &Value) -> bool {
    let query = "query ($id: ID!) { family(id: $id) { members { givenName } } }";
    let reply = partner.ask_with(query, json!({ "id": family["id"] })).await;
    reply.data()["family"]["members"].to_string().contains("Dawn")
}

async fn it_opens_a_family_for_some_hours_to_who_opened_it(database: &TestDatabase) {
    let app = App::start(database).await;
    let family = hardmans(&app).await;
    let officer = app.partner("cambs-police", "practitioner", "safeguarding");
    let colleague = app.partner_named(
        "cambridgeshire",
        "cambs-police",
        "practitioner",
        "safeguarding",
        "colleague",
    );
    assert!(!sees(&officer, &family).await);
    let payload = open(&officer, &family, WHY).await;
    assert_done(&payload);
    assert_eq!(payload["openedAt"], "2026-06-15T12:00:00+00:00");
    assert_eq!(payload["expiresAt"], "2026-06-15T20:00:00+00:00");
    assert!(sees(&officer, &family).await);
    assert!(!sees(&colleague, &family).await, "it is the opener's own");
    let opened = entries(&app)
        .await
        .into_iter()
        .find(|entry| entry.kind.code() == "emergency")
        .expect("an entry");
    assert_eq!((opened.families.len(), opened.emergency.len()), (1, 1));
    assert!(
        opened.clauses.iter().any(|clause| clause.as_str() == "police-crime"),
        "{opened:?}"
    );
    let used = entries(&app)
        .await
        .into_iter()
        .find(|entry| !entry.people.is_empty())
        .expect("what it disclosed");
    assert_eq!(used.emergency, opened.emergency);

    app.clock.set(today() + TimeDelta::hours(2));
    let again = open(&officer, &family, WHY).await;
    assert_eq!(again, payload, "one that is open is given as it is");
    let query = "{ family(reference: \"TF-10001\") { emergencyAccesses { subject ground justification openedAt } } }";
    let shown = app.lead_professional().ask(query).await.data()["family"]["emergencyAccesses"].clone();
    assert_eq!(shown.as_array().map(Vec::len), Some(1), "{shown:#}");
    assert_eq!(shown[0]["justification"], WHY);

    app.clock.set(today() + TimeDelta::hours(8));
    assert!(!sees(&officer, &family).await);
    assert_done(&open(&officer, &family, WHY).await);
    assert!(sees(&officer, &family).await);
}
on_both!(it_opens_a_family_for_some_hours_to_who_opened_it);

async fn it_is_for_those_whom_a_clause_lets(database: &TestDatabase) {
    let app = App::start(database).await;
    let family = hardmans(&app).await;
    let query = "mutation ($input: OpenEmergencyAccessInput!) { openEmergencyAccess(input: $input) { openedAt } }";
    let asked = json!({ "input": { "familyId": family["id"], "ground": "THREAT_TO_LIFE", "justification": WHY } });
    let others = [
        app.partner("cambs-police", "practitioner", "prevention_of_crime"),
        app.partner("jcp-cambridge", "practitioner", "employment_support"),
        app.through_portal("tff-team", "cambs-police", "practitioner", "safeguarding", "officer"),
    ];
    for other in others {
        let reply = other.ask_with(query, asked.clone()).await;
        assert_eq!(reply.data()["openEmergencyAccess"], Value::Null);
        assert_eq!(
            reply.withheld("Mutation.openEmergencyAccess"),
            ["NOT_IN_AGREEMENT"],
            "{:#}",
            reply.body
        );
        let (_, sdl) = other.page("/schema.graphql").await;
        assert!(!sdl.contains("openEmergencyAccess"));
    }
    let officer = app.partner("cambs-police", "practitioner", "safeguarding");
    assert!(officer.page("/schema.graphql").await.1.contains("openEmergencyAccess"));
    assert!(entries(&app).await.iter().all(|entry| entry.kind.code() != "emergency"));
}
on_both!(it_is_for_those_whom_a_clause_lets);

async fn it_needs_a_reason_and_a_family(database: &TestDatabase) {
    let app = App::start(database).await;
    let family = hardmans(&app).await;
    let officer = app.partner("cambs-police", "practitioner", "safeguarding");
    for bad in [
        "",
        "because",
        &" ".repeat(40),
        &"x".repeat(2001),
        "a neighbour rang\u{0} about shouting",
    ] {
        assert_refused(&open(&officer, &family, bad).await, "justification", "INVALID");
    }
    assert_refused(
        &open(&officer, &family["members"][0], WHY).await,
        "familyId",
        "NOT_FOUND",
    );
    let both =
        json!({ "familyId": family["id"], "reference": "TF-10001", "ground": "SAFEGUARDING", "justification": WHY });
    let neither = json!({ "ground": "SAFEGUARDING", "justification": WHY });
    for input in [both, neither] {
        assert_refused(
            &change(&officer, "openEmergencyAccess", "openedAt", input).await,
            "familyId",
            "INVALID",
        );
    }
    assert!(!sees(&officer, &family).await);
    assert_done(&open(&officer, &family, &"x".repeat(20)).await);
}
on_both!(it_needs_a_reason_and_a_family);

/// The police's managers, for a purpose for which they have nothing but this: not the catalogues, no marker, nothing without an emergency.
const CLAUSE: &str = r#"
[agreement]
id = "EMERGENCIES"
version = 1
title = "Emergencies"
authority = "cambridgeshire"
effective_from = 2026-01-01
review_by = 2027-01-01
[[signatory]]
agency = "cambs-police"
signed_on = 2025-12-01
[[clause]]
id = "emergencies"
agency_kinds = ["police"]
roles = ["manager"]
categories = ["MARKER", "HOUSEHOLD", "IDENTITY"]
purposes = ["audit"]
access = ["read"]
scope = "involved"
consent = "required"
lawful_basis = "public_task"
emergency = true
"#;

/// Opens by whatever names the family.
async fn open_by(partner: &Partner, field: &str, value: &Value) -> Value {
    let input = json!({ field: value, "ground": "THREAT_TO_LIFE", "justification": WHY });
    let selection = "openedAt expiresAt family { id reference members { givenName } }";
    change(partner, "openEmergencyAccess", selection, input).await
}

async fn it_needs_its_clause_and_nothing_else(database: &TestDatabase) {
    let app = App::start(database).await;
    let family = hardmans(&app).await;
    app.load_agreement(CLAUSE).await;
    let manager = app.partner("cambs-police", "manager", "audit");
    let read = "query ($id: ID!) { family(id: $id) { members { givenName phone } leadProfessional { name agency { id } } plan { id } } }";
    let seen = async || manager.ask_with(read, json!({ "id": family["id"] })).await;
    assert_eq!(seen().await.data()["family"], Value::Null);
    assert_eq!(
        manager.ask("{ viewer { role } }").await.withheld("Query.viewer"),
        ["NOT_IN_AGREEMENT"],
        "not even the catalogues"
    );
    assert!(manager.page("/schema.graphql").await.1.contains("openEmergencyAccess"));

    let payload = open_by(&manager, "reference", &json!("TF-10001")).await;
    assert_done(&payload);
    assert_eq!(payload["expiresAt"], "2026-06-15T20:00:00+00:00");
    assert_eq!(payload["family"]["id"], family["id"]);
    assert_eq!(payload["family"]["reference"], "TF-10001");
    assert!(payload["family"]["members"].to_string().contains("Dawn"), "{payload:#}");
    let reply = seen().await;
    let shown = &reply.data()["family"];
    assert!(shown["members"].to_string().contains("Dawn") && shown["leadProfessional"]["name"].is_string());
    // What no clause with emergency names stays as it was.
    for member in shown["members"].as_array().expect("members") {
        assert_eq!(member["phone"], Value::Null);
    }
    assert_eq!(
        (&shown["plan"], &shown["leadProfessional"]["agency"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(reply.withheld("Member.phone"), ["NOT_IN_AGREEMENT"]);

    let again = open_by(&manager, "familyId", &family["id"]).await;
    assert_eq!(again, payload, "by its id it is the same family, and open already");
    let tries: Vec<_> = entries(&app)
        .await
        .into_iter()
        .filter(|entry| entry.kind.code() == "emergency")
        .collect();
    assert_eq!(tries.len(), 2, "each try is in the trail");
    assert!(
        tries
            .iter()
            .all(|entry| entry.emergency.len() == 1 && entry.families.len() == 1)
    );
}
on_both!(it_needs_its_clause_and_nothing_else);

async fn a_try_in_vain_is_not_found_and_an_alert(database: &TestDatabase) {
    let app = App::start(database).await;
    let family = hardmans(&app).await;
    app.load_agreement(CLAUSE).await;
    let manager = app.partner("cambs-police", "manager", "audit");
    let elsewhere = thinkfamily::demo::worked(today().date_naive());
    let elsewhere = elsewhere
        .families
        .iter()
        .find(|family| family.authority_id != thinkfamily::demo::CAMBRIDGESHIRE);
    let elsewhere = elsewhere.expect("another authority has families");
    let codec = thinkfamily::graphql::ids::Codec::new(&[7; 32]).expect("a key");
    let theirs = |authority| {
        let (kind, family, row) = (thinkfamily::graphql::ids::Kind::Family, elsewhere.id, elsewhere.id);
        json!(codec.id(authority, thinkfamily::graphql::ids::Key { kind, family, row }))
    };
    let in_vain = [
        ("reference", json!("TF-0")),
        ("reference", json!(elsewhere.reference)),
        ("familyId", family["members"][0]["id"].clone()),
        ("familyId", theirs(elsewhere.authority_id)),
        ("familyId", theirs(thinkfamily::demo::CAMBRIDGESHIRE)),
        ("familyId", json!("made-up")),
    ];
    let mut answers = Vec::new();
    for (field, value) in &in_vain {
        let payload = open_by(&manager, field, value).await;
        assert_refused(&payload, field, "NOT_FOUND");
        assert_eq!((&payload["openedAt"], &payload["family"]), (&Value::Null, &Value::Null));
        answers.push(payload.to_string().replace(field, "field"));
    }
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "all alike: {answers:?}"
    );
    let alerts: Vec<_> = entries(&app)
        .await
        .into_iter()
        .filter(|entry| entry.kind.code() == "alert")
        .collect();
    assert_eq!(alerts.len(), in_vain.len(), "each try is in the trail");
    for alert in alerts {
        assert!(alert.families.is_empty() && alert.clauses.iter().any(|clause| clause.as_str() == "emergencies"));
        assert_eq!(
            alert.subject.map(|subject| subject.as_str().to_owned()).as_deref(),
            Some("manager-of-cambs-police")
        );
    }
}
on_both!(a_try_in_vain_is_not_found_and_an_alert);

/// Adds families without anybody, with references that are written otherwise.
async fn add_families(app: &App, references: &[&str]) {
    let data = demo::worked(today().date_naive());
    let known = data.families.iter().find(|family| family.reference == "TF-10001");
    let known = known.expect("a family of the demonstration");
    let families = references.iter().enumerate().map(|(number, reference)| FamilyRow {
        id: Uuid::from_u128(700 + number as u128),
        reference: (*reference).to_owned(),
        ..known.clone()
    });
    let more = Dataset {
        families: families.collect(),
        ..Dataset::default()
    };
    let databases = app.store.databases();
    bulk::load(databases, &more, &mut |_| {}).await.expect("they load");
}

async fn a_reference_that_several_could_mean_opens_none(database: &TestDatabase) {
    let app = App::start(database).await;
    let officer = app.partner("cambs-police", "practitioner", "safeguarding");
    let coordinator = app.partner("tff-team", "coordinator", "programme_management");
    let opened = async || app.number_of("SELECT count(*) AS number FROM emergency_access").await;
    let before = opened().await;
    assert_done(&open_by(&officer, "reference", &json!("tf 10001")).await);
    add_families(&app, &["TF/10001", "tf10001"]).await;
    // As neither of the three is written: nobody says which is meant.
    for said in ["TF10001", "tf-10001", "Tf 10001"] {
        assert_refused(
            &open_by(&officer, "reference", &json!(said)).await,
            "reference",
            "NOT_FOUND",
        );
    }
    assert_eq!(opened().await, before + 1);
    let alerts = entries(&app).await;
    assert_eq!(alerts.iter().filter(|entry| entry.kind.code() == "alert").count(), 3);
    // As one of them is written, it is that one.
    for said in ["TF/10001", " tf10001 "] {
        assert_done(&open_by(&officer, "reference", &json!(said)).await);
    }
    assert_eq!(opened().await, before + 3);
    let of_three = "SELECT count(DISTINCT family_id) AS number FROM emergency_access WHERE subject = 'practitioner-of-cambs-police'";
    assert_eq!(app.number_of(of_three).await, 3);

    // Whoever can see all of them asks for one, and is given it by the same rule; a list gives all that could be meant.
    let one = async |partner: &Partner, said: &str| {
        let query = "query ($said: String!) { family(reference: $said) { reference } }";
        let reply = partner.ask_with(query, json!({ "said": said })).await;
        reply.data()["family"]["reference"].clone()
    };
    for (said, given) in [
        ("TF-10001", json!("TF-10001")),
        (" TF/10001", json!("TF/10001")),
        ("TF10001", Value::Null),
        ("tf 10001", Value::Null),
    ] {
        assert_eq!(one(&coordinator, said).await, given, "{said}");
    }
    let list = "{ families(filter: { reference: \"tf 10001\" }) { totalCount } }";
    assert_eq!(coordinator.ask(list).await.data()["families"]["totalCount"], 3);
    // Others that one may not see are as if they were not there.
    assert_eq!(one(&app.lead_professional(), "tf 10001").await, "TF-10001");
}
on_both!(a_reference_that_several_could_mean_opens_none);

async fn it_lasts_as_long_as_the_authority_says_and_its_manager_is_shown_it(database: &TestDatabase) {
    let app = App::start(database).await;
    let family = hardmans(&app).await;
    crate::feed::reader::change(
        &app.store,
        "UPDATE authority SET emergency_hours = 2 WHERE id = 1",
        vec![],
    )
    .await;
    let officer = app.partner("cambs-police", "practitioner", "safeguarding");
    assert_eq!(
        open(&officer, &family, WHY).await["expiresAt"],
        "2026-06-15T14:00:00+00:00"
    );
    let manager = app.partner("tff-team", "agreement_manager", "agreement_management");
    let reply = manager
        .ask("{ emergencyAccesses { nodes { subject justification family { reference } } } }")
        .await;
    let shown = reply.data()["emergencyAccesses"]["nodes"]
        .as_array()
        .expect("nodes")
        .clone();
    assert!(shown.contains(&json!({ "subject": "practitioner-of-cambs-police", "justification": WHY, "family": { "reference": "TF-10001" } })));
    app.clock.set(today() + TimeDelta::hours(2));
    assert!(!sees(&officer, &family).await);
}
on_both!(it_lasts_as_long_as_the_authority_says_and_its_manager_is_shown_it);
