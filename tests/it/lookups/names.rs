//! What people are called and what they write where they do not know, asked over the wire.

use serde_json::{Value, json};

use super::world::{ask, born, person, police, status, stopping_nobody, with, write};
use crate::support::{
    app::App,
    database::{TestDatabase, on_both},
};

/// Changes what Dawn Hardman is called, and makes her keys anew.
async fn call_dawn(app: &App, given: &str, family: &str) {
    write(
        app,
        &format!("UPDATE person SET given_name = '{given}', family_name = '{family}' WHERE given_name = 'Dawn' AND family_name = 'Hardman'"),
    )
    .await;
    write(app, "UPDATE person_key_state SET rules = 0").await;
    thinkfamily::store::keys::backfill(app.store.databases()).await.unwrap();
}

on_both!(a_person_is_found_by_what_they_are_called_in_other_languages_and_by_spoilt_texts);
async fn a_person_is_found_by_what_they_are_called_in_other_languages_and_by_spoilt_texts(database: &TestDatabase) {
    // One birthday and one home, by many names.
    let app = stopping_nobody(database).await;
    let (police, day) = (police(&app), born("Dawn", "Hardman"));
    let cases = [
        ("Katarzyna", "Zielińska", "Kasia", "Zielinski"),
        ("Zoë", "Brontë", "ZoÃ«", "Bront?"),
        ("Özgür", "Gündüz", "Oezguer", "Guenduez"),
        ("Siobhán", "O''Brien", "Siobhan", "O&#39;Brien"),
        ("Junior Leroy", "St John", "Junior", "Saint John"),
        ("Mohammed Ali", "Lord", "Md Ali", "Lord-Smith"),
    ];
    let mut missed = Vec::new();
    for (given, family, asked_given, asked_family) in cases {
        call_dawn(&app, given, family).await;
        let question =
            json!({ "givenName": asked_given, "familyName": asked_family, "dateOfBirth": day, "postcode": "ZQ4 7HA" });
        let answer = status(&police, question).await;
        if answer != "MATCHED" {
            missed.push((asked_given, answer));
        }
        write(
            &app,
            &format!("UPDATE person SET given_name = 'Dawn', family_name = 'Hardman' WHERE given_name = '{given}' AND family_name = '{family}'"),
        )
        .await;
    }
    assert_eq!(missed, []);
}

on_both!(what_people_write_where_they_do_not_know_finds_nobody);
async fn what_people_write_where_they_do_not_know_finds_nobody(database: &TestDatabase) {
    let app = App::start(database).await;
    let police = police(&app);
    let unknown = json!({ "givenName": "Unknown", "familyName": "Not known", "dateOfBirth": born("Dawn", "Hardman") });
    call_dawn(&app, "Unknown", "Not known").await;
    assert_eq!(status(&police, unknown.clone()).await, "NOT_FOUND");
    let nowhere = with(unknown, &json!({ "postcode": "ZZ99 3VZ", "address": "No fixed abode" }));
    assert_eq!(status(&police, nowhere).await, "NOT_FOUND");
}

on_both!(what_is_enough_is_a_matter_of_the_question_alone);
async fn what_is_enough_is_a_matter_of_the_question_alone(database: &TestDatabase) {
    let app = App::start(database).await;
    let (police, day) = (police(&app), born("Dawn", "Hardman"));
    for (what, question) in [
        (
            "no family name",
            json!({ "givenName": "Dawn", "dateOfBirth": day, "postcode": "ZQ4 7HA" }),
        ),
        (
            "no date",
            json!({ "givenName": "Dawn", "familyName": "Hardman", "postcode": "zq47ha" }),
        ),
        (
            "names and address",
            json!({ "givenName": "Dawn", "familyName": "Hardman", "address": "14 Mill Road" }),
        ),
    ] {
        assert_eq!(status(&police, question).await, "MATCHED", "{what}");
    }
    let errors = |question: Value| {
        let police = &police;
        async move { ask(police, question).await.data()["markerLookup"].clone() }
    };
    // The same is told whether somebody of that name is stored or not.
    for family in ["Hardman", "Quillfeather"] {
        let found = errors(json!({ "familyName": family, "postcode": "ZQ4 7HA" })).await;
        assert_eq!(found["status"], Value::Null);
        assert_eq!(
            found["errors"],
            json!([{ "field": "givenName", "code": "INVALID",
                "message": "This is too little to tell anybody by. With the given name or the date of birth it would be enough.", "retryAt": null }])
        );
    }
    for family in ["Hardman", "Quillfeather"] {
        let question = json!({ "givenName": "Dawn", "familyName": family });
        let found = errors(question).await;
        assert_eq!(found["errors"][0]["field"], "dateOfBirth", "{found:#}");
    }
    let number = errors(json!({ "identifiers": [{ "system": "NHS_NUMBER", "value": "9990000019" }] })).await;
    assert_eq!(number["errors"][0]["field"], "identifiers");
    assert!(
        number["errors"][0]["message"].as_str().unwrap().contains("check digit"),
        "{number:#}"
    );
}

on_both!(somebody_called_by_a_name_that_nobody_wrote_down_is_found_where_nobody_else_is_near);
async fn somebody_called_by_a_name_that_nobody_wrote_down_is_found_where_nobody_else_is_near(database: &TestDatabase) {
    let app = App::start(database).await;
    let police = police(&app);
    let home = json!({ "postcode": "ZQ4 7HA", "address": "14 Mill Road, Alderley" });
    let bubbles = with(
        json!({ "givenName": "Bubbles", "familyName": "Hardman", "dateOfBirth": born("Dawn", "Hardman") }),
        &home,
    );
    assert_eq!(status(&police, bubbles.clone()).await, "MATCHED");
    // A twin in the same home: it may be either.
    let twin = born("Dawn", "Hardman");
    write(
        &app,
        &format!("UPDATE person SET date_of_birth = '{twin}', family_name = 'Hardman' WHERE given_name = 'Lee'"),
    )
    .await;
    write(
        &app,
        "UPDATE person SET sex = 'female' WHERE given_name IN ('Lee', 'Dawn')",
    )
    .await;
    write(&app, "UPDATE person_key_state SET rules = 0").await;
    thinkfamily::store::keys::backfill(app.store.databases()).await.unwrap();
    assert_eq!(status(&police, bubbles).await, "AMBIGUOUS");
    assert_eq!(
        status(&police, person("Dawn", "Hardman")).await,
        "MATCHED",
        "by her name she is found"
    );
}
