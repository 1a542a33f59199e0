//! Who lives with somebody shielded is told by no series of questions: whatever is asked, they are answered as the same people would be who live somewhere,
//! and have numbers of homes and schools, that nobody asks about.

use std::collections::BTreeSet;

use chrono::{Datelike as _, NaiveDate, TimeDelta};
use serde_json::{Value, json};
use thinkfamily::{
    clock::{Clock, Ids},
    demo,
    records::{Code as _, IdentifierSystem, LocalIdentifierRow, MembershipRow, PersonRow, Relationship},
    store::{bulk, dataset::Dataset},
};
use uuid::Uuid;

use super::world::{ask, membership, person, police, status, with, write};
use crate::support::{
    app::{App, Partner, lookups, today},
    database::{TestDatabase, on_both},
};

/// Families of the made-up authority, and the homes of which somebody is shielded.
const FAMILIES: u64 = 90;
const HOMES: usize = 3;

/// A made-up authority in which nobody is shielded, with tenancies, and the families of three homes.
fn authority() -> (String, Dataset, Vec<Uuid>) {
    let size = demo::Size {
        families: FAMILIES,
        authorities: 1,
    };
    let mut made = demo::families(size, 23, today().date_naive());
    let code = made.authority_codes().next().unwrap();
    let mut data = Dataset::default();
    made.by_ref().for_each(|batch| data.append(batch));
    data.people.iter_mut().for_each(|row| row.shielded = false);
    let grown: Vec<MembershipRow> = data
        .memberships
        .iter()
        .filter(|row| row.relationship != Relationship::Child)
        .cloned()
        .collect();
    for (number, row) in grown.iter().enumerate() {
        data.local_identifiers.push(LocalIdentifierRow {
            authority_id: row.authority_id,
            id: Uuid::from_u128(9_000_000 + number as u128),
            family_id: row.family_id,
            person_id: row.person_id,
            system: IdentifierSystem::Tenancy,
            value: format!("CH-{}", 204_000 + 7 * number),
        });
    }
    let on_cohort = data
        .families
        .iter()
        .filter(|row| row.attached_on.is_some_and(|day| day <= today().date_naive()) && row.closed_on.is_none());
    let of_several = on_cohort.filter(|row| {
        let members: Vec<_> = data.memberships.iter().filter(|of| of.family_id == row.id).collect();
        members.len() >= 4 && members.iter().any(|of| of.relationship != Relationship::Child)
    });
    let homes = of_several.map(|row| row.id).take(HOMES).collect();
    (code, data, homes)
}

/// Somebody grown up of each home.
fn to_shield(data: &Dataset, homes: &[Uuid]) -> BTreeSet<Uuid> {
    let first = |home: &Uuid| {
        let mut grown = data
            .memberships
            .iter()
            .filter(|row| row.relationship != Relationship::Child);
        grown.find(|row| row.family_id == *home).map(|row| row.person_id)
    };
    homes.iter().filter_map(first).collect()
}

/// The authority with somebody of each home shielded.
fn shielded(mut data: Dataset, homes: &[Uuid]) -> Dataset {
    let people = to_shield(&data, homes);
    let rows = data.people.iter_mut().filter(|row| people.contains(&row.id));
    rows.for_each(|row| row.shielded = true);
    data
}

/// The authority without them, and the others of the homes at places, with numbers, that nobody asks about.
fn elsewhere(mut data: Dataset, homes: &[Uuid]) -> Dataset {
    let people = to_shield(&data, homes);
    data.people.retain(|row| !people.contains(&row.id));
    data.memberships.retain(|row| !people.contains(&row.person_id));
    data.local_identifiers.retain(|row| !people.contains(&row.person_id));
    data.statutory_statuses.retain(|row| !people.contains(&row.person_id));
    data.consents
        .retain(|row| !people.contains(&row.person_id) && row.decided_by.is_none_or(|by| !people.contains(&by)));
    let about = |person: &Option<Uuid>| person.is_some_and(|person| people.contains(&person));
    data.criteria_matches.retain(|row| !about(&row.person_id));
    data.distance_scores.retain(|row| !about(&row.person_id));
    data.progress_values.retain(|row| !about(&row.person_id));
    for (number, row) in data
        .addresses
        .iter_mut()
        .filter(|row| homes.contains(&row.family_id))
        .enumerate()
    {
        (row.postcode, row.line1) = (format!("9000{number}"), format!("9000{number}"));
        (row.line2, row.town) = (None, None);
    }
    let covered =
        |row: &&mut LocalIdentifierRow| [IdentifierSystem::Tenancy, IdentifierSystem::Upn].contains(&row.system);
    for (number, row) in data
        .local_identifiers
        .iter_mut()
        .filter(|row| homes.contains(&row.family_id))
        .filter(covered)
        .enumerate()
    {
        row.value = format!("9000-{number}");
    }
    data
}

/// A server over such an authority, and somebody of its social care who looks people up. How much they ask is not what is tested.
async fn serve(database: &TestDatabase, code: &str, data: &Dataset) -> (App, Partner) {
    let databases = database.open().await;
    bulk::load(&databases, data, &mut |_| {}).await.unwrap();
    let mut settings = lookups();
    (settings.budget, settings.agency_budget, settings.repeats) = (i32::MAX, i32::MAX, i32::MAX);
    // Values are tried here, by the hundred.
    settings.tries = 0;
    let app = App::over_with(databases, Clock::fixed(today()), Ids::seeded(1), settings).await;
    app.load_agreement(&demo::agreement_for(code)).await;
    let agency = format!("{code}-social-care");
    let partner = app.partner_named(code, &agency, "marker_lookup", "safeguarding", "a-duty-worker");
    (app, partner)
}

/// Asks about many, and gives each answer as it came.
async fn answers(partner: &Partner, questions: &[Value]) -> Vec<String> {
    const ASKED_FOR: &str = "query All($inputs: [MarkerLookupInput!]!) { markerLookups(inputs: $inputs) {
        status errors { code } marker { id onCohortSince leadProfessional { name } family { reference } } } }";
    let mut answers = Vec::new();
    for some in questions.chunks(500) {
        let reply = partner.ask_with(ASKED_FOR, json!({ "inputs": some })).await;
        let all = reply.data()["markerLookups"]
            .as_array()
            .unwrap_or_else(|| panic!("{:?}", reply.body));
        answers.extend(all.iter().map(Value::to_string));
    }
    answers
}

/// How a date of birth is asked with.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Born {
    AsItIs,
    /// Another day of the month, of which no digit is the same: then a little for or against decides.
    Beside,
    AYearOff,
}

impl Born {
    fn of(self, born: NaiveDate) -> NaiveDate {
        let digits = |day: u32| (day / 10, day % 10);
        let (tens, ones) = digits(born.day());
        let beside = (1..=28).find(|day| digits(*day).0 != tens && digits(*day).1 != ones);
        match self {
            Self::AsItIs => born,
            Self::Beside => born.with_day(beside.unwrap()).unwrap(),
            Self::AYearOff => born - TimeDelta::days(400),
        }
    }
}

/// A question about each person, by their names and date of birth.
fn about(data: &Dataset, born: Born) -> Vec<Value> {
    let people = data.people.iter();
    let question = |row: &PersonRow| {
        let day = born.of(row.date_of_birth?);
        Some(json!({ "givenName": row.given_name, "familyName": row.family_name, "dateOfBirth": day }))
    };
    people.filter_map(question).collect()
}

/// The same questions with something more in each.
fn each_with(questions: &[Value], more: &Value) -> Vec<Value> {
    questions.iter().map(|question| with(question.clone(), more)).collect()
}

fn number(system: &str, value: &str) -> Value {
    json!({ "identifiers": [{ "system": system, "value": value }] })
}

/// What nobody's home and nobody's number is.
fn nonsense() -> Vec<(&'static str, Value)> {
    vec![
        ("a postcode", json!({ "postcode": "AB1 2CD" })),
        ("an address", json!({ "address": "3 Nowhere Yard, Faraway" })),
        (
            "both",
            json!({ "postcode": "AB1 2CD", "address": "3 Nowhere Yard, Faraway" }),
        ),
        ("a tenancy", number("TENANCY", "ZZ-1")),
        ("a tenancy as long as theirs", number("TENANCY", "CH-999999")),
        ("a pupil", number("UPN", "A999999999999")),
    ]
}

on_both!(a_place_or_a_number_of_a_place_that_is_nobodys_costs_nobody_anything);
async fn a_place_or_a_number_of_a_place_that_is_nobodys_costs_nobody_anything(database: &TestDatabase) {
    let (code, data, homes) = authority();
    let data = shielded(data, &homes);
    assert_eq!((homes.len(), to_shield(&data, &homes).len()), (HOMES, HOMES));
    let (_app, partner) = serve(database, &code, &data).await;
    for (born, told) in [(Born::AsItIs, "MATCHED"), (Born::Beside, "NOT_FOUND")] {
        let plain = about(&data, born);
        let expected = answers(&partner, &plain).await;
        let many = expected.iter().filter(|answer| answer.contains(told)).count();
        assert!(many > 15, "{many} of {} are {told}", expected.len());
        for (what, more) in nonsense() {
            let with_it = answers(&partner, &each_with(&plain, &more)).await;
            let flagged = with_it
                .iter()
                .zip(&expected)
                .filter(|(one, other)| one != other)
                .count();
            assert_eq!(
                flagged,
                0,
                "{what} tells {flagged} of {} from the others",
                expected.len()
            );
        }
    }
}

on_both!(who_lives_with_somebody_shielded_is_answered_as_who_lives_where_nobody_asks);
async fn who_lives_with_somebody_shielded_is_answered_as_who_lives_where_nobody_asks(database: &TestDatabase) {
    let (code, data, homes) = authority();
    let (here, there) = (shielded(data.clone(), &homes), elsewhere(data.clone(), &homes));
    let other_database = if database.text().starts_with("sqlite") {
        TestDatabase::sqlite().await
    } else {
        TestDatabase::postgres()
            .await
            .expect("PostgreSQL, which this test has already")
    };
    let (_here, sheltered) = serve(database, &code, &here).await;
    let (_there, unsheltered) = serve(&other_database, &code, &there).await;
    let members: BTreeSet<Uuid> = here
        .memberships
        .iter()
        .filter(|row| homes.contains(&row.family_id))
        .map(|row| row.person_id)
        .collect();
    let mut questions = Vec::new();
    for born in [Born::AsItIs, Born::Beside, Born::AYearOff] {
        for (question, row) in about(&here, born).into_iter().zip(&here.people) {
            if !members.contains(&row.id) {
                continue;
            }
            let mut known: Vec<Value> = vec![json!({})];
            known.extend(nonsense().into_iter().map(|(_, more)| more));
            // Right and near, of each home.
            for place in here.addresses.iter().filter(|place| homes.contains(&place.family_id)) {
                let near = place.postcode.chars().rev().skip(1).collect::<String>();
                let near: String = near.chars().rev().chain(['Q']).collect();
                known.extend([
                    json!({ "postcode": place.postcode }),
                    json!({ "address": place.line1 }),
                    json!({ "postcode": place.postcode, "address": place.line1 }),
                    json!({ "postcode": near, "address": format!("1{}", place.line1) }),
                ]);
            }
            let numbers = here.local_identifiers.iter();
            for row in numbers.filter(|row| members.contains(&row.person_id)) {
                known.push(number(&row.system.word().to_uppercase(), &row.value));
            }
            questions.extend(known.iter().map(|more| with(question.clone(), more)));
        }
    }
    // Numbers alone, and a place with hardly anything else.
    for row in here
        .local_identifiers
        .iter()
        .filter(|row| members.contains(&row.person_id))
    {
        questions.push(number(&row.system.word().to_uppercase(), &row.value));
    }
    // The same by less, and by another family name, so that a little for or against decides.
    let vague: Vec<Value> = questions
        .iter()
        .filter(|question| question.get("givenName").is_some())
        .flat_map(|question| {
            let mut vague = question.clone();
            vague.as_object_mut().unwrap().remove("givenName");
            [vague, with(question.clone(), &json!({ "familyName": "Quillfeather" }))]
        })
        .collect();
    questions.extend(vague);
    let (one, other) = (
        answers(&sheltered, &questions).await,
        answers(&unsheltered, &questions).await,
    );
    for ((question, one), other) in questions.iter().zip(&one).zip(&other) {
        assert_eq!(one, other, "{question}");
    }
    for told in ["MATCHED", "AMBIGUOUS", "NOT_FOUND"] {
        let many = one.iter().filter(|answer| answer.contains(told)).count();
        assert!(many > 30, "{many} of {} are {told}", one.len());
    }
    // The same questions where nobody is shielded and nobody moved: then places and numbers are what finds them.
    let third = if database.text().starts_with("sqlite") {
        TestDatabase::sqlite().await
    } else {
        TestDatabase::postgres()
            .await
            .expect("PostgreSQL, which this test has already")
    };
    let (_third, open) = serve(&third, &code, &data).await;
    let open = answers(&open, &questions).await;
    let better = open.iter().zip(&one).filter(|(open, closed)| open != closed).count();
    assert!(better > 100, "{better}");
}

/// Luca lives with his mother, who is shielded, and every other week in another family.
async fn luca_lives_in_two_homes(app: &App) -> Value {
    let data = demo::worked(today().date_naive());
    let luca = data.people.iter().find(|row| row.given_name == "Luca").expect("Luca");
    let other = data
        .families
        .iter()
        .find(|row| row.reference == "TF-10001")
        .expect("a family");
    let of_both = Dataset {
        memberships: vec![membership(other, luca.id, 79)],
        ..Dataset::default()
    };
    bulk::load(app.store.databases(), &of_both, &mut |_| {}).await.unwrap();
    let home = data
        .addresses
        .iter()
        .find(|row| row.family_id == other.id)
        .expect("an address");
    json!({ "postcode": home.postcode, "address": home.line1 })
}

on_both!(in_every_home_of_theirs_and_from_when_it_is_recorded);
async fn in_every_home_of_theirs_and_from_when_it_is_recorded(database: &TestDatabase) {
    let app = App::start(database).await;
    let police = police(&app);
    let other_home = luca_lives_in_two_homes(&app).await;
    let mut luca = person("Luca", "Marchant");
    let day: NaiveDate = serde_json::from_value(luca["dateOfBirth"].clone()).unwrap();
    luca["dateOfBirth"] = json!(Born::Beside.of(day));
    let plain = status(&police, luca.clone()).await;
    let with_home = with(luca.clone(), &other_home);
    assert_eq!(
        status(&police, with_home.clone()).await,
        plain,
        "his mother is shielded"
    );
    // She is to come back only next month: what is recorded shields from now on.
    let next_month = today().date_naive() + TimeDelta::days(30);
    write(
        &app,
        &format!(
            "UPDATE membership SET valid_from = '{next_month}' WHERE person_id IN (SELECT id FROM person WHERE given_name = 'Sofia' AND shielded)"
        ),
    )
    .await;
    assert_eq!(status(&police, with_home.clone()).await, plain, "she is to come");
    // It ends on the day of her death.
    for (day, covered) in [("2026-06-16", true), ("2026-06-15", false)] {
        let dies = format!("UPDATE person SET died_on = '{day}' WHERE given_name = 'Sofia' AND shielded");
        write(&app, &dies).await;
        assert_eq!(status(&police, with_home.clone()).await == plain, covered, "{day}");
    }
    write(&app, "UPDATE person SET died_on = NULL WHERE given_name = 'Sofia'").await;
    assert_eq!(status(&police, with_home.clone()).await, plain, "she lives");
    write(&app, "UPDATE person SET shielded = false").await;
    assert_ne!(status(&police, with_home).await, plain, "nobody is shielded");
}

on_both!(what_does_not_help_is_explained_as_if_it_were_not_known);
async fn what_does_not_help_is_explained_as_if_it_were_not_known(database: &TestDatabase) {
    let app = App::start(database).await;
    let lead = app.lead_professional();
    let level = async |who: &Partner, more: Value, field: &str| {
        let reply = ask(who, with(person("Dawn", "Hardman"), &more)).await;
        let told = reply.data()["markerLookup"]["explanation"].as_array().unwrap().clone();
        let told = told.iter().find(|one| one["field"] == field);
        told.map_or(Value::Null, |one| one["level"].clone())
    };
    assert_eq!(
        level(&lead, json!({ "postcode": "ZQ4 7HA" }), "POSTCODE").await,
        "EXACT"
    );
    assert_eq!(
        level(&lead, json!({ "postcode": "AB1 2CD" }), "POSTCODE").await,
        "MISSING"
    );
    // Levels of numbers are told to nobody by this agreement; its analysts may read numbers, so they may be told of them.
    let agreement = demo::CAMBRIDGESHIRE_AGREEMENT;
    let analysts = "id = \"analyst-verification\"";
    let agreement = agreement
        .replace(analysts, &format!("{analysts}\nexplain = true"))
        .replacen("version = 1", "version = 2", 1)
        .replacen("effective_from = 2026-01-01", "effective_from = 2026-06-15", 1);
    app.load_agreement(&agreement).await;
    let analyst = app.partner("tff-team", "data_analyst", "programme_management");
    for (value, expected) in [("ZZ-1", "MISSING"), ("CH-20931", "EXACT")] {
        let level = level(&analyst, number("TENANCY", value), "IDENTIFIERS").await;
        assert_eq!(level, expected, "{value}");
    }
}
