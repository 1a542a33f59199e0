//! Who decides about consent, through the wire: what is written of deaths, capacity, responsibility and other households counts as the rule says, from the next question on.

use chrono::{Days, TimeDelta};
use serde_json::{Value, json};
use thinkfamily::{
    clock::{Clock, Ids},
    demo,
    records::{ConsentAnswer, ConsentRow, LacksCapacityRow, ParentalResponsibilityRow},
    store::{bulk, dataset::Dataset},
};
use uuid::Uuid;

use crate::{
    feed::reader::change,
    lookups::world::membership,
    support::{
        app::{App, Partner, today},
        database::{TestDatabase, on_both},
    },
};

const OLD: &str = "TF-10001";
const NEW: &str = "TF-10005";

/// The police know of everybody, and ask for consent to what they are called and to what schools say of them; it is told exactly why not.
const AGREEMENT: &str = r#"
[agreement]
id = "ASKS"
version = 1
title = "Names and schools with consent"
authority = "cambridgeshire"
effective_from = 2026-01-01
review_by = 2027-01-01
[[signatory]]
agency = "cambs-police"
signed_on = 2025-12-01
[[clause]]
id = "known"
agency_kinds = ["police"]
roles = ["practitioner"]
categories = ["MARKER", "REFERENCE", "HOUSEHOLD"]
purposes = ["safeguarding", "prevention_of_crime"]
access = ["read"]
scope = "authority"
consent = "not_required"
lawful_basis = "public_task"
[[clause]]
id = "asked"
agency_kinds = ["police"]
roles = ["practitioner"]
categories = ["IDENTITY", "CRITERION_EDUCATION"]
purposes = ["safeguarding", "prevention_of_crime"]
access = ["read"]
scope = "authority"
consent = "required"
lawful_basis = "public_task"
condition = "substantial_public_interest"
explain = true
"#;

fn person(data: &Dataset, given: &str) -> Uuid {
    let mut people = data
        .people
        .iter()
        .filter(|row| row.authority_id == demo::CAMBRIDGESHIRE);
    people
        .find(|row| row.given_name == given)
        .expect("somebody of the demonstration")
        .id
}

fn family(data: &Dataset, reference: &str) -> Uuid {
    data.families
        .iter()
        .find(|row| row.reference == reference)
        .expect("a family")
        .id
}

/// The demonstration, in which of the Hardmans' matches of education there is Tyler's alone.
fn worked() -> Dataset {
    let mut data = demo::worked(today().date_naive());
    let megan = person(&data, "Megan");
    data.criteria_matches.retain(|row| row.person_id != Some(megan));
    data
}

async fn serve(database: &TestDatabase, data: &Dataset) -> App {
    let databases = database.open().await;
    bulk::load(&databases, data, &mut |_| {}).await.unwrap();
    let app = App::over(databases, Clock::fixed(today()), Ids::seeded(1)).await;
    app.load_agreement(AGREEMENT).await;
    app
}

fn officer(app: &App) -> Partner {
    app.partner("cambs-police", "practitioner", "safeguarding")
}

/// What members of the Hardmans are called, as far as it is told, and why the rest is not.
async fn names(officer: &Partner) -> (Vec<String>, Vec<String>) {
    let reply = officer
        .ask(&format!(
            "{{ family(reference: \"{OLD}\") {{ members {{ givenName }} }} }}"
        ))
        .await;
    let members = reply.data()["family"]["members"].as_array().expect("members").clone();
    let mut names: Vec<String> = members
        .iter()
        .filter_map(|one| one["givenName"].as_str())
        .map(str::to_owned)
        .collect();
    names.sort();
    let reasons = reply
        .withheld("Member.givenName")
        .into_iter()
        .map(str::to_owned)
        .collect();
    (names, reasons)
}

/// Whether what schools say of Tyler is told of the Hardmans.
async fn school(officer: &Partner) -> bool {
    let reply = officer
        .ask(&format!(
            "{{ family(reference: \"{OLD}\") {{ criteriaMatches {{ criterion }} }} }}"
        ))
        .await;
    reply.data()["family"]["criteriaMatches"] == json!([{ "criterion": "EDUCATION" }])
}

/// A decision for the police about a category, said so many minutes ago.
fn said(
    data: &Dataset,
    key: u128,
    (of, about, by): (&str, &str, &str),
    category: &str,
    answer: ConsentAnswer,
    minutes: i64,
) -> ConsentRow {
    ConsentRow {
        id: Uuid::from_u128(key),
        family_id: family(data, of),
        person_id: person(data, about),
        category: category.to_owned(),
        agency_kind: "police".to_owned(),
        purposes: None,
        decision: answer,
        decided_by: Some(person(data, by)),
        decided_by_agency: None,
        decided_by_subject: None,
        recorded_at: today() - TimeDelta::minutes(minutes),
        expires_on: None,
        withdrawn_at: None,
        ..data.consents[0].clone()
    }
}

async fn add(app: &App, consents: Vec<ConsentRow>) {
    let more = Dataset {
        consents,
        ..Dataset::default()
    };
    bulk::load(app.store.databases(), &more, &mut |_| {}).await.unwrap();
}

fn words(of: &[&str]) -> Vec<String> {
    of.iter().map(|word| (*word).to_owned()).collect()
}

const ALL: [&str; 5] = ["Alfie", "Dawn", "Lee", "Megan", "Tyler"];

on_both!(a_step_father_says_no_for_the_child_for_whom_it_is_recorded_and_while_it_is);
async fn a_step_father_says_no_for_the_child_for_whom_it_is_recorded_and_while_it_is(database: &TestDatabase) {
    let data = worked();
    let app = serve(database, &data).await;
    let officer = officer(&app);
    assert_eq!(names(&officer).await.0, ALL);
    // By agreement Lee has responsibility for Alfie, and for nobody else.
    let no = |key, about| said(&data, key, (OLD, about, "Lee"), "IDENTITY", ConsentAnswer::Refused, 1);
    add(&app, vec![no(9_001, "Megan")]).await;
    assert_eq!(names(&officer).await.0, ALL, "nobody hears him for Megan");
    add(&app, vec![no(9_002, "Alfie")]).await;
    assert_eq!(
        names(&officer).await,
        (words(&["Dawn", "Lee", "Megan", "Tyler"]), words(&["CONSENT_NOT_GIVEN"]))
    );
    // What is written of the responsibility is seen by the next question.
    let tomorrow = today().date_naive() + Days::new(1);
    let began = "UPDATE parental_responsibility SET valid_from = $1 WHERE authority_id = 1";
    change(&app.store, began, vec![tomorrow.into()]).await;
    assert_eq!(names(&officer).await.0, ALL, "he could not and cannot");
    change(&app.store, began, vec![today().date_naive().into()]).await;
    assert_eq!(
        names(&officer).await.0,
        ["Dawn", "Lee", "Megan", "Tyler"],
        "he can today"
    );
    // For another child in the place of Alfie: of somebody of another family, too.
    let more = Dataset {
        parental_responsibilities: vec![ParentalResponsibilityRow {
            id: Uuid::from_u128(9_003),
            child_id: person(&data, "Megan"),
            ..data.parental_responsibilities[0].clone()
        }],
        ..Dataset::default()
    };
    bulk::load(app.store.databases(), &more, &mut |_| {}).await.unwrap();
    assert_eq!(
        names(&officer).await.0,
        ["Dawn", "Lee", "Tyler"],
        "now he is heard for Megan"
    );
}

on_both!(for_who_lacks_capacity_a_professional_decides);
async fn for_who_lacks_capacity_a_professional_decides(database: &TestDatabase) {
    let data = worked();
    let app = serve(database, &data).await;
    let officer = officer(&app);
    let lacks = LacksCapacityRow {
        id: Uuid::from_u128(9_011),
        person_id: person(&data, "Dawn"),
        valid_from: today().date_naive() - Days::new(1),
        valid_until: None,
        ..data.lacks_capacity[0].clone()
    };
    let more = Dataset {
        lacks_capacity: vec![lacks],
        ..Dataset::default()
    };
    bulk::load(app.store.databases(), &more, &mut |_| {}).await.unwrap();
    assert_eq!(
        names(&officer).await.0,
        ["Alfie", "Lee", "Megan", "Tyler"],
        "her yes of before gives nothing"
    );
    let mut in_her_interests = said(&data, 9_012, (OLD, "Dawn", "Dawn"), "IDENTITY", ConsentAnswer::Given, 1);
    in_her_interests.decided_by = None;
    (in_her_interests.decided_by_agency, in_her_interests.decided_by_subject) =
        (Some(in_her_interests.recorded_by_agency), Some("a-worker".to_owned()));
    add(&app, vec![in_her_interests]).await;
    assert_eq!(names(&officer).await.0, ALL);
    // She has capacity again: what she said herself counts, and the worker's word does not.
    change(
        &app.store,
        "UPDATE lacks_capacity SET valid_until = $1 WHERE authority_id = 1 AND valid_until IS NULL",
        vec![today().date_naive().into()],
    )
    .await;
    change(&app.store, "DELETE FROM consent WHERE authority_id = 1 AND category = 'IDENTITY' AND agency_kind = 'police' AND decided_by = person_id AND decided_by = $1", vec![person(&data, "Dawn").into()]).await;
    assert_eq!(names(&officer).await.0, ["Alfie", "Lee", "Megan", "Tyler"]);
}

on_both!(on_the_day_of_a_death_a_membership_ends_and_nobody_decides);
async fn on_the_day_of_a_death_a_membership_ends_and_nobody_decides(database: &TestDatabase) {
    let data = worked();
    let app = serve(database, &data).await;
    let officer = officer(&app);
    let dies = "UPDATE person SET died_on = $1 WHERE authority_id = 1 AND given_name = 'Dawn'";
    change(&app.store, dies, vec![(today().date_naive() + Days::new(1)).into()]).await;
    assert_eq!(names(&officer).await.0, ALL, "until the day");
    change(&app.store, dies, vec![today().date_naive().into()]).await;
    // She said yes for her children, and can do so no more; Lee's own stands.
    assert_eq!(names(&officer).await, (words(&["Lee"]), words(&["CONSENT_NOT_GIVEN"])));
    let query = format!(
        "{{ family(reference: \"{OLD}\") {{ members(includeFormer: true) {{ relationship givenName phone memberUntil }} }} }}"
    );
    let reply = officer.ask(&query).await;
    let members = reply.data()["family"]["members"].as_array().expect("members").clone();
    let mother = members
        .iter()
        .find(|one| one["relationship"] == "MOTHER")
        .expect("she was in it");
    assert_eq!((&mother["givenName"], &mother["phone"]), (&Value::Null, &Value::Null));
    assert_eq!(mother["memberUntil"], today().date_naive().to_string());
}

/// Dawn and Tyler have lived in another family since ten days ago; Lee, left behind, has responsibility for all children of the old one.
fn left_behind() -> Dataset {
    let mut data = worked();
    let (old, dawn, tyler, lee) = (
        family(&data, OLD),
        person(&data, "Dawn"),
        person(&data, "Tyler"),
        person(&data, "Lee"),
    );
    let new = data
        .families
        .iter()
        .find(|row| row.reference == NEW)
        .expect("a family")
        .clone();
    let left = today().date_naive() - Days::new(10);
    for row in data.memberships.iter_mut().filter(|row| row.family_id == old) {
        if [dawn, tyler].contains(&row.person_id) {
            row.valid_until = Some(left);
        }
        row.parental_responsibility |= row.person_id == lee;
    }
    for (key, who, responsible) in [(9_101, dawn, true), (9_102, tyler, false)] {
        let mut row = membership(&new, who, key);
        row.parental_responsibility = responsible;
        data.memberships.push(row);
    }
    data
}

on_both!(for_a_child_who_has_left_it_is_decided_where_they_live);
async fn for_a_child_who_has_left_it_is_decided_where_they_live(database: &TestDatabase) {
    let data = left_behind();
    let app = serve(database, &data).await;
    let officer = officer(&app);
    let no = |key, of, by, minutes| {
        said(
            &data,
            key,
            (of, "Tyler", by),
            "CRITERION_EDUCATION",
            ConsentAnswer::Refused,
            minutes,
        )
    };
    assert!(
        school(&officer).await,
        "his mother's yes of then: she decides where he lives"
    );
    add(&app, vec![no(9_111, OLD, "Lee", 1)]).await;
    assert!(school(&officer).await, "who was left behind decides no more");
    add(&app, vec![no(9_112, NEW, "Dawn", 1)]).await;
    assert!(!school(&officer).await, "a no that she says where they live");
    change(
        &app.store,
        "DELETE FROM consent WHERE id = $1",
        vec![Uuid::from_u128(9_112).into()],
    )
    .await;
    assert!(school(&officer).await);
    // What he said when he could stays.
    add(&app, vec![no(9_113, OLD, "Lee", 60 * 24 * 30)]).await;
    assert!(!school(&officer).await);
    change(
        &app.store,
        "DELETE FROM consent WHERE id = $1",
        vec![Uuid::from_u128(9_113).into()],
    )
    .await;
    // Without hers there is no yes: his gives nothing.
    let hers = "DELETE FROM consent WHERE authority_id = 1 AND category = 'CRITERION_EDUCATION' AND agency_kind = 'police' \
                AND person_id = $1 AND decision = 'given'";
    change(&app.store, hers, vec![person(&data, "Tyler").into()]).await;
    add(
        &app,
        vec![said(
            &data,
            9_114,
            (OLD, "Tyler", "Lee"),
            "CRITERION_EDUCATION",
            ConsentAnswer::Given,
            0,
        )],
    )
    .await;
    assert!(!school(&officer).await, "nor does his yes give anything");
}

on_both!(where_it_is_not_recorded_where_a_child_lives_nobody_decides);
async fn where_it_is_not_recorded_where_a_child_lives_nobody_decides(database: &TestDatabase) {
    let data = left_behind();
    let app = serve(database, &data).await;
    let officer = officer(&app);
    assert!(school(&officer).await);
    // What is written of the other household is seen by the next question in this one: she leaves it, and he.
    for key in [9_101_u128, 9_102] {
        let ends = "UPDATE membership SET valid_until = $1 WHERE id = $2";
        change(
            &app.store,
            ends,
            vec![today().date_naive().into(), Uuid::from_u128(key).into()],
        )
        .await;
        assert!(!school(&officer).await, "{key}");
        change(
            &app.store,
            "UPDATE membership SET valid_until = NULL WHERE id = $1",
            vec![Uuid::from_u128(key).into()],
        )
        .await;
        assert!(school(&officer).await, "{key}");
    }
    let dies = "UPDATE person SET died_on = $1 WHERE authority_id = 1 AND given_name = 'Dawn'";
    change(&app.store, dies, vec![today().date_naive().into()]).await;
    assert!(!school(&officer).await, "who decides there has died");
}

on_both!(for_a_child_yet_to_come_it_is_decided_where_they_live);
async fn for_a_child_yet_to_come_it_is_decided_where_they_live(database: &TestDatabase) {
    let mut data = left_behind();
    let (old, tyler) = (family(&data, OLD), person(&data, "Tyler"));
    let mut his = data.memberships.iter_mut();
    let his = his.find(|row| (row.family_id, row.person_id) == (old, tyler));
    let his = his.expect("he belongs to it");
    (his.valid_from, his.valid_until) = (today().date_naive() + Days::new(1), None);
    let app = serve(database, &data).await;
    let officer = officer(&app);
    let says = |key, by, answer, minutes| said(&data, key, (OLD, "Tyler", by), "CRITERION_EDUCATION", answer, minutes);
    assert!(
        !school(&officer).await,
        "where he lived when she said yes is not recorded"
    );
    add(&app, vec![says(9_121, "Lee", ConsentAnswer::Given, 2)]).await;
    assert!(!school(&officer).await, "he does not live with him yet");
    add(&app, vec![says(9_122, "Dawn", ConsentAnswer::Given, 1)]).await;
    assert!(school(&officer).await, "he lives with her");
    add(&app, vec![says(9_123, "Lee", ConsentAnswer::Refused, 0)]).await;
    assert!(
        school(&officer).await,
        "nor does the no of who will live with him count yet"
    );
}

on_both!(a_no_said_in_another_family_is_told_as_withheld_and_one_said_here_exactly);
async fn a_no_said_in_another_family_is_told_as_withheld_and_one_said_here_exactly(database: &TestDatabase) {
    let mut data = worked();
    let new = data
        .families
        .iter()
        .find(|row| row.reference == NEW)
        .expect("a family")
        .clone();
    let dawn = person(&data, "Dawn");
    data.memberships.push(membership(&new, dawn, 9_201));
    let app = serve(database, &data).await;
    let officer = officer(&app);
    let no = |key, of, minutes| {
        said(
            &data,
            key,
            (of, "Dawn", "Dawn"),
            "IDENTITY",
            ConsentAnswer::Refused,
            minutes,
        )
    };
    add(&app, vec![no(9_211, NEW, 2)]).await;
    let others = words(&["Alfie", "Lee", "Megan", "Tyler"]);
    // The clause explains itself, and all here said yes.
    assert_eq!(names(&officer).await, (others.clone(), words(&["WITHHELD"])));
    add(&app, vec![no(9_212, OLD, 1)]).await;
    assert_eq!(
        names(&officer).await,
        (others, words(&["CONSENT_NOT_GIVEN"])),
        "her no here is this family's own"
    );
}

on_both!(a_yes_is_for_the_purposes_with_which_it_is_recorded);
async fn a_yes_is_for_the_purposes_with_which_it_is_recorded(database: &TestDatabase) {
    let data = worked();
    let app = serve(database, &data).await;
    let officers =
        ["safeguarding", "prevention_of_crime"].map(|purpose| app.partner("cambs-police", "practitioner", purpose));
    for officer in &officers {
        assert_eq!(names(officer).await.0, ALL);
    }
    change(&app.store, "DELETE FROM consent WHERE authority_id = 1 AND category = 'IDENTITY' AND agency_kind = 'police' AND person_id = $1", vec![person(&data, "Lee").into()]).await;
    let mut one = said(&data, 9_301, (OLD, "Lee", "Lee"), "IDENTITY", ConsentAnswer::Given, 2);
    one.purposes = Some("safeguarding".to_owned());
    add(&app, vec![one]).await;
    assert_eq!(names(&officers[0]).await.0, ALL);
    assert_eq!(names(&officers[1]).await.0, ["Alfie", "Dawn", "Megan", "Tyler"]);
    // A withdrawal of it is a no to both, though it names one.
    let both = said(&data, 9_302, (OLD, "Lee", "Lee"), "IDENTITY", ConsentAnswer::Given, 5);
    add(&app, vec![both]).await;
    assert_eq!(names(&officers[1]).await.0, ALL);
    change(
        &app.store,
        "UPDATE consent SET withdrawn_at = $1 WHERE id = $2",
        vec![today().into(), Uuid::from_u128(9_301).into()],
    )
    .await;
    for officer in &officers {
        assert_eq!(names(officer).await.0, ["Alfie", "Dawn", "Megan", "Tyler"]);
    }
}

on_both!(the_own_consent_age_is_what_the_authority_says);
async fn the_own_consent_age_is_what_the_authority_says(database: &TestDatabase) {
    let data = worked();
    let app = serve(database, &data).await;
    let officer = officer(&app);
    let of = async || {
        let reply = officer
            .ask("{ family(reference: \"TF-10006\") { members { givenName } } }")
            .await;
        let members = reply.data()["family"]["members"].as_array().expect("members").clone();
        let mut names: Vec<String> = members
            .iter()
            .filter_map(|one| one["givenName"].as_str())
            .map(str::to_owned)
            .collect();
        names.sort();
        names
    };
    // Amina is 17 and Ibrahim 14; nobody has responsibility for them, and each said yes for themself.
    for (age, seen) in [
        (13, vec!["Amina", "Ibrahim"]),
        (16, vec!["Amina"]),
        (18, vec![]),
        (13, vec!["Amina", "Ibrahim"]),
    ] {
        change(
            &app.store,
            "UPDATE authority SET own_consent_age = $1 WHERE id = 1",
            vec![age.into()],
        )
        .await;
        assert_eq!(of().await, seen, "{age}");
    }
}

on_both!(what_was_said_in_the_first_hour_of_a_birthday_was_said_on_it);
async fn what_was_said_in_the_first_hour_of_a_birthday_was_said_on_it(database: &TestDatabase) {
    let mut data = worked();
    let tyler = person(&data, "Tyler");
    let born = "2013-06-02".parse().expect("a day");
    data.people
        .iter_mut()
        .filter(|row| row.id == tyler)
        .for_each(|row| row.date_of_birth = Some(born));
    // His mother's yes would go on for 28 days: it is taken away, so that his own is all there is.
    data.consents
        .retain(|row| row.person_id != tyler || row.category != "IDENTITY");
    let app = serve(database, &data).await;
    let officer = officer(&app);
    for (key, at, counts) in [
        (9_401, "2026-06-01T22:59:59Z", false),
        (9_402, "2026-06-01T23:30:00Z", true),
    ] {
        let mut yes = said(&data, key, (OLD, "Tyler", "Tyler"), "IDENTITY", ConsentAnswer::Given, 0);
        yes.recorded_at = at.parse().expect("an instant");
        add(&app, vec![yes]).await;
        assert_eq!(names(&officer).await.0.contains(&"Tyler".to_owned()), counts, "{at}");
    }
}
