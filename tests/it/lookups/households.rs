//! People who live in two households, and who left one: by what is recorded where they are found, and which markers are answered.

use chrono::TimeDelta;
use serde_json::{Value, json};
use thinkfamily::{
    demo,
    records::{ConsentAnswer, ConsentRow},
    store::{bulk, dataset::Dataset},
};
use uuid::Uuid;

use super::world::{born, membership, person, police, with, write};
use crate::support::{
    app::{App, Partner, today},
    database::{TestDatabase, on_both},
};

const OLD: &str = "TF-10001";
const NEW: &str = "TF-10005";

/// Dawn, who belongs to a family of the demonstration, joins another one as well.
pub(crate) async fn dawn_joins(app: &App) {
    let data = demo::worked(today().date_naive());
    let dawn = data.people.iter().find(|row| row.given_name == "Dawn").expect("Dawn");
    let family = data.families.iter().find(|row| row.reference == NEW).expect("a family");
    let joined = Dataset {
        memberships: vec![membership(family, dawn.id, 79)],
        ..Dataset::default()
    };
    bulk::load(app.store.databases(), &joined, &mut |_| {}).await.unwrap();
}

/// Dawn by names and a date of birth that are each only near, so that a number or a place decides.
fn vaguely(more: &Value) -> Value {
    let day = born("Dawn", "Hardman") - TimeDelta::days(400);
    with(
        json!({ "givenName": "Dawne", "familyName": "Herdman", "dateOfBirth": day }),
        more,
    )
}

/// What is answered: the status, and the references of the families whose markers are.
async fn found(partner: &Partner, question: Value) -> (String, Vec<String>) {
    const LOOK: &str = "query Lookup($input: MarkerLookupInput!) { markerLookup(input: $input) {
        status marker { family { reference } } markers { family { reference } } } }";
    let reply = partner.ask_with(LOOK, json!({ "input": question })).await;
    let told = &reply.data()["markerLookup"];
    let markers = told["markers"].as_array().expect("a list");
    let reference = |marker: &Value| marker["family"]["reference"].as_str().expect("a reference").to_owned();
    assert_eq!(
        markers.first().unwrap_or(&Value::Null),
        &told["marker"],
        "`marker` is the first of `markers`"
    );
    (
        told["status"].as_str().unwrap_or("null").to_owned(),
        markers.iter().map(reference).collect(),
    )
}

fn matched(references: &[&str]) -> (String, Vec<String>) {
    (
        "MATCHED".to_owned(),
        references.iter().map(|one| (*one).to_owned()).collect(),
    )
}

on_both!(who_lives_in_two_households_leads_to_each_that_the_asker_may_know_of);
async fn who_lives_in_two_households_leads_to_each_that_the_asker_may_know_of(database: &TestDatabase) {
    let app = App::start(database).await;
    dawn_joins(&app).await;
    let social_care = app.partner("cambs-social-care", "marker_lookup", "safeguarding");
    let tenancy = json!({ "identifiers": [{ "system": "TENANCY", "value": "CH-20931" }] });
    assert_eq!(
        found(&social_care, person("Dawn", "Hardman")).await,
        matched(&[NEW, OLD])
    );
    assert_eq!(
        found(&social_care, with(person("Dawn", "Hardman"), &tenancy)).await,
        matched(&[NEW, OLD]),
        "by a number of the one she is found in both"
    );
    // The household that joined the programme last leaves it: nothing tells that there is another one.
    write(
        &app,
        &format!("UPDATE family SET closed_on = '2026-06-15' WHERE reference = '{NEW}'"),
    )
    .await;
    assert_eq!(found(&social_care, person("Dawn", "Hardman")).await, matched(&[OLD]));
}

on_both!(nobody_is_found_by_what_is_recorded_in_a_household_that_the_asker_may_not_know_of);
async fn nobody_is_found_by_what_is_recorded_in_a_household_that_the_asker_may_not_know_of(database: &TestDatabase) {
    let app = App::start(database).await;
    dawn_joins(&app).await;
    let police = police(&app);
    let number = json!({ "identifiers": [{ "system": "NINO", "value": "QQ900101A" }] });
    let home = json!({ "postcode": "ZQ4 7HA", "address": "14 Mill Road" });
    for more in [&number, &home] {
        let answer = found(&police, vaguely(more)).await;
        assert_ne!(answer.0, "NOT_FOUND", "{more}: it finds her where it is recorded");
    }
    write(
        &app,
        &format!("UPDATE family SET closed_on = '2026-06-15' WHERE reference = '{OLD}'"),
    )
    .await;
    for more in [&number, &home] {
        let answer = found(&police, vaguely(more)).await;
        assert_eq!(answer, ("NOT_FOUND".to_owned(), Vec::new()), "{more}");
    }
    assert_eq!(found(&police, person("Dawn", "Hardman")).await, matched(&[NEW]));
}

on_both!(who_left_is_not_found_by_what_the_old_household_recorded);
async fn who_left_is_not_found_by_what_the_old_household_recorded(database: &TestDatabase) {
    let app = App::start(database).await;
    dawn_joins(&app).await;
    let social_care = app.partner("cambs-social-care", "marker_lookup", "safeguarding");
    write(
        &app,
        "UPDATE membership SET valid_until = '2026-06-15' WHERE valid_until IS NULL \
         AND person_id IN (SELECT id FROM person WHERE given_name = 'Dawn') \
         AND family_id IN (SELECT id FROM family WHERE reference = 'TF-10001')",
    )
    .await;
    for more in [
        json!({ "identifiers": [{ "system": "NINO", "value": "QQ900101A" }] }),
        json!({ "identifiers": [{ "system": "TENANCY", "value": "CH-20931" }] }),
        json!({ "postcode": "ZQ4 7HA", "address": "14 Mill Road" }),
    ] {
        let answer = found(&social_care, vaguely(&more)).await;
        assert!(!answer.1.contains(&NEW.to_owned()), "{more}: {answer:?}");
        // An old number neither helps nor rules out: she is found by her present name alone.
        let named = found(&social_care, with(person("Dawn", "Hardman"), &more)).await;
        assert_eq!(named, matched(&[NEW]), "{more}");
    }
}

on_both!(who_says_no_to_the_marker_is_not_found_and_who_lives_with_them_is);
async fn who_says_no_to_the_marker_is_not_found_and_who_lives_with_them_is(database: &TestDatabase) {
    let app = App::start(database).await;
    let (police, social_care) = (
        police(&app),
        app.partner("cambs-social-care", "marker_lookup", "safeguarding"),
    );
    assert_eq!(found(&police, person("Tyler", "Hardman")).await, matched(&[OLD]));
    let data = demo::worked(today().date_naive());
    let id = |given: &str| {
        data.people
            .iter()
            .find(|row| row.given_name == given)
            .expect("somebody")
            .id
    };
    // His mother says no for Tyler, and yes for herself: the marker of the family stands.
    let no = ConsentRow {
        id: Uuid::from_u128(9_501),
        family_id: data
            .families
            .iter()
            .find(|row| row.reference == OLD)
            .expect("a family")
            .id,
        person_id: id("Tyler"),
        decided_by: Some(id("Dawn")),
        category: "MARKER".to_owned(),
        agency_kind: "police".to_owned(),
        decision: ConsentAnswer::Refused,
        recorded_at: today() - TimeDelta::minutes(1),
        purposes: None,
        expires_on: None,
        withdrawn_at: None,
        ..data.consents[0].clone()
    };
    let more = Dataset {
        consents: vec![no],
        ..Dataset::default()
    };
    bulk::load(app.store.databases(), &more, &mut |_| {}).await.unwrap();
    assert_eq!(
        found(&police, person("Tyler", "Hardman")).await,
        ("NOT_FOUND".to_owned(), Vec::new())
    );
    assert_eq!(
        found(&police, person("Dawn", "Hardman")).await,
        matched(&[OLD]),
        "hers is another decision"
    );
    assert_eq!(
        found(&social_care, person("Tyler", "Hardman")).await,
        matched(&[OLD]),
        "a clause that does not ask is not bound"
    );
}

on_both!(on_the_day_of_a_death_nobody_is_found_any_more);
async fn on_the_day_of_a_death_nobody_is_found_any_more(database: &TestDatabase) {
    let app = App::start(database).await;
    let police = police(&app);
    for (day, status) in [("2026-06-16", "MATCHED"), ("2026-06-15", "NOT_FOUND")] {
        let dies = format!("UPDATE person SET died_on = '{day}' WHERE given_name = 'Lee' AND family_name = 'Sadler'");
        write(&app, &dies).await;
        assert_eq!(found(&police, person("Lee", "Sadler")).await.0, status, "{day}");
        let lives_there = found(&police, person("Dawn", "Hardman")).await;
        assert_eq!(lives_there, matched(&[OLD]), "who lives there still");
    }
}
