//! Whoever may not be known of is as nobody: in bytes, in the number of statements, in the trail, and in what they do to others.

use serde_json::{Value, json};
use thinkfamily::audit::{Kind, read};

use super::world::{add_namesake, ask, person, police, status, with, write};
use crate::support::{
    app::{App, Partner, Reply},
    database::{TestDatabase, on_both},
};

/// Somebody of the Jobcentre who looks people up.
fn jobcentre(app: &App) -> Partner {
    app.partner("jcp-cambridge", "marker_lookup", "employment_support")
}

/// Nobody is called that.
fn nobody() -> Value {
    json!({ "givenName": "Otto", "familyName": "Quillfeather", "dateOfBirth": "1990-05-17" })
}

/// What there is to see of a look-up from outside: the answer's bytes, how many statements were sent, and how many entries the trail has of it.
async fn seen(app: &App, partner: &Partner, question: Value) -> (Vec<u8>, u64, usize) {
    let entries = async || {
        let all = read::latest(app.trail.store(), 1, None, 200).await.unwrap();
        all.len()
    };
    let (statements, before) = (app.store.statements_sent(), entries().await);
    let reply: Reply = ask(partner, question).await;
    reply.data();
    (
        reply.bytes,
        app.store.statements_sent() - statements,
        entries().await - before,
    )
}

on_both!(who_may_not_be_known_of_is_as_nobody);
async fn who_may_not_be_known_of_is_as_nobody(database: &TestDatabase) {
    let app = App::start(database).await;
    let (police, jobcentre) = (police(&app), jobcentre(&app));
    // The first look-up of a day throws away what was counted on others.
    for partner in [&police, &jobcentre] {
        seen(&app, partner, nobody()).await;
    }
    let expected = seen(&app, &police, nobody()).await;
    let (text, _, entries) = &expected;
    assert!(String::from_utf8_lossy(text).contains("NOT_FOUND") && *entries == 1);
    for (why, partner, question) in [
        ("shielded", &police, person("Sofia", "Marchant")),
        ("not on the cohort", &police, person("Joe", "Palmer")),
        ("not on the cohort any more", &police, person("Rachel", "Osei")),
        ("an authority that is not the asker's", &police, person("Tara", "Dixon")),
        (
            "no consent for the asker's kind of agency",
            &jobcentre,
            person("Poppy", "Hunt"),
        ),
    ] {
        assert_eq!(seen(&app, partner, question).await, expected, "{why}");
    }
    // Each of them is there, and is found by somebody or would be: the test asks about people that it could find.
    let matched = seen(&app, &police, person("Poppy", "Hunt")).await;
    assert!(String::from_utf8_lossy(&matched.0).contains("MATCHED"));
    assert_eq!(
        (matched.1, matched.2),
        (expected.1, expected.2),
        "found or not, the same is read and written"
    );
}

on_both!(who_is_hidden_does_nothing_to_who_is_not);
async fn who_is_hidden_does_nothing_to_who_is_not(database: &TestDatabase) {
    let app = App::start(database).await;
    let jobcentre = jobcentre(&app);
    let before = ask(&jobcentre, person("Tyler", "Hardman")).await;
    assert_eq!(before.data()["markerLookup"]["status"], "MATCHED");
    // A namesake in a family that the Jobcentre may not know of: neither a doubt, nor somebody to be found.
    add_namesake(&app, ("Tyler", "Hardman"), "TF-10005").await;
    let after = ask(&jobcentre, person("Tyler", "Hardman")).await;
    assert_eq!(after.bytes, before.bytes);
    write(
        &app,
        "UPDATE family SET closed_on = '2026-06-15' WHERE reference = 'TF-10001'",
    )
    .await;
    assert_eq!(status(&jobcentre, person("Tyler", "Hardman")).await, "NOT_FOUND");
    // Where both may be known of, it is not clear who is meant.
    write(&app, "UPDATE family SET closed_on = NULL WHERE reference = 'TF-10001'").await;
    let social_care = app.partner("cambs-social-care", "marker_lookup", "safeguarding");
    assert_eq!(status(&social_care, person("Tyler", "Hardman")).await, "AMBIGUOUS");
}

on_both!(withdrawn_consent_holds_at_once);
async fn withdrawn_consent_holds_at_once(database: &TestDatabase) {
    let app = App::start(database).await;
    let police = police(&app);
    let nobody = ask(&police, nobody()).await;
    assert_eq!(status(&police, person("Dawn", "Hardman")).await, "MATCHED");
    write(
        &app,
        "UPDATE consent SET withdrawn_at = recorded_at WHERE category = 'MARKER' AND agency_kind = 'police'",
    )
    .await;
    assert_eq!(ask(&police, person("Dawn", "Hardman")).await.bytes, nobody.bytes);
}

/// Lets the police find shielded people.
async fn permit_shielded(app: &App) {
    let agreement = thinkfamily::demo::CAMBRIDGESHIRE_AGREEMENT;
    let marker = "id = \"police-marker\"";
    let agreement = agreement
        .replace(marker, &format!("{marker}\nshielded = true"))
        .replacen("version = 1", "version = 2", 1)
        .replacen("effective_from = 2026-01-01", "effective_from = 2026-06-15", 1);
    app.load_agreement(&agreement).await;
}

on_both!(a_shielded_person_is_found_only_where_a_clause_says_so_and_never_by_a_place);
async fn a_shielded_person_is_found_only_where_a_clause_says_so_and_never_by_a_place(database: &TestDatabase) {
    let app = App::start(database).await;
    let police = police(&app);
    let home = json!({ "postcode": "ZQ9 2MC", "address": "Flat 3, 9 Willow Court, Colnbury" });
    let sofia = || person("Sofia", "Marchant");
    // So little is known of them besides the place that the place would be what finds them.
    let vague = |given: &str, sofia: &Value| {
        with(
            json!({ "givenName": given, "familyName": "Merchent", "dateOfBirth": sofia["dateOfBirth"] }),
            &home,
        )
    };
    assert_eq!(status(&police, sofia()).await, "NOT_FOUND");
    // Her son is not shielded himself, and found by his name.
    assert_eq!(status(&police, person("Luca", "Marchant")).await, "MATCHED");
    let off = |question: Value, days: u64| {
        let day: chrono::NaiveDate = serde_json::from_value(question["dateOfBirth"].clone()).unwrap();
        with(
            question,
            &json!({ "dateOfBirth": day.checked_sub_days(chrono::Days::new(days)).unwrap() }),
        )
    };
    let luca = off(vague("Luka", &person("Luca", "Marchant")), 400);
    assert_ne!(
        status(&police, luca.clone()).await,
        "MATCHED",
        "the place does not count where somebody shielded lives"
    );
    permit_shielded(&app).await;
    assert_eq!(status(&police, sofia()).await, "MATCHED", "a clause says so");
    let sofia_by_place = off(vague("Sofya", &sofia()), 400);
    assert_ne!(status(&police, sofia_by_place.clone()).await, "MATCHED");
    let without = |question: &Value| {
        let mut question = question.clone();
        let object = question.as_object_mut().unwrap();
        object.remove("postcode");
        object.remove("address");
        question
    };
    for question in [&luca, &sofia_by_place] {
        let (with_place, plain) = (
            ask(&police, question.clone()).await,
            ask(&police, without(question)).await,
        );
        assert_eq!(with_place.bytes, plain.bytes, "the place changes nothing");
    }
    // The same questions where nobody is shielded: then the place is what finds them.
    write(&app, "UPDATE person SET shielded = false").await;
    assert_eq!(status(&police, without(&luca)).await, "NOT_FOUND");
    assert_ne!(status(&police, luca).await, "NOT_FOUND");
}

on_both!(an_explanation_is_for_those_entitled_and_holds_no_stored_value);
async fn an_explanation_is_for_those_entitled_and_holds_no_stored_value(database: &TestDatabase) {
    let app = App::start(database).await;
    let question = with(
        person("Dawn", "Hardman"),
        &json!({ "familyName": "Hardmann", "postcode": "ZQ4 1AA", "identifiers": [{ "system": "NINO", "value": "QQ900101A" }] }),
    );
    let lead = ask(&app.lead_professional(), question.clone()).await;
    let found = &lead.data()["markerLookup"];
    assert_eq!(found["status"], "MATCHED");
    let told = found["explanation"].as_array().unwrap();
    let names: Vec<&str> = told.iter().map(|one| one["field"].as_str().unwrap()).collect();
    assert!(
        names.contains(&"FAMILY_NAME") && names.contains(&"POSTCODE"),
        "{told:?}"
    );
    let text = String::from_utf8(lead.bytes).unwrap();
    assert!(
        !text.contains("7HA") && !text.contains("Mill Road"),
        "no stored value: {text}"
    );
    // Within nobody's agreement: null, and told so whether anybody was found or not.
    let police = police(&app);
    let reply = ask(&police, question).await;
    assert_eq!(reply.data()["markerLookup"]["explanation"], Value::Null);
    assert_eq!(reply.withheld("MarkerLookupResult.explanation"), ["NOT_IN_AGREEMENT"]);
    let reply = ask(&police, nobody()).await;
    assert_eq!(reply.withheld("MarkerLookupResult.explanation"), ["NOT_IN_AGREEMENT"]);
}

on_both!(nothing_is_told_when_the_trail_fails);
async fn nothing_is_told_when_the_trail_fails(database: &TestDatabase) {
    let app = App::start(database).await;
    let police = police(&app);
    assert_eq!(status(&police, person("Dawn", "Hardman")).await, "MATCHED");
    app.trail.close().await;
    for question in [person("Dawn", "Hardman"), nobody()] {
        let reply = ask(&police, question).await;
        assert_eq!((reply.status, reply.code()), (503, "UNAVAILABLE"));
        assert!(reply.body.get("data").is_none());
    }
}

on_both!(beyond_the_agreement_nothing_is_looked_up);
async fn beyond_the_agreement_nothing_is_looked_up(database: &TestDatabase) {
    let app = App::start(database).await;
    let auditor = app.partner("university-research", "researcher", "research");
    let reply = ask(&auditor, person("Dawn", "Hardman")).await;
    assert_eq!(reply.data()["markerLookup"], Value::Null);
    assert!(!reply.withheld("Query.markerLookup").is_empty());
    let entries = read::latest(app.trail.store(), 1, None, 200).await.unwrap();
    assert!(entries.iter().all(|(_, entry)| entry.kind != Kind::LookedUp));
}
