//! Who is found, by which kinds of imperfection.

use sea_orm::EntityTrait as _;
use serde_json::{Value, json};
use thinkfamily::store::keys;

use super::world::{MANY, add_namesake, ask, born, person, police, status, with, write};
use crate::support::{
    app::App,
    client::Client,
    database::{TestDatabase, on_both},
};

on_both!(a_person_is_found_and_the_answer_is_the_marker);
async fn a_person_is_found_and_the_answer_is_the_marker(database: &TestDatabase) {
    let app = App::start(database).await;
    let reply = ask(&police(&app), person("Dawn", "Hardman")).await;
    let found = &reply.data()["markerLookup"];
    assert_eq!(found["status"], "MATCHED", "{found:#}");
    let marker = &found["marker"];
    assert_eq!(marker["onCohortSince"], "2025-10-18");
    assert_eq!(marker["leadProfessional"]["name"], "Ruth Ellis");
    assert_eq!(marker["leadProfessional"]["phone"], "01632 960101");
    assert_eq!(marker["onePlan"], true);
    assert!(marker["whatToDo"].as_str().unwrap().contains("Lead Professional"));
    assert_eq!(
        marker["placements"],
        json!([{ "system": "Crime and intelligence system", "status": "PLACED" }]),
        "the asker's own, and nobody else's"
    );
    assert_eq!(marker["family"]["reference"], "TF-10001");
    assert_eq!(found["errors"], json!([]));
    let again = format!(
        "{{ node(id: {}) {{ ... on Marker {{ onCohortSince }} }} }}",
        marker["id"]
    );
    let again = police(&app).ask(&again).await;
    assert_eq!(again.data()["node"]["onCohortSince"], "2025-10-18");
}

/// What is known of Dawn Hardman, of 14 Mill Road, ZQ4 7HA, in ways that are a little wrong.
fn imperfect() -> Vec<(&'static str, Value)> {
    let day = born("Dawn", "Hardman");
    let place = json!({ "postcode": "zq47ha", "address": "14 Mill Rd, Alderley" });
    let dawn = |given: &str, family: &str| json!({ "givenName": given, "familyName": family, "dateOfBirth": day });
    let on = |day: String| json!({ "givenName": "Dawn", "familyName": "Hardman", "dateOfBirth": day });
    let slip = day.succ_opt().unwrap();
    let turned = day.format("%Y-%d-%m").to_string();
    let mut all = vec![
        ("exact", dawn("Dawn", "Hardman")),
        ("in capitals, with spaces", dawn(" DAWN ", "HARDMAN ")),
        ("a letter more", with(dawn("Dawn", "Hardmann"), &place)),
        ("two letters exchanged", with(dawn("Dawn", "Hadrman"), &place)),
        ("sounds the same", with(dawn("Dawne", "Hardmen"), &place)),
        ("names exchanged", with(dawn("Hardman", "Dawn"), &place)),
        ("a day beside", with(on(slip.to_string()), &place)),
        (
            "no given name",
            with(json!({ "familyName": "Hardman", "dateOfBirth": day }), &place),
        ),
        (
            "another address",
            with(dawn("Dawn", "Hardman"), &json!({ "postcode": "ZQ9 1AA" })),
        ),
        (
            "a number and a wrong name",
            with(
                dawn("Dawn", "Sadler"),
                &json!({ "identifiers": [{ "system": "NINO", "value": "qq 90 01 01 a" }] }),
            ),
        ),
        (
            "a number with her name",
            json!({ "familyName": "Hardman", "givenName": "Dawn", "identifiers": [{ "system": "NINO", "value": "QQ900101A" }] }),
        ),
    ];
    if turned.parse::<chrono::NaiveDate>().is_ok() {
        all.push(("day and month exchanged", with(on(turned), &place)));
    }
    all
}

on_both!(a_person_is_found_by_each_kind_of_imperfection);
async fn a_person_is_found_by_each_kind_of_imperfection(database: &TestDatabase) {
    let app = App::start(database).await;
    let police = police(&app);
    let mut missed = Vec::new();
    for (what, question) in imperfect() {
        let reply = ask(&police, question).await;
        let found = &reply.data()["markerLookup"];
        if found["marker"]["family"]["reference"] != "TF-10001" {
            missed.push((what, found["status"].to_string()));
        }
    }
    assert_eq!(missed, []);
}

on_both!(somebody_who_may_be_meant_is_not_told);
async fn somebody_who_may_be_meant_is_not_told(database: &TestDatabase) {
    let app = App::start(database).await;
    let police = police(&app);
    assert_eq!(status(&police, person("Tyler", "Hardman")).await, "MATCHED");
    // A boy of the same names, born on the same day, in another family that the police may know of.
    add_namesake(&app, ("Tyler", "Hardman"), "TF-10005").await;
    let reply = ask(&police, person("Tyler", "Hardman")).await;
    let found = &reply.data()["markerLookup"];
    assert_eq!(found["status"], "AMBIGUOUS", "{found:#}");
    assert_eq!(found["marker"], Value::Null);
    // Neither does a receipt tell how many they are.
    let lookup = "query($input: MarkerLookupInput!) { markerLookup(input: $input) { status } }";
    let body = json!({ "query": lookup, "variables": { "input": person("Tyler", "Hardman") } }).to_string();
    let client = Client::new(&app.url, &police.token);
    let answer = client.send(&[("x-receipt", "true")], body).await.expect("an answer");
    let receipt = &answer.json()["extensions"]["receipt"]["signed"];
    let told: Value = serde_json::from_str(receipt.as_str().expect("a receipt")).expect("JSON");
    let given = &told["given"];
    assert_eq!(
        given["looked_up"],
        json!({ "matched": 0, "ambiguous": 1, "not_found": 0 })
    );
    assert_eq!((&given["families"], &given["people"]), (&json!(0), &json!(0)));
    let somebody = json!({ "familyName": "Quillfeather", "givenName": "Otto", "dateOfBirth": "1990-01-01" });
    assert_eq!(status(&police, somebody).await, "NOT_FOUND");
}

on_both!(each_item_of_a_batch_has_its_answer_in_order);
async fn each_item_of_a_batch_has_its_answer_in_order(database: &TestDatabase) {
    let app = App::start(database).await;
    let police = police(&app);
    let inputs = json!([
        person("Poppy", "Hunt"),
        { "familyName": "Hardman" },
        { "familyName": "Quillfeather", "dateOfBirth": "1990-01-01" },
        { "familyName": "A".repeat(101), "dateOfBirth": "2999-01-01", "postcode": "ZQ4\u{0}7HA" },
        person("Dawn", "Hardman"),
    ]);
    let reply = police.ask_with(MANY, json!({ "inputs": inputs })).await;
    let answers = reply.data()["markerLookups"].as_array().unwrap();
    let told: Vec<_> = answers
        .iter()
        .map(|answer| {
            let errors = answer["errors"].as_array().unwrap();
            let fields: Vec<&str> = errors.iter().map(|error| error["field"].as_str().unwrap()).collect();
            (answer["status"].as_str().unwrap_or("null"), fields.join(" "))
        })
        .collect();
    let plain = |status| (status, String::new());
    assert_eq!(
        told,
        [
            plain("MATCHED"),
            ("null", "dateOfBirth".to_owned()),
            plain("NOT_FOUND"),
            ("null", "familyName postcode dateOfBirth".to_owned()),
            plain("MATCHED"),
        ]
    );
    assert_eq!(answers[0]["marker"]["onCohortSince"], "2025-07-20");
    assert_eq!(answers[4]["marker"]["onCohortSince"], "2025-10-18");
    let text = String::from_utf8(reply.bytes.clone()).unwrap();
    assert!(!text.contains("AAAA"), "nothing of the input is repeated");
}

on_both!(a_batch_has_one_to_five_hundred_items);
async fn a_batch_has_one_to_five_hundred_items(database: &TestDatabase) {
    let app = App::start(database).await;
    let police = police(&app);
    for (count, accepted) in [(0, false), (1, true), (500, true), (501, false)] {
        let inputs = vec![json!({ "familyName": "Quillfeather", "dateOfBirth": "1990-01-01" }); count];
        let query = "query($inputs: [MarkerLookupInput!]!) { markerLookups(inputs: $inputs) { status } }";
        let reply = police.ask_with(query, json!({ "inputs": inputs })).await;
        if accepted {
            assert_eq!(reply.data()["markerLookups"].as_array().unwrap().len(), count);
        } else {
            assert_eq!(
                (reply.code(), &reply.body["data"]["markerLookups"]),
                ("BAD_USER_INPUT", &Value::Null)
            );
        }
    }
}

on_both!(several_fields_of_one_operation_share_their_statements);
async fn several_fields_of_one_operation_share_their_statements(database: &TestDatabase) {
    let app = App::start(database).await;
    let police = police(&app);
    let (day, other) = (born("Dawn", "Hardman"), born("Poppy", "Hunt"));
    let one = format!(
        "a: markerLookup(input: {{ familyName: \"Hardman\", givenName: \"Dawn\", dateOfBirth: \"{day}\" }}) {{ status }}"
    );
    let two = format!(
        "b: markerLookup(input: {{ familyName: \"Hunt\", givenName: \"Poppy\", dateOfBirth: \"{other}\" }}) {{ status marker {{ onCohortSince }} }}"
    );
    let three = "c: markerLookups(inputs: [{ familyName: \"Nobody\", dateOfBirth: \"1990-01-01\" }]) { status }";
    let count = async |query: String| {
        let before = app.store.statements_sent();
        let reply = police.ask(&query).await;
        (app.store.statements_sent() - before, reply.data().clone())
    };
    count(format!("{{ {one} }}")).await;
    let (alone, _) = count(format!("{{ {one} }}")).await;
    let (together, data) = count(format!("{{ {one} {two} {three} }}")).await;
    assert_eq!(data["a"]["status"], "MATCHED");
    assert_eq!(data["b"]["marker"]["onCohortSince"], "2025-07-20");
    assert_eq!(data["c"][0]["status"], "NOT_FOUND");
    assert_eq!(alone, together);
}

on_both!(people_who_were_there_before_there_were_keys_get_theirs);
async fn people_who_were_there_before_there_were_keys_get_theirs(database: &TestDatabase) {
    let app = App::start(database).await;
    let police = police(&app);
    let kept = keys(&app).await;
    write(&app, "DELETE FROM person_key").await;
    assert_eq!(status(&police, person("Dawn", "Hardman")).await, "NOT_FOUND");
    assert_eq!(
        keys::backfill(app.store.databases()).await.unwrap(),
        0,
        "they are noted as made"
    );
    write(&app, "DELETE FROM person_key_state WHERE authority_id = 1").await;
    write(&app, "UPDATE person_key_state SET rules = 0").await;
    assert_eq!(
        keys::backfill(app.store.databases()).await.unwrap(),
        4,
        "every authority"
    );
    assert_eq!(status(&police, person("Dawn", "Hardman")).await, "MATCHED");
    assert_eq!(keys(&app).await, kept, "the same as the loader makes");
    assert_eq!(keys::backfill(app.store.databases()).await.unwrap(), 0);
}

/// Every key that is kept, in order.
async fn keys(app: &App) -> Vec<entity::person_key::Model> {
    let main = app.store.databases().main();
    let mut keys = entity::person_key::Entity::find().all(main).await.unwrap();
    keys.sort_by_key(|row| (row.authority_id, row.key, row.person_id));
    assert!(keys.iter().any(|row| row.by_place) && keys.len() > 50);
    keys
}
