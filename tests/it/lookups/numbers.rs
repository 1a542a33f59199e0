//! Numbers in other systems, asked over the wire and kept once.

use serde_json::{Value, json};
use thinkfamily::{
    demo,
    records::{Code as _, IdentifierSystem, LocalIdentifierRow},
    store::{bulk, dataset::Dataset},
};
use uuid::Uuid;

use super::world::{ask, membership, person, police, status, with, write};
use crate::support::{
    app::{App, today},
    database::{TestDatabase, on_both},
};

/// A number of somebody of the demonstration.
fn row(key: u128, given: &str, system: &str, value: &str) -> LocalIdentifierRow {
    let data = demo::worked(today().date_naive());
    let person = data
        .people
        .iter()
        .find(|person| person.given_name == given)
        .expect("a person");
    let member = data
        .memberships
        .iter()
        .find(|row| row.person_id == person.id)
        .expect("a member");
    LocalIdentifierRow {
        authority_id: person.authority_id,
        id: Uuid::from_u128(key),
        family_id: member.family_id,
        person_id: person.id,
        system: IdentifierSystem::of_word(system).expect("a system"),
        value: value.to_owned(),
    }
}

async fn add(app: &App, rows: Vec<LocalIdentifierRow>) -> Result<(), bulk::BulkError> {
    let more = Dataset {
        local_identifiers: rows,
        ..Dataset::default()
    };
    bulk::load(app.store.databases(), &more, &mut |_| {}).await.map(|_| ())
}

fn number(system: &str, value: &str) -> Value {
    json!({ "identifiers": [{ "system": system, "value": value }] })
}

on_both!(a_number_that_is_one_person_s_finds_alone);
async fn a_number_that_is_one_person_s_finds_alone(database: &TestDatabase) {
    let app = App::start(database).await;
    let police = police(&app);
    add(
        &app,
        vec![
            row(900, "Dawn", "nhs_number", "999 000 0018"),
            row(901, "Dawn", "police_reference", "0012345"),
        ],
    )
    .await
    .unwrap();
    for (what, question) in [
        ("an NHS number", number("NHS_NUMBER", "9990000018")),
        ("a National Insurance number", number("NINO", "qq 90 01 01 a")),
        ("the same without its last letter", number("NINO", "QQ900101")),
    ] {
        assert_eq!(status(&police, question).await, "MATCHED", "{what}");
    }
    // Others are short, or given in sequence: they need a second fact, whether they are stored or not.
    for value in ["12345", "99999"] {
        assert_eq!(status(&police, number("POLICE_REFERENCE", value)).await, "null");
    }
    let named = with(number("POLICE_REFERENCE", "12345"), &json!({ "familyName": "Hardman" }));
    assert_eq!(
        status(&police, named).await,
        "MATCHED",
        "noughts that a spreadsheet took away"
    );
    let other = with(person("Dawn", "Hardman"), &number("NHS_NUMBER", "9990000026"));
    assert_eq!(
        status(&police, other).await,
        "AMBIGUOUS",
        "another NHS number is another person's"
    );
}

on_both!(one_number_is_one_person_s_however_it_is_written);
async fn one_number_is_one_person_s_however_it_is_written(database: &TestDatabase) {
    let app = App::start(database).await;
    add(&app, vec![row(900, "Dawn", "nhs_number", "999 000 0018")])
        .await
        .unwrap();
    for (key, system, value) in [
        (901, "nhs_number", "9990000018"),
        (902, "nhs_number", "999-000-0018"),
        (903, "nino", "qq 90 01 01"),
    ] {
        let refused = add(&app, vec![row(key, "Tyler", system, value)]).await;
        assert!(refused.is_err_and(|error| error.is_about_rows()), "{system} {value}");
    }
    add(&app, vec![row(904, "Tyler", "nhs_number", "9990000026")])
        .await
        .unwrap();
    // A joint tenancy is that of all who live there, once for each.
    add(&app, vec![row(905, "Tyler", "tenancy", "CH-20931")]).await.unwrap();
    assert!(add(&app, vec![row(906, "Tyler", "tenancy", "CH-20931")]).await.is_err());
}

/// Has somebody of the demonstration belong to another family of it as well.
async fn joins(app: &App, given: &str, reference: &str) {
    let data = demo::worked(today().date_naive());
    let family = data.families.iter().find(|family| family.reference == reference);
    let person = data.people.iter().find(|person| person.given_name == given);
    let (family, person) = (family.expect("a family"), person.expect("a person"));
    let more = Dataset {
        memberships: vec![membership(family, person.id, 950)],
        ..Dataset::default()
    };
    bulk::load(app.store.databases(), &more, &mut |_| {}).await.unwrap();
}

on_both!(a_number_finds_within_the_family_that_it_was_recorded_in);
async fn a_number_finds_within_the_family_that_it_was_recorded_in(database: &TestDatabase) {
    let app = App::start(database).await;
    let police = police(&app);
    add(&app, vec![row(900, "Dawn", "nhs_number", "999 000 0018")])
        .await
        .unwrap();
    let (right, wrong) = (number("NHS_NUMBER", "9990000018"), number("NHS_NUMBER", "9990000026"));
    let (named, doubtful) = (person("Dawn", "Hardman"), with(person("Dawn", "Hardman"), &wrong));
    assert_eq!(status(&police, right.clone()).await, "MATCHED");
    assert_eq!(status(&police, doubtful.clone()).await, "AMBIGUOUS");
    joins(&app, "Dawn", "TF-10005").await;
    // The other family is not to be known of, in two ways: what was recorded there neither finds her in this one nor raises a doubt.
    let refused = "UPDATE consent SET decision = 'refused' WHERE category = 'MARKER' \
                   AND family_id IN (SELECT id FROM family WHERE reference = 'TF-10001') \
                   AND person_id NOT IN (SELECT id FROM person WHERE given_name = 'Dawn')";
    let closed = "UPDATE family SET closed_on = '2026-06-14' WHERE reference = 'TF-10001'";
    for hiding in [refused, closed] {
        write(&app, hiding).await;
        assert_eq!(
            status(&police, named.clone()).await,
            "MATCHED",
            "she is in another family: {hiding}"
        );
        let found = ask(&police, right.clone()).await;
        assert_eq!(found.data()["markerLookup"]["status"], "NOT_FOUND", "{hiding}");
        assert_eq!(found.bytes, ask(&police, wrong.clone()).await.bytes, "{hiding}");
        assert_eq!(status(&police, doubtful.clone()).await, "MATCHED", "{hiding}");
    }
}
