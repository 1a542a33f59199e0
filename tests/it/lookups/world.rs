//! What the look-ups of these tests ask about: people of the demonstration, and what is written to the database to make the nearest other case.

use chrono::{NaiveDate, TimeDelta};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use thinkfamily::{
    clock::{Clock, Ids},
    demo,
    records::{FamilyRow, MembershipRow, PersonRow, Relationship},
    store::{bulk, dataset::Dataset},
};
use uuid::Uuid;

use crate::support::{
    app::{self, App, Partner, Reply, today},
    database::TestDatabase,
};

/// Everything that an answer can hold.
pub(super) const ONE: &str = "query Lookup($input: MarkerLookupInput!) { markerLookup(input: $input) {
    status errors { field code message retryAt } explanation { field level }
    marker { id onCohortSince onePlan whatToDo leadProfessional { name phone email } placements { system status } family { reference } }
} }";

/// The same for many.
pub(super) const MANY: &str = "query Lookups($inputs: [MarkerLookupInput!]!) { markerLookups(inputs: $inputs) {
    status errors { field code message retryAt } explanation { field level }
    marker { onCohortSince leadProfessional { name } }
} }";

/// When somebody of the demonstration was born.
pub(super) fn born(given: &str, family: &str) -> NaiveDate {
    let data = demo::worked(today().date_naive());
    let found = data
        .people
        .iter()
        .find(|person| person.given_name == given && person.family_name == family);
    let found = found.expect("a person of the demonstration");
    found.date_of_birth.expect("a date of birth")
}

/// A question by names and date of birth.
pub(crate) fn person(given: &str, family: &str) -> Value {
    json!({ "givenName": given, "familyName": family, "dateOfBirth": born(given, family) })
}

/// The question with other details besides.
pub(super) fn with(mut question: Value, more: &Value) -> Value {
    let object = question.as_object_mut().expect("an object");
    object.extend(more.as_object().expect("an object").clone());
    question
}

/// Asks one question.
pub(crate) async fn ask(partner: &Partner, question: Value) -> Reply {
    partner.ask_with(ONE, json!({ "input": question })).await
}

/// The status of an answer, or of no answer.
pub(super) async fn status(partner: &Partner, question: Value) -> String {
    let reply = ask(partner, question).await;
    reply.data()["markerLookup"]["status"]
        .as_str()
        .unwrap_or("null")
        .to_owned()
}

/// Somebody of the police who looks people up.
pub(crate) fn police(app: &App) -> Partner {
    app.partner("cambs-police", "marker_lookup", "safeguarding")
}

/// That somebody joined a family ten days ago, of whom nothing is recorded there.
pub(crate) fn membership(family: &FamilyRow, person_id: Uuid, key: u128) -> MembershipRow {
    MembershipRow {
        authority_id: family.authority_id,
        id: Uuid::from_u128(key),
        family_id: family.id,
        person_id,
        relationship: Relationship::Other,
        parental_responsibility: false,
        valid_from: today().date_naive() - TimeDelta::days(10),
        valid_until: None,
        employment_status: None,
        education_setting: None,
        phone: None,
        email: None,
        source_agency_id: None,
        end_reason: None,
    }
}

/// Adds somebody with the names and date of birth of somebody else to another family, by the bulk loader.
pub(crate) async fn add_namesake(app: &App, of: (&str, &str), reference: &str) {
    let data = demo::worked(today().date_naive());
    let family = data.families.iter().find(|family| family.reference == reference);
    let family = family.expect("a family of the demonstration");
    let original = data
        .people
        .iter()
        .find(|person| (person.given_name.as_str(), person.family_name.as_str()) == of);
    let person = PersonRow {
        id: Uuid::from_u128(77),
        shielded: false,
        ..original.expect("a person of the demonstration").clone()
    };
    let more = Dataset {
        memberships: vec![membership(family, person.id, 78)],
        people: vec![person],
        ..Dataset::default()
    };
    bulk::load(app.store.databases(), &more, &mut |_| {}).await.unwrap();
}

/// Changes what is stored, past the wire.
pub(super) async fn write(app: &App, sql: &str) {
    app.store.databases().main().execute_unprepared(sql).await.unwrap();
}

/// The demonstration, asked about by somebody whom the stop for series of questions lets go on.
pub(super) async fn stopping_nobody(database: &TestDatabase) -> App {
    let databases = database.open().await;
    let data = demo::worked(today().date_naive());
    bulk::load(&databases, &data, &mut |_| {}).await.unwrap();
    let mut settings = app::lookups();
    settings.tries = 0;
    let app = App::over_with(databases, Clock::fixed(today()), Ids::seeded(1), settings).await;
    for agreement in demo::worked_agreements() {
        app.load_agreement(agreement).await;
    }
    app
}
