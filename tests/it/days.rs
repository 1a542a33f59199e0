//! Days are those of the United Kingdom: what a date does by itself it does at midnight in London, in summer, in winter, when the clocks change and on a leap day.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sea_orm::Value as SqlValue;
use serde_json::{Value, json};
use thinkfamily::demo;

use crate::{
    feed::reader::{Reader, change},
    lookups::world::ask,
    partners::changes,
    support::{
        app::{App, Partner},
        database::{TestDatabase, on_both},
    },
};

/// Two agencies that see a marker by nothing else than this: the one while it works with the family, the other while the agreement lasts.
const AGREEMENTS: [&str; 2] = [
    r#"
[agreement]
id = "WORKS"
version = 1
title = "While they work with the family"
authority = "cambridgeshire"
effective_from = 2026-01-01
review_by = 2030-01-01
[[signatory]]
agency = "foodbank-trust"
signed_on = 2025-12-01
[[clause]]
id = "works"
agency_kinds = ["voluntary_sector"]
roles = ["practitioner"]
categories = ["MARKER"]
purposes = ["offender_management"]
access = ["read"]
scope = "involved"
consent = "not_required"
lawful_basis = "public_task"
"#,
    r#"
[agreement]
id = "ENDS"
version = 1
title = "Until it ends"
authority = "cambridgeshire"
effective_from = 2026-01-01
review_by = 2030-01-01
[[signatory]]
agency = "prison-service"
signed_on = 2025-12-01
[[clause]]
id = "ends"
agency_kinds = ["prison"]
roles = ["practitioner"]
categories = ["MARKER"]
purposes = ["housing_support"]
access = ["read"]
scope = "authority"
consent = "not_required"
lawful_basis = "public_task"
"#,
];

/// A midnight in London: when it is, the day that ends, the day that begins, and a birthday with the ages before and after.
type Midnight = (&'static str, &'static str, &'static str, &'static str, [i32; 2]);
const MIDNIGHTS: [Midnight; 8] = [
    (
        "2026-07-01T23:00:00Z",
        "2026-07-01",
        "2026-07-02",
        "2013-07-02",
        [12, 13],
    ),
    // The clocks go back in the night to 25 October, after its midnight.
    (
        "2026-10-24T23:00:00Z",
        "2026-10-24",
        "2026-10-25",
        "2013-10-25",
        [12, 13],
    ),
    (
        "2026-10-26T00:00:00Z",
        "2026-10-25",
        "2026-10-26",
        "2013-10-26",
        [12, 13],
    ),
    // Who was born on 29 February is a year older on 1 March.
    (
        "2027-03-01T00:00:00Z",
        "2027-02-28",
        "2027-03-01",
        "2016-02-29",
        [10, 11],
    ),
    // They go forward in the night to 28 March, after its midnight.
    (
        "2027-03-28T00:00:00Z",
        "2027-03-27",
        "2027-03-28",
        "2014-03-28",
        [12, 13],
    ),
    (
        "2027-03-28T23:00:00Z",
        "2027-03-28",
        "2027-03-29",
        "2014-03-29",
        [12, 13],
    ),
    (
        "2028-02-29T00:00:00Z",
        "2028-02-28",
        "2028-02-29",
        "2016-02-29",
        [11, 12],
    ),
    (
        "2028-03-01T00:00:00Z",
        "2028-02-29",
        "2028-03-01",
        "2015-03-01",
        [12, 13],
    ),
];

const OF_THE_HARDMANS: &str = "family_id = (SELECT id FROM family WHERE authority_id = 1 AND reference = 'TF-10001')";

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn police(app: &App) -> Partner {
    app.partner("cambs-police", "marker_lookup", "safeguarding")
}

/// Makes everything end with a day, and nothing before.
async fn end(app: &App, (_, last, first, born, _): Midnight) {
    let (last, first): (SqlValue, SqlValue) = (day(last).into(), day(first).into());
    for (sql, on) in [
        (
            "UPDATE consent SET expires_on = $1 WHERE authority_id = 1 AND category = 'MARKER' AND agency_kind = 'police' \
             AND person_id = (SELECT id FROM person WHERE authority_id = 1 AND given_name = 'Dawn')"
                .to_owned(),
            &last,
        ),
        (
            format!(
                "UPDATE involvement SET ended_on = $1 WHERE authority_id = 1 AND {OF_THE_HARDMANS} \
                 AND agency_id = (SELECT id FROM agency WHERE authority_id = 1 AND code = 'foodbank-trust')"
            ),
            &first,
        ),
        (
            "UPDATE agreement SET effective_to = $1 WHERE authority_id = 1 AND code = 'ENDS'".to_owned(),
            &last,
        ),
        (
            "UPDATE person SET date_of_birth = $1 WHERE authority_id = 1 AND given_name = 'Tyler'".to_owned(),
            &day(born).into(),
        ),
    ] {
        change(&app.store, &sql, vec![on.clone()]).await;
    }
    let changed = "UPDATE policy_version SET version = version + 1 WHERE authority_id = 1";
    change(&app.store, changed, vec![]).await;
}

/// Who sees the marker, by consent, by working with the family and by an agreement; and how old Tyler is.
async fn seen(app: &App) -> ([bool; 3], Value) {
    let query = format!(
        "{{ family(reference: \"{}\") {{ onCohort }} }}",
        demo::HARDMAN_REFERENCE
    );
    let mut seen = [false; 3];
    let partners = [
        police(app),
        app.partner("foodbank-trust", "practitioner", "offender_management"),
        app.partner("prison-service", "practitioner", "housing_support"),
    ];
    for (seen, partner) in seen.iter_mut().zip(partners) {
        *seen = partner.ask(&query).await.body["data"]["family"].is_object();
    }
    let ages = format!(
        "{{ family(reference: \"{}\") {{ members {{ givenName age }} }} }}",
        demo::HARDMAN_REFERENCE
    );
    let reply = app.lead_professional().ask(&ages).await;
    let members = reply.data()["family"]["members"].as_array().unwrap().clone();
    let tyler = members.iter().find(|member| member["givenName"] == "Tyler").unwrap();
    (seen, tyler["age"].clone())
}

async fn what_a_date_does_it_does_at_midnight_in_london(database: &TestDatabase) {
    let app = App::start(database).await;
    for agreement in AGREEMENTS {
        app.load_agreement(agreement).await;
    }
    changes::involve(&app, "foodbank-trust").await;
    let mut feed = Reader::new(police(&app));
    feed.read().await;
    for midnight in MIDNIGHTS {
        let (at, _, first, _, [before, after]) = midnight;
        app.clock.set(instant(at) - TimeDelta::microseconds(1));
        end(&app, midnight).await;
        assert_eq!(seen(&app).await, ([true; 3], json!(before)), "before {at}");
        feed.partner = police(&app);
        let told = feed.kinds().await;
        assert!(told.iter().all(|(kind, _)| kind == "SET"), "before {at}: {told:?}");

        app.clock.set(instant(at));
        assert_eq!(app.clock.today(), day(first));
        assert_eq!(seen(&app).await, ([false; 3], json!(after)), "from {at}");
        // Nothing was written: the date acts by itself, and the feed tells it once.
        let told = feed.kinds().await;
        assert!(told.iter().any(|(kind, _)| kind == "REMOVED"), "from {at}: {told:?}");
        feed.nothing().await;
    }
}
on_both!(what_a_date_does_it_does_at_midnight_in_london);

/// Half an hour past midnight on 2 July.
async fn what_is_dated_today_can_be_said_in_the_first_hour(database: &TestDatabase) {
    let app = App::start(database).await;
    app.clock.set(instant("2026-07-01T23:30:00Z"));
    let input = json!({ "givenName": "Baby", "familyName": "Newbold", "dateOfBirth": "2026-07-02" });
    let reply = ask(&police(&app), input).await;
    assert_eq!(reply.data()["markerLookup"]["status"], "NOT_FOUND", "{:#}", reply.body);

    let query = format!(
        "{{ family(reference: \"{}\") {{ marker {{ id }} }} }}",
        demo::HARDMAN_REFERENCE
    );
    let marker = police(&app).ask(&query).await.data()["family"]["marker"]["id"].clone();
    let placed = "mutation($id: ID!, $on: NaiveDate!) { recordMarkerPlaced(input: { markerId: $id, system: \"NICHE\", placedOn: $on }) { \
                  errors { field } } }";
    for (on, wrong) in [
        ("2026-07-02", json!([])),
        ("2026-07-03", json!([{ "field": "placedOn" }])),
    ] {
        let reply = police(&app).ask_with(placed, json!({ "id": marker, "on": on })).await;
        assert_eq!(
            reply.data()["recordMarkerPlaced"]["errors"],
            wrong,
            "{on}: {:#}",
            reply.body
        );
    }

    let coordinator = app.partner("tff-team", "coordinator", "programme_management");
    let members = format!(
        "{{ family(reference: \"{}\") {{ members {{ id givenName }} }} }}",
        demo::HARDMAN_REFERENCE
    );
    let reply = coordinator.ask(&members).await;
    let members = reply.data()["family"]["members"].as_array().unwrap().clone();
    let dawn = members.iter().find(|member| member["givenName"] == "Dawn").unwrap();
    let give = "mutation($id: ID!, $until: NaiveDate) { recordConsent(input: { memberId: $id, categories: [MARKER], agencyKinds: [POLICE], \
                decision: GIVEN, expiresOn: $until }) { errors { field } } }";
    for (until, wrong) in [
        ("2026-07-01", json!([{ "field": "expiresOn" }])),
        ("2026-07-02", json!([])),
    ] {
        let reply = coordinator
            .ask_with(give, json!({ "id": dawn["id"], "until": until }))
            .await;
        assert_eq!(
            reply.data()["recordConsent"]["errors"],
            wrong,
            "{until}: {:#}",
            reply.body
        );
    }
}
on_both!(what_is_dated_today_can_be_said_in_the_first_hour);
