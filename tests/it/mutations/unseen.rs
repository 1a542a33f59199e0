//! `recordConsentByReference`: whoever records a decision of somebody whom they may not see is told the same, whoever there is.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use thinkfamily::audit::Entry;

use super::{assert_refused, entries};
use crate::{
    feed::reader,
    lookups::world::person,
    support::{
        app::{App, Partner, Reply},
        client::Client,
        database::{TestDatabase, on_both},
    },
};

/// Who works with a family writes what was decided, and reads of nobody anything.
const UNSEEN: &str = r#"
[agreement]
id = "UNSEEN"
version = 1
title = "Decisions recorded unseen"
authority = "cambridgeshire"
effective_from = 2026-01-01
review_by = 2027-01-01
[[signatory]]
agency = "fenbrook-school"
signed_on = 2025-12-01
[[signatory]]
agency = "tff-team"
signed_on = 2025-12-01
[[clause]]
id = "writes"
agency_kinds = ["school"]
roles = ["manager"]
categories = ["CONSENT"]
purposes = ["audit"]
access = ["write"]
scope = "involved"
consent = "not_required"
lawful_basis = "public_task"
[[clause]]
id = "writes-everywhere"
agency_kinds = ["tff_team"]
roles = ["manager"]
categories = ["CONSENT"]
purposes = ["audit"]
access = ["write"]
scope = "authority"
consent = "not_required"
lawful_basis = "public_task"
"#;

const RECORD: &str = "mutation($input: RecordConsentByReferenceInput!) { recordConsentByReference(input: $input) { \
     receipt errors { field code message } } }";

/// A school that works with the Hardmans and not with the Hunts.
async fn school(app: &App) -> Partner {
    app.load_agreement(UNSEEN).await;
    app.partner("fenbrook-school", "manager", "audit")
}

fn input(reference: &str, person: &Value) -> Value {
    json!({
        "reference": reference, "person": person, "categories": ["IDENTITY", "HOUSEHOLD"], "agencyKinds": ["SCHOOL"], "decision": "REFUSED",
    })
}

async fn record(partner: &Partner, input: &Value) -> Reply {
    partner.ask_with(RECORD, json!({ "input": input })).await
}

#[track_caller]
fn assert_recorded(reply: &Reply) {
    let payload = &reply.data()["recordConsentByReference"];
    assert_eq!(payload["receipt"], "RECORDED", "{:#}", reply.body);
    assert_eq!(payload["errors"], json!([]));
}

fn nobody() -> Value {
    json!({ "givenName": "Otto", "familyName": "Quillfeather", "dateOfBirth": "1990-05-17" })
}

/// Of how many decisions the table knows.
async fn kept(app: &App) -> i64 {
    app.number_of("SELECT count(*) AS number FROM consent").await
}

/// The entries of a kind, newest first.
async fn of_kind(app: &App, kind: &str) -> Vec<Entry> {
    let mut all = entries(app).await;
    all.retain(|entry| entry.kind.code() == kind);
    all
}

async fn whoever_there_is_the_answer_is_the_same(database: &TestDatabase) {
    let app = App::start(database).await;
    let school = school(&app).await;
    let stranger = app.partner("tff-team", "manager", "audit");
    let dawn = person("Dawn", "Hardman");
    let before = kept(&app).await;
    let recorded = record(&school, &input("tf-10001", &dawn)).await;
    assert_recorded(&recorded);
    assert_eq!(kept(&app).await, before + 2, "one for each category");
    let [entry] = of_kind(&app, "consent").await.try_into().expect("one entry");
    assert_eq!((entry.families.len(), entry.people.len()), (1, 1));
    assert_eq!((entry.consents.len(), entry.reason), (1, None));

    let mut seen = BTreeSet::new();
    for (who, reference, described) in [
        (&school, "TF-10001", nobody()),
        (&school, "TF-99999", dawn.clone()),
        // A family that the school does not work with, and somebody of it in one that it does.
        (&school, "TF-10005", person("Kayleigh", "Hunt")),
        (&school, "TF-10001", person("Kayleigh", "Hunt")),
        // Whose clause is for any family, and who works with none.
        (&stranger, "TF-10001", dawn.clone()),
    ] {
        // A question that was asked before is counted otherwise than a new one, whoever there is.
        record(who, &input(reference, &described)).await;
        let sent = app.store.statements_sent();
        let reply = record(who, &input(reference, &described)).await;
        let sent = app.store.statements_sent() - sent;
        assert_eq!(reply.bytes, recorded.bytes, "{reference}: {:#}", reply.body);
        let newest = of_kind(&app, "consent").await.swap_remove(0);
        assert_eq!(newest.categories, entry.categories);
        assert!(newest.families.is_empty() && newest.people.is_empty() && newest.consents.is_empty());
        assert_eq!(
            newest.reason.as_ref().map(thinkfamily::audit::Code::as_str),
            Some("NOT_FOUND")
        );
        seen.insert((sent, newest.awaits));
    }
    assert_eq!(
        seen.len(),
        1,
        "the same is read, and the trail has the same of each: {seen:?}"
    );
    assert_eq!(kept(&app).await, before + 2, "nothing of any of them");
    assert_eq!(of_kind(&app, "consent").await.len(), 11);
    assert!(of_kind(&app, "looked_up").await.is_empty() && of_kind(&app, "alert").await.is_empty());
}
on_both!(whoever_there_is_the_answer_is_the_same);

async fn a_receipt_says_the_same_too(database: &TestDatabase) {
    let app = App::start(database).await;
    let school = school(&app).await;
    let receipt = async |reference: &str| {
        let body = json!({ "query": RECORD, "variables": { "input": input(reference, &person("Dawn", "Hardman")) } });
        let client = Client::new(&school.url, &school.token);
        let answer = client
            .send(&[("x-receipt", "true")], body.to_string())
            .await
            .expect("an answer");
        let signed = answer.json()["extensions"]["receipt"]["signed"]
            .as_str()
            .expect("a receipt")
            .to_owned();
        let mut said: Value = serde_json::from_str(&signed).expect("JSON");
        for own in ["request_id", "recorded"] {
            said[own] = Value::Null;
        }
        said
    };
    let there = receipt("TF-10001").await;
    assert_eq!(there["given"]["changed"], json!(["CONSENT"]));
    assert_eq!(receipt("TF-99999").await, there);
}
on_both!(a_receipt_says_the_same_too);

async fn what_was_recorded_counts_at_once(database: &TestDatabase) {
    let app = App::start(database).await;
    let school = school(&app).await;
    let teacher = app.partner("fenbrook-school", "practitioner", "education_support");
    let names = async || {
        teacher
            .ask("{ members { nodes { givenName } } }")
            .await
            .data()
            .to_string()
    };
    assert!(names().await.contains("Dawn") && names().await.contains("Tyler"));
    // Tyler is 12: his mother says no for him, and for herself nothing.
    let mut of_tyler = input("TF-10001", &person("Tyler", "Hardman"));
    of_tyler["decidedBy"] = person("Dawn", "Hardman");
    assert_recorded(&record(&school, &of_tyler).await);
    assert!(
        names().await.contains("Dawn") && !names().await.contains("Tyler"),
        "{}",
        names().await
    );
    // What he said of himself is kept, and passed over.
    let mut by_himself = input("TF-10001", &person("Dawn", "Hardman"));
    by_himself["decidedBy"] = person("Tyler", "Hardman");
    assert_recorded(&record(&school, &by_himself).await);
    assert!(names().await.contains("Dawn"), "{}", names().await);
    assert_recorded(&record(&school, &input("TF-10001", &person("Dawn", "Hardman"))).await);
    assert!(!names().await.contains("Dawn"), "{}", names().await);
    // Whoever decided must be of the family as well.
    let before = kept(&app).await;
    of_tyler["decidedBy"] = nobody();
    assert_recorded(&record(&school, &of_tyler).await);
    assert_eq!(kept(&app).await, before);
}
on_both!(what_was_recorded_counts_at_once);

async fn who_leads_may_and_who_no_longer_works_with_them_may_not(database: &TestDatabase) {
    let app = App::start(database).await;
    let school = school(&app).await;
    let dawn = input("TF-10001", &person("Dawn", "Hardman"));
    let before = kept(&app).await;
    assert_recorded(&record(&app.lead_professional(), &dawn).await);
    assert_eq!(kept(&app).await, before + 2, "the Lead Professional");
    let coordinator = app.partner("tff-team", "coordinator", "programme_management");
    assert_recorded(&record(&coordinator, &dawn).await);
    assert_eq!(
        kept(&app).await,
        before + 2,
        "who may write anywhere and works with nobody"
    );
    // Who has left belongs to the family no more.
    let sql = "UPDATE membership SET valid_until = '2026-06-15' WHERE authority_id = 1 \
               AND person_id = (SELECT id FROM person WHERE authority_id = 1 AND given_name = 'Lee' AND family_name = 'Sadler')";
    reader::change(&app.store, sql, vec![]).await;
    assert_recorded(&record(&school, &input("TF-10001", &person("Lee", "Sadler"))).await);
    assert_eq!(kept(&app).await, before + 2, "who has left");
    let sql = "UPDATE involvement SET ended_on = '2026-06-15' WHERE authority_id = 1";
    reader::change(&app.store, sql, vec![]).await;
    assert_recorded(&record(&school, &dawn).await);
    assert_eq!(kept(&app).await, before + 2, "whose involvement has ended");
}
on_both!(who_leads_may_and_who_no_longer_works_with_them_may_not);

async fn whoever_is_at_risk_is_recorded_and_two_of_a_name_are_not(database: &TestDatabase) {
    let app = App::start(database).await;
    let school = school(&app).await;
    let sql = "UPDATE person SET shielded = TRUE WHERE authority_id = 1 AND given_name = 'Dawn'";
    reader::change(&app.store, sql, vec![]).await;
    let before = kept(&app).await;
    assert_recorded(&record(&school, &input("TF-10001", &person("Dawn", "Hardman"))).await);
    assert_eq!(
        kept(&app).await,
        before + 2,
        "who is asked is told nothing of where she is"
    );
    let sql = "UPDATE person SET given_name = 'Dawn', family_name = 'Hardman', sex = 'female', \
               date_of_birth = (SELECT date_of_birth FROM person WHERE authority_id = 1 AND given_name = 'Dawn') \
               WHERE authority_id = 1 AND given_name = 'Megan'";
    reader::change(&app.store, sql, vec![]).await;
    let sql = "INSERT INTO person_key (authority_id, person_id, key, by_place) SELECT k.authority_id, p.id, k.key, k.by_place FROM person_key k \
               JOIN person p ON p.authority_id = 1 AND p.given_name = 'Dawn' WHERE k.authority_id = 1 AND k.person_id IN \
               (SELECT id FROM person WHERE authority_id = 1 AND given_name = 'Dawn') \
               AND NOT EXISTS (SELECT 1 FROM person_key o WHERE o.authority_id = 1 AND o.person_id = p.id AND o.key = k.key)";
    reader::change(&app.store, sql, vec![]).await;
    assert_recorded(&record(&school, &input("TF-10001", &person("Dawn", "Hardman"))).await);
    assert_eq!(kept(&app).await, before + 2, "it is not clear who is meant");
}
on_both!(whoever_is_at_risk_is_recorded_and_two_of_a_name_are_not);

async fn errors_are_of_the_input_alone(database: &TestDatabase) {
    let app = App::start(database).await;
    let school = school(&app).await;
    let dawn = person("Dawn", "Hardman");
    for (field, value, told) in [
        ("reference", json!(" "), "reference"),
        ("person", json!({ "familyName": "Hardman" }), "person.dateOfBirth"),
        (
            "decidedBy",
            json!({ "dateOfBirth": "2126-01-01" }),
            "decidedBy.dateOfBirth",
        ),
        ("categories", json!([]), "categories"),
        ("agencyKinds", json!([]), "agencyKinds"),
        ("purposes", json!(["safeguarding"]), "purposes"),
        ("expiresOn", json!("2026-06-14"), "expiresOn"),
    ] {
        let mut answers = BTreeSet::new();
        for reference in ["TF-10001", "TF-99999"] {
            let mut input = input(reference, &dawn);
            input[field] = value.clone();
            let reply = record(&school, &input).await;
            let payload = &reply.data()["recordConsentByReference"];
            assert_eq!(payload["receipt"], Value::Null, "{field}");
            assert_eq!(payload["errors"][0]["field"], told, "{:#}", reply.body);
            answers.insert(reply.bytes);
        }
        assert_eq!(answers.len(), 1, "{field}");
    }
    let mut both = input("TF-10001", &dawn);
    (both["decidedBy"], both["asProfessional"]) = (dawn.clone(), json!(true));
    let reply = record(&school, &both).await;
    assert_refused(&reply.data()["recordConsentByReference"], "decidedBy", "INVALID");
    assert!(of_kind(&app, "consent").await.is_empty());
}
on_both!(errors_are_of_the_input_alone);

async fn a_key_keeps_the_same_of_both(database: &TestDatabase) {
    let app = App::start(database).await;
    let school = school(&app).await;
    for reference in ["TF-10001", "TF-99999"] {
        let mut asked = input(reference, &person("Dawn", "Hardman"));
        asked["idempotencyKey"] = json!(format!("key-{reference}"));
        let first = record(&school, &asked).await;
        let rows = kept(&app).await;
        let again = record(&school, &asked).await;
        assert_recorded(&first);
        assert_eq!((again.bytes, kept(&app).await), (first.bytes, rows));
    }
    let different = app
        .number_of("SELECT count(DISTINCT response) AS number FROM idempotency WHERE key LIKE 'key-%'")
        .await;
    assert_eq!(different, 1, "what is kept tells them apart as little");
}
on_both!(a_key_keeps_the_same_of_both);

async fn who_works_with_them_may_whatever_their_clauses_are_for(database: &TestDatabase) {
    let app = App::start(database).await;
    // The coordinator's clauses are for any family; their agency works with the Hardmans.
    let works = "INSERT INTO involvement (authority_id, id, family_id, agency_id, contact_name, started_on) \
                 SELECT f.authority_id, a.id, f.id, a.id, 'Sam Fox', '2026-01-01' FROM family f \
                 JOIN agency a ON a.authority_id = f.authority_id AND a.code = 'tff-team' \
                 WHERE f.authority_id = 1 AND f.reference = 'TF-10001' AND NOT EXISTS (SELECT 1 FROM involvement i \
                 WHERE i.authority_id = 1 AND i.family_id = f.id AND i.agency_id = a.id)";
    reader::change(&app.store, works, vec![]).await;
    let before = kept(&app).await;
    let coordinator = app.partner("tff-team", "coordinator", "programme_management");
    assert_recorded(&record(&coordinator, &input("TF-10001", &person("Dawn", "Hardman"))).await);
    assert_eq!(kept(&app).await, before + 2, "their agency works with them");
}
on_both!(who_works_with_them_may_whatever_their_clauses_are_for);

async fn whoever_tries_values_is_stopped_whoever_there_is(database: &TestDatabase) {
    let app = App::start(database).await;
    let school = school(&app).await;
    for (number, family_name) in ["Hardman", "Quillfeather"].into_iter().enumerate() {
        let mut day = 1;
        loop {
            assert!(day < 29, "nothing stops it");
            let born = format!("1990-01-{day:02}");
            let who = json!({ "familyName": family_name, "givenName": "Dawn", "dateOfBirth": born });
            let reply = record(&school, &input("TF-10001", &who)).await;
            let payload = &reply.data()["recordConsentByReference"];
            if payload["receipt"].is_null() {
                assert_eq!(payload["errors"][0]["field"], "person.dateOfBirth");
                assert_eq!(payload["errors"][0]["code"], "TOO_MANY_REQUESTS");
                break;
            }
            day += 1;
        }
        assert!(day > 2, "one who is unsure of a birthday goes on");
        assert_eq!(of_kind(&app, "alert").await.len(), number + 1);
    }
}
on_both!(whoever_tries_values_is_stopped_whoever_there_is);

async fn a_professionals_word_that_is_passed_over_is_not_kept(database: &TestDatabase) {
    let app = App::start(database).await;
    let school = school(&app).await;
    let before = kept(&app).await;
    let mut asked = input("TF-10001", &person("Dawn", "Hardman"));
    asked["asProfessional"] = json!(true);
    assert_recorded(&record(&school, &asked).await);
    assert_eq!(kept(&app).await, before, "nothing says that she lacks capacity");
    let lacks = "UPDATE lacks_capacity SET valid_until = NULL, person_id = (SELECT id FROM person WHERE authority_id = 1 \
                 AND given_name = 'Dawn' AND family_name = 'Hardman')";
    reader::change(&app.store, lacks, vec![]).await;
    assert_recorded(&record(&school, &asked).await);
    assert_eq!(kept(&app).await, before + 2);
}
on_both!(a_professionals_word_that_is_passed_over_is_not_kept);
