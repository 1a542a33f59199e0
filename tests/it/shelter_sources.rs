//! Of a family with somebody shielded nothing tells in which area it lives, nor from which agency anything came; and that ends with the life of who was shielded.

use serde_json::{Value, json};
use thinkfamily::{
    clock::{Clock, Ids},
    demo,
    records::{ActionRow, AssessmentRow, FamilyRow, OutcomeRow},
    store::{bulk, dataset::Dataset},
};
use uuid::Uuid;

use crate::{
    feed::reader::change,
    former::{AGREEMENT, CLAUSE},
    lookups::world::membership,
    support::{
        app::{App, Partner, today},
        database::{TestDatabase, on_both},
    },
};

/// Sofia, who is shielded, lives here with her son Luca.
const HERS: &str = "TF-10002";
/// Luca lives here too, every other week.
const OTHER: &str = "TF-10001";

fn family(data: &Dataset, reference: &str) -> FamilyRow {
    let mut found = data.families.iter().filter(|row| row.reference == reference);
    found.next().expect("a family of the demonstration").clone()
}

/// The demonstration, in which of Sofia's family all areas are known, and an assessment, an outcome and an action besides.
fn data() -> Dataset {
    let mut data = demo::worked(today().date_naive());
    let (hers, other) = (family(&data, HERS), family(&data, OTHER));
    let luca = data
        .people
        .iter()
        .find(|row| row.given_name == "Luca")
        .expect("Luca")
        .id;
    data.memberships.push(membership(&other, luca, 8_800));
    for row in data.memberships.iter_mut().filter(|row| row.person_id == luca) {
        row.phone = Some("01632 960888".to_owned());
    }
    let row = data.families.iter_mut().find(|row| row.id == hers.id).expect("hers");
    for area in [&mut row.district, &mut row.ward, &mut row.locality, &mut row.reach_area] {
        *area = Some("Harbourside".to_owned());
    }
    let police = data
        .agencies
        .iter()
        .find(|row| row.code == "cambs-police")
        .expect("an agency")
        .id;
    let goal = data
        .goals
        .iter()
        .find(|row| row.family_id == hers.id)
        .expect("a goal")
        .clone();
    let like = data.assessments.iter().find(|row| row.family_id == other.id);
    let assessment = AssessmentRow {
        id: Uuid::from_u128(8_801),
        family_id: hers.id,
        agency_id: police,
        ..like.expect("an assessment").clone()
    };
    let like = data.outcomes.iter().find(|row| row.family_id == other.id);
    let outcome = OutcomeRow {
        id: Uuid::from_u128(8_802),
        family_id: hers.id,
        plan_id: goal.plan_id,
        goal_id: None,
        criterion: None,
        source_agency_id: Some(police),
        ..like.expect("an outcome").clone()
    };
    let like = data.actions.iter().find(|row| row.family_id == other.id);
    let action = ActionRow {
        id: Uuid::from_u128(8_803),
        family_id: hers.id,
        goal_id: goal.id,
        owner_agency_id: police,
        ..like.expect("an action").clone()
    };
    data.assessments.push(assessment);
    data.outcomes.push(outcome);
    data.actions.push(action);
    data
}

async fn serve(database: &TestDatabase) -> (App, Partner) {
    let databases = database.open().await;
    bulk::load(&databases, &data(), &mut |_| {}).await.unwrap();
    let app = App::over(databases, Clock::fixed(today()), Ids::seeded(1)).await;
    let clause = CLAUSE
        .replace("KIND", "police")
        .replace("EXPLAINED", "true")
        .replace("shielded = true", "shielded = false")
        .replace(
            "\"CONSENT\",",
            "\"CONSENT\", \"INVOLVEMENT\", \"ASSESSMENT\", \"OUTCOME\", \"PLAN\",",
        );
    app.load_agreement(&format!("{AGREEMENT}{clause}")).await;
    let partner = app.partner("cambs-police", "practitioner", "safeguarding");
    (app, partner)
}

const AREAS: [&str; 4] = ["district", "ward", "locality", "reachArea"];
const SOURCES: &str = "district ward locality reachArea
    criteriaMatches { sourceAgencyKind sourceAgency { code } } assessments { agencyKind agency { code } }
    outcomes { sourceAgencyKind sourceAgency { code } }
    plans { goals { actions { description ownerAgency { code } } } }";

/// Calls for every key of an answer.
fn walk(value: &Value, visit: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(of) => {
            for (key, value) in of {
                visit(key, value);
                walk(value, visit);
            }
        }
        Value::Array(of) => of.iter().for_each(|value| walk(value, visit)),
        _ => {}
    }
}

on_both!(of_a_family_with_somebody_shielded_nothing_tells_its_area_or_whence_anything_came);
async fn of_a_family_with_somebody_shielded_nothing_tells_its_area_or_whence_anything_came(database: &TestDatabase) {
    let (app, partner) = serve(database).await;
    for (sql, shielded) in [
        ("UPDATE person SET shielded = TRUE WHERE given_name = 'Sofia'", true),
        ("UPDATE person SET shielded = FALSE WHERE given_name = 'Sofia'", false),
    ] {
        change(&app.store, sql, vec![]).await;
        let reply = partner
            .ask(&format!("{{ family(reference: \"{HERS}\") {{ {SOURCES} }} }}"))
            .await;
        let family = &reply.data()["family"];
        for area in AREAS {
            assert_eq!(family[area].is_string(), !shielded, "{area}: {family:#}");
        }
        let (mut told, mut withheld, mut kinds) = (0, 0, 0);
        walk(family, &mut |key, value| match key {
            "sourceAgency" | "agency" | "ownerAgency" if value.is_null() => withheld += 1,
            "sourceAgency" | "agency" | "ownerAgency" => told += 1,
            "sourceAgencyKind" | "agencyKind" if value.is_string() => kinds += 1,
            _ => {}
        });
        // Two matches at least, the assessment, the outcome and the action.
        let (named, unnamed) = if shielded { (told, withheld) } else { (withheld, told) };
        assert!(
            named == 0 && unnamed >= 5,
            "{told} told, {withheld} withheld: {family:#}"
        );
        assert!(kinds >= 4, "of which kind they are is told: {family:#}");
        for field in [
            "Family.ward",
            "Family.locality",
            "Family.reachArea",
            "CriteriaMatch.sourceAgency",
            "Assessment.agency",
            "Outcome.sourceAgency",
            "Action.ownerAgency",
        ] {
            let reasons: &[&str] = if shielded { &["SHIELDED"] } else { &[] };
            assert_eq!(reply.withheld(field), reasons, "{field}");
        }
    }
}

on_both!(it_ends_on_the_day_of_the_death_of_who_was_shielded_in_each_household);
async fn it_ends_on_the_day_of_the_death_of_who_was_shielded_in_each_household(database: &TestDatabase) {
    let (app, partner) = serve(database).await;
    for (day, covered) in [("2026-06-16", true), ("2026-06-15", false)] {
        let dies = format!("UPDATE person SET died_on = '{day}' WHERE given_name = 'Sofia'");
        change(&app.store, &dies, vec![]).await;
        for reference in [HERS, OTHER] {
            let query =
                format!("{{ family(reference: \"{reference}\") {{ district members {{ givenName phone }} }} }}");
            let reply = partner.ask(&query).await;
            let family = &reply.data()["family"];
            let members = family["members"].as_array().expect("members");
            let luca = members.iter().find(|member| member["givenName"] == "Luca");
            let phone = if covered { Value::Null } else { json!("01632 960888") };
            assert_eq!(luca.expect("he lives there")["phone"], phone, "{reference}, {day}");
            let hidden = covered && reference == HERS;
            assert_eq!(family["district"].is_null(), hidden, "{reference}, {day}");
        }
    }
}

// The household that she left is not told that she is at risk now.
on_both!(the_household_that_somebody_left_is_not_told_that_they_are_at_risk_now);
async fn the_household_that_somebody_left_is_not_told_that_they_are_at_risk_now(database: &TestDatabase) {
    let (app, partner) = serve(database).await;
    let left = "UPDATE membership SET valid_until = '2026-06-14', end_reason = 'fled' WHERE person_id = (SELECT id FROM person \
                WHERE authority_id = 1 AND given_name = 'Dawn')";
    change(&app.store, left, vec![]).await;
    let query =
        format!("{{ family(reference: \"{OTHER}\") {{ members(includeFormer: true) {{ relationship phone }} }} }}");
    for shielded in ["FALSE", "TRUE"] {
        let sql = format!("UPDATE person SET shielded = {shielded} WHERE authority_id = 1 AND given_name = 'Dawn'");
        change(&app.store, &sql, vec![]).await;
        let reply = partner.ask(&query).await;
        let told = reply.body["extensions"]["disclosure"]["withheld"]
            .as_array()
            .expect("a list")
            .clone();
        let of_her: Vec<&Value> = told.iter().filter(|entry| entry["reason"] == "NOT_A_MEMBER").collect();
        assert_eq!(of_her.len(), 1, "{shielded}: {told:#?}");
        assert!(
            told.iter().all(|entry| entry["reason"] != "SHIELDED"),
            "{shielded}: {told:#?}"
        );
    }
}
