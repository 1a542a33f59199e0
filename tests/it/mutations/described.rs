//! `openEmergencyAccess` by somebody who is described: from the first minute of a police officer and of a social worker.

use chrono::TimeDelta;
use serde_json::{Value, json};
use thinkfamily::{
    clock::{Clock, Ids},
    demo,
    records::MembershipRow,
    store::{bulk, dataset::Dataset},
};
use uuid::Uuid;

use super::{assert_done, assert_refused, change, entries, hardmans};
use crate::{
    feed::reader,
    last_family,
    lookups::world::{add_namesake, ask, person},
    support::{
        app::{self, App, Partner, Reply, today},
        database::{TestDatabase, on_both},
    },
};

const WHY: &str = "He has not come home for two days and is not well.";
const OPEN: &str = "mutation($input: OpenEmergencyAccessInput!) { openEmergencyAccess(input: $input) { openedAt expiresAt numberToRing \
     family { reference } families { reference members { givenName relationship memberUntil phone } } errors { field code message } } }";

fn officer(app: &App) -> Partner {
    app.partner("cambs-police", "practitioner", "safeguarding")
}

fn social_worker(app: &App) -> Partner {
    app.partner("cambs-social-care", "practitioner", "safeguarding")
}

/// The whole answer to whoever opens by a description.
async fn answer(partner: &Partner, described: &Value) -> Reply {
    let input = json!({ "person": described, "ground": "THREAT_TO_LIFE", "justification": WHY });
    partner.ask_with(OPEN, json!({ "input": input })).await
}

async fn open(partner: &Partner, described: &Value) -> Value {
    answer(partner, described).await.data()["openEmergencyAccess"].clone()
}

fn references(payload: &Value) -> Vec<&str> {
    let families = payload["families"].as_array().expect("families");
    families
        .iter()
        .map(|family| family["reference"].as_str().expect("a reference"))
        .collect()
}

/// Of how many entries of a kind the trail knows.
async fn told(app: &App, kind: &str) -> usize {
    entries(app)
        .await
        .iter()
        .filter(|entry| entry.kind.code() == kind)
        .count()
}

/// How many families were opened for that reason.
async fn opened(app: &App) -> i64 {
    let sql = format!("SELECT count(*) AS number FROM emergency_access WHERE justification = '{WHY}'");
    app.number_of(&sql).await
}

async fn write(app: &App, sql: &str) {
    reader::change(&app.store, sql, vec![]).await;
}

/// Lee leaves the Hardmans today.
async fn lee_leaves(app: &App) {
    let sql = "UPDATE membership SET valid_until = $1, end_reason = 'moved' WHERE authority_id = 1 \
               AND person_id = (SELECT id FROM person WHERE authority_id = 1 AND given_name = 'Lee' AND family_name = 'Sadler')";
    reader::change(&app.store, sql, vec![today().date_naive().into()]).await;
}

/// Somebody of the demonstration belongs to another family besides, since yesterday.
async fn joins(app: &App, given: &str, reference: &str) {
    let data = demo::worked(today().date_naive());
    let who = data
        .people
        .iter()
        .find(|row| row.given_name == given)
        .expect("somebody");
    let family = data.families.iter().find(|row| row.reference == reference);
    let membership = MembershipRow {
        id: Uuid::from_u128(901),
        family_id: family.expect("a family").id,
        person_id: who.id,
        valid_from: today().date_naive() - TimeDelta::days(1),
        valid_until: None,
        ..data.memberships[0].clone()
    };
    let more = Dataset {
        memberships: vec![membership],
        ..Dataset::default()
    };
    bulk::load(app.store.databases(), &more, &mut |_| {}).await.unwrap();
}

async fn whoever_is_described_is_opened_from_the_first_minute(database: &TestDatabase) {
    let app = App::start(database).await;
    // Nobody said yes to anybody, they are off the programme, and nobody works with them.
    write(&app, "UPDATE consent SET decision = 'refused' WHERE authority_id = 1").await;
    write(
        &app,
        "UPDATE involvement SET ended_on = started_on WHERE authority_id = 1",
    )
    .await;
    write(
        &app,
        "UPDATE family SET closed_on = attached_on WHERE authority_id = 1 AND reference = 'TF-10001'",
    )
    .await;
    for partner in [officer(&app), social_worker(&app)] {
        let payload = open(&partner, &person("Tyler", "Hardman")).await;
        assert_done(&payload);
        assert_eq!(references(&payload), ["TF-10001"]);
        assert_eq!(payload["family"]["reference"], "TF-10001");
        assert_eq!(payload["expiresAt"], "2026-06-15T20:00:00+00:00");
        assert_eq!(payload["numberToRing"], "01632 960999");
        assert!(
            payload["families"][0]["members"].to_string().contains("Dawn"),
            "{payload:#}"
        );
        let again = open(&partner, &person("Dawn", "Hardman")).await;
        assert_eq!(again["openedAt"], payload["openedAt"], "it is open already");
    }
    assert_eq!(told(&app, "emergency").await, 4, "each try is in the trail");
    assert_eq!(told(&app, "looked_up").await, 4, "and was a look-up");
    assert_eq!(told(&app, "alert").await, 0);
    // The others are shut as before.
    assert_eq!(opened(&app).await, 2);
}
on_both!(whoever_is_described_is_opened_from_the_first_minute);

async fn a_missing_man_of_no_family_opens_the_last_one(database: &TestDatabase) {
    let app = App::start(database).await;
    lee_leaves(&app).await;
    let payload = open(&officer(&app), &person("Lee", "Sadler")).await;
    assert_done(&payload);
    assert_eq!(references(&payload), ["TF-10001"]);
    let members = payload["families"][0]["members"].as_array().expect("members").clone();
    assert!(
        members.iter().any(|member| member["givenName"] == "Dawn"),
        "{payload:#}"
    );
    // Among the members of today he is not.
    assert!(members.iter().all(|member| member["givenName"] != "Lee"), "{payload:#}");
    // A number of his there is of a household that is his no longer, and finds him neither.
    let number = json!({ "identifiers": [{ "system": "NINO", "value": "QQ900102A" }] });
    let payload = open(&social_worker(&app), &number).await;
    assert_refused(&payload, "person", "NOT_FOUND");

    // Where he lives now is what is opened, once he does.
    joins(&app, "Lee", "TF-10005").await;
    let payload = open(&social_worker(&app), &person("Lee", "Sadler")).await;
    assert_eq!(references(&payload), ["TF-10005"], "{payload:#}");
}
on_both!(a_missing_man_of_no_family_opens_the_last_one);

async fn who_was_adopted_or_fled_opens_no_family_that_they_left(database: &TestDatabase) {
    let databases = database.open().await;
    let mut data = last_family::data();
    let tyler = data
        .people
        .iter_mut()
        .find(|row| row.given_name == "Tyler")
        .expect("Tyler");
    (tyler.given_name, tyler.family_name) = ("Kai".to_owned(), "Ashdown".to_owned());
    bulk::load(&databases, &data, &mut |_| {}).await.unwrap();
    let app = App::over(databases, Clock::fixed(today()), Ids::seeded(1)).await;
    for agreement in demo::worked_agreements() {
        app.load_agreement(agreement).await;
    }
    let mut adopted = person("Tyler", "Hardman");
    (adopted["givenName"], adopted["familyName"]) = (json!("Kai"), json!("Ashdown"));
    let in_vain = answer(&officer(&app), &nobody()).await;
    for described in [adopted, person("Dawn", "Hardman"), person("Alfie", "Hardman")] {
        let reply = answer(&officer(&app), &described).await;
        assert_eq!(reply.bytes, in_vain.bytes, "{described}: {:#}", reply.body);
    }
    assert_eq!(opened(&app).await, 0);
    assert_eq!(told(&app, "alert").await, 4, "each try is an alert");
    // A child who moved opens it, and so does whoever comes to a father who died.
    for (given, family) in [("Megan", "Hardman"), ("Lee", "Sadler")] {
        let payload = open(&officer(&app), &person(given, family)).await;
        assert_done(&payload);
        assert_eq!(references(&payload), ["TF-10001"]);
    }
    // By a marker nobody is found who is in no family, whatever is recorded of their death.
    let looker = app.partner("cambs-police", "marker_lookup", "safeguarding");
    for (given, family) in [("Megan", "Hardman"), ("Lee", "Sadler")] {
        let reply = ask(&looker, person(given, family)).await;
        assert_eq!(reply.data()["markerLookup"]["status"], "NOT_FOUND", "{given}");
    }
}
on_both!(who_was_adopted_or_fled_opens_no_family_that_they_left);

async fn of_several_families_each_is_opened(database: &TestDatabase) {
    let app = App::start(database).await;
    joins(&app, "Tyler", "TF-10005").await;
    let payload = open(&officer(&app), &person("Tyler", "Hardman")).await;
    assert_done(&payload);
    assert_eq!(
        references(&payload),
        ["TF-10005", "TF-10001"],
        "first that he joined last"
    );
    assert_eq!(payload["family"]["reference"], "TF-10005");
    assert_eq!(opened(&app).await, 2);
    assert_eq!(told(&app, "emergency").await, 2, "each is in the trail");
}
on_both!(of_several_families_each_is_opened);

/// Nobody of that name, who is not there.
fn nobody() -> Value {
    json!({ "givenName": "Otto", "familyName": "Quillfeather", "dateOfBirth": "1990-05-17" })
}

async fn who_is_in_doubt_or_at_risk_is_as_who_is_not_there(database: &TestDatabase) {
    let app = App::start(database).await;
    let family = hardmans(&app).await;
    let officer = officer(&app);
    let in_vain = answer(&officer, &nobody()).await;
    assert_refused(&in_vain.data()["openEmergencyAccess"], "person", "NOT_FOUND");
    assert_eq!(in_vain.data()["openEmergencyAccess"]["numberToRing"], "01632 960999");
    add_namesake(&app, ("Tyler", "Hardman"), "TF-10005").await;
    write(
        &app,
        "UPDATE person SET shielded = TRUE WHERE authority_id = 1 AND given_name = 'Dawn'",
    )
    .await;
    for described in [person("Tyler", "Hardman"), person("Dawn", "Hardman")] {
        let reply = answer(&officer, &described).await;
        assert_eq!(reply.bytes, in_vain.bytes, "{:#}", reply.body);
    }
    assert_eq!(told(&app, "alert").await, 3, "each try is an alert");
    let of_lookups = entries(&app).await;
    let of_lookups = of_lookups.iter().filter(|entry| entry.kind.code() == "looked_up");
    assert!(of_lookups.clone().count() == 3 && of_lookups.clone().all(|entry| entry.lookups.not_found == 1));

    // Their family is opened by its reference, or by a child. What is shielded stays so, and whom to ring is told beside it.
    let worker = social_worker(&app);
    let query = "query($id: ID!) { family(id: $id) { addresses { line1 } members { givenName phone } } }";
    let input = json!({ "reference": "TF-10001", "ground": "SAFEGUARDING", "justification": WHY });
    let payload = change(&worker, "openEmergencyAccess", "openedAt", input).await;
    assert_done(&payload);
    let reply = worker.ask_with(query, json!({ "id": family["id"] })).await;
    let members = reply.data()["family"]["members"].as_array().unwrap().clone();
    let dawn = members
        .iter()
        .find(|member| member["givenName"] == "Dawn")
        .expect("she is seen");
    assert_eq!(dawn["phone"], Value::Null);
    let told = reply.body["extensions"]["disclosure"]["withheld"].as_array().unwrap();
    let shielded: Vec<&Value> = told.iter().filter(|entry| entry["reason"] == "SHIELDED").collect();
    assert!(!shielded.is_empty(), "{:#}", reply.body);
    for entry in shielded {
        assert_eq!(entry["numberToRing"], "01632 960999", "{entry:#}");
    }
    // Without an emergency nobody is told a number.
    let lead = app
        .lead_professional()
        .ask_with(query, json!({ "id": family["id"] }))
        .await;
    assert!(!lead.body.to_string().contains("numberToRing"), "{:#}", lead.body);
}
on_both!(who_is_in_doubt_or_at_risk_is_as_who_is_not_there);

/// What reaches people at risk says so, and then finds them.
const REACHING: &str = r#"
[agreement]
id = "REACHING"
version = 1
title = "Emergencies that reach people at risk"
authority = "cambridgeshire"
effective_from = 2026-01-01
review_by = 2027-01-01
[[signatory]]
agency = "cambs-police"
signed_on = 2025-12-01
[[clause]]
id = "reaching"
agency_kinds = ["police"]
roles = ["manager"]
categories = ["MARKER", "HOUSEHOLD", "IDENTITY", "CONTACT"]
purposes = ["audit"]
access = ["read"]
scope = "involved"
consent = "required"
lawful_basis = "public_task"
shielded = true
emergency = true
"#;

async fn a_clause_that_reaches_people_at_risk_finds_them(database: &TestDatabase) {
    let app = App::start(database).await;
    app.load_agreement(REACHING).await;
    write(
        &app,
        "UPDATE person SET shielded = TRUE WHERE authority_id = 1 AND given_name = 'Dawn'",
    )
    .await;
    let manager = app.partner("cambs-police", "manager", "audit");
    let payload = open(&manager, &person("Dawn", "Hardman")).await;
    assert_done(&payload);
    assert!(payload["families"].to_string().contains("07700 900101"), "{payload:#}");
}
on_both!(a_clause_that_reaches_people_at_risk_finds_them);

async fn a_description_says_enough(database: &TestDatabase) {
    let app = App::start(database).await;
    let officer = officer(&app);
    let payload = open(&officer, &json!({ "familyName": "Hardman" })).await;
    let errors = payload["errors"].as_array().expect("errors");
    assert!(
        errors
            .iter()
            .all(|error| error["field"].as_str().unwrap().starts_with("person.") && error["code"] == "INVALID"),
        "{payload:#}"
    );
    assert_eq!(errors.len(), 1);
    let both = json!({ "person": nobody(), "reference": "TF-10001", "ground": "SAFEGUARDING", "justification": WHY });
    let payload = change(&officer, "openEmergencyAccess", "openedAt", both).await;
    assert_refused(&payload, "familyId", "INVALID");
    assert_eq!(told(&app, "alert").await + told(&app, "looked_up").await, 0);
}
on_both!(a_description_says_enough);

/// A server on which a client may ask about that many people.
async fn asked_at_most(database: &TestDatabase, budget: i32) -> App {
    let databases = database.open().await;
    bulk::load(&databases, &demo::worked(today().date_naive()), &mut |_| {})
        .await
        .unwrap();
    let mut settings = app::lookups();
    settings.budget = budget;
    let app = App::over_with(databases, Clock::fixed(today()), Ids::seeded(1), settings).await;
    for agreement in demo::worked_agreements() {
        app.load_agreement(agreement).await;
    }
    app
}

async fn a_description_counts_as_a_look_up(database: &TestDatabase) {
    let app = asked_at_most(database, 2).await;
    let officer = officer(&app);
    let numbered = |number: i32| json!({ "givenName": format!("Otto-{number}"), "familyName": "Quillfeather", "dateOfBirth": "1990-05-17" });
    assert_refused(&open(&officer, &numbered(1)).await, "person", "NOT_FOUND");
    let looker = app.partner("cambs-police", "marker_lookup", "safeguarding");
    ask(&looker, numbered(2)).await.data();
    let refused = answer(&officer, &person("Tyler", "Hardman")).await;
    assert_eq!(
        (refused.status, refused.code()),
        (429, "TOO_MANY_REQUESTS"),
        "{:#}",
        refused.body
    );
    // By its reference the family is opened: that asks about nobody.
    let input = json!({ "reference": "TF-10001", "ground": "SAFEGUARDING", "justification": WHY });
    assert_done(&change(&officer, "openEmergencyAccess", "openedAt", input).await);
}
on_both!(a_description_counts_as_a_look_up);

async fn who_tries_birthdays_is_stopped(database: &TestDatabase) {
    let app = App::start(database).await;
    let officer = officer(&app);
    let mut answered = 0;
    for day in 1..=24 {
        let born = format!("1980-03-{day:02}");
        let payload = open(
            &officer,
            &json!({ "givenName": "Dawn", "familyName": "Hardman", "dateOfBirth": born }),
        )
        .await;
        if payload["errors"][0]["code"] == "NOT_FOUND" {
            answered += 1;
        } else {
            assert_eq!(payload["errors"][0]["code"], "TOO_MANY_REQUESTS", "{payload:#}");
        }
    }
    assert!((2..=16).contains(&answered), "{answered} answers");
    // As those of a look-up: the right one comes too late.
    let payload = open(&officer, &person("Dawn", "Hardman")).await;
    assert_eq!(payload["errors"][0]["code"], "TOO_MANY_REQUESTS", "{payload:#}");
    assert_eq!(opened(&app).await, 0);
}
on_both!(who_tries_birthdays_is_stopped);
