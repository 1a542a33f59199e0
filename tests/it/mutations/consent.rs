//! `recordConsent` and `withdrawConsent`.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};
use thinkfamily::audit::{Entry, decided::Decision};

use super::{assert_done, assert_refused, change, entries, hardmans, member};
use crate::support::{
    app::{App, Partner},
    database::{TestDatabase, on_both},
};

const RECORDED: &str = "consents { id category agencyKind decision member { givenName } decidedBy { givenName } \
                        recordedAt expiresOn withdrawnAt recordedByAgency { code } }";

fn input(member: &Value) -> Value {
    json!({ "memberId": member, "categories": ["CRITERION_WORK"], "agencyKinds": ["POLICE"], "decision": "GIVEN" })
}

fn with(input: &Value, field: &str, value: Value) -> Value {
    let mut input = input.clone();
    input[field] = value;
    input
}

async fn record(partner: &Partner, input: Value) -> Value {
    change(partner, "recordConsent", RECORDED, input).await
}

async fn one_decision_is_recorded_for_each_category_and_kind(database: &TestDatabase) {
    let app = App::start(database).await;
    let (lead, family) = (app.lead_professional(), hardmans(&app).await);
    let dawn = member(&family, "Dawn");
    let asked = json!({
        "memberId": dawn,
        "categories": ["CRITERION_WORK", "PLAN", "PLAN"],
        "agencyKinds": ["PRISON", "HEALTH"],
        "decision": "REFUSED",
        "expiresOn": "2026-06-15",
    });
    let payload = record(&lead, asked).await;
    assert_done(&payload);
    let rows = payload["consents"].as_array().expect("consents");
    let mut pairs: Vec<_> = rows
        .iter()
        .map(|row| format!("{} {}", row["category"], row["agencyKind"]))
        .collect();
    pairs.sort();
    let expected = [
        "\"CRITERION_WORK\" \"HEALTH\"",
        "\"CRITERION_WORK\" \"PRISON\"",
        "\"PLAN\" \"HEALTH\"",
        "\"PLAN\" \"PRISON\"",
    ];
    assert_eq!(pairs, expected);
    for row in rows {
        assert_eq!(row["decision"], "REFUSED");
        assert_eq!(row["expiresOn"], "2026-06-15");
        assert_eq!(row["withdrawnAt"], Value::Null);
        assert_eq!(row["decidedBy"]["givenName"], "Dawn");
        assert_eq!(row["recordedByAgency"]["code"], "cambs-early-help");
    }
    let entry = entries(&app)
        .await
        .into_iter()
        .find(|entry| entry.kind.code() == "consent");
    let entry = entry.expect("the trail has it");
    assert_eq!((entry.families.len(), entry.people.len()), (1, 1));
    assert!(
        entry.clauses.iter().any(|clause| clause.as_str() == "lead-writes"),
        "{entry:?}"
    );
    // It says what was decided, in the keys of the rows as well.
    let [said] = entry.consents.as_slice() else {
        panic!("{entry:?}")
    };
    assert_eq!((said.decision, said.at), (Decision::Refused, None));
    assert_eq!(Some(said.person), said.decided_by);
    assert_eq!(said.until.unwrap().to_string(), "2026-06-15");
    let said: BTreeSet<_> = said
        .rows()
        .map(|(key, category, kind)| format!("{key} {category} {kind}"))
        .collect();
    let main = app.store.databases().main();
    let sql = "SELECT id, category, agency_kind FROM consent WHERE category IN ('CRITERION_WORK', 'PLAN') AND expires_on = '2026-06-15'";
    let kept = main
        .query_all_raw(Statement::from_string(main.get_database_backend(), sql))
        .await
        .unwrap();
    let kept: BTreeSet<_> = kept
        .iter()
        .map(|row| {
            let text = |column| row.try_get::<String>("", column).unwrap();
            let key: uuid::Uuid = row.try_get("", "id").unwrap();
            format!("{key} {} {}", text("category"), text("agency_kind"))
        })
        .collect();
    assert_eq!(kept.len(), 4);
    assert_eq!(said, kept);
}
on_both!(one_decision_is_recorded_for_each_category_and_kind);

async fn the_decider_is_who_the_rules_say(database: &TestDatabase) {
    let app = App::start(database).await;
    let (lead, family) = (app.lead_professional(), hardmans(&app).await);
    let id = |name: &str| member(&family, name).clone();
    // Dawn is the mother with parental responsibility; Lee, the step-father, has none; Tyler is 12.
    assert_done(&record(&lead, input(&id("Lee"))).await);
    assert_done(&record(&lead, with(&input(&id("Tyler")), "decidedById", id("Dawn"))).await);
    for (whose, decider) in [
        ("Tyler", "Lee"),
        ("Tyler", "Tyler"),
        ("Tyler", "Megan"),
        ("Dawn", "Lee"),
    ] {
        let payload = record(&lead, with(&input(&id(whose)), "decidedById", id(decider))).await;
        assert_refused(&payload, "decidedById", "INVALID");
        assert_eq!(payload["consents"], json!([]));
    }
    assert_refused(&record(&lead, input(&id("Tyler"))).await, "decidedById", "INVALID");
    let payload = record(&lead, with(&input(&id("Tyler")), "decidedById", family["id"].clone())).await;
    assert_refused(&payload, "decidedById", "NOT_FOUND");
}
on_both!(the_decider_is_who_the_rules_say);

async fn bad_input_is_told_and_changes_nothing(database: &TestDatabase) {
    let app = App::start(database).await;
    let (lead, family) = (app.lead_professional(), hardmans(&app).await);
    let good = input(member(&family, "Dawn"));
    for (field, value) in [
        ("categories", json!([])),
        ("categories", json!(["PLAN", "STATISTICS"])),
        ("agencyKinds", json!([])),
        ("expiresOn", json!("2026-06-14")),
        ("expiresOn", json!("9999-01-01")),
    ] {
        let payload = record(&lead, with(&good, field, value)).await;
        assert_refused(&payload, field, "INVALID");
    }
    let payload = record(&lead, with(&good, "memberId", family["id"].clone())).await;
    assert_refused(&payload, "memberId", "NOT_FOUND");
    for (field, value) in [
        ("memberId", json!("made-up")),
        ("decidedById", json!("")),
        ("decision", json!("PERHAPS")),
        ("expiresOn", json!("2026-02-30")),
        ("categories", Value::Null),
        ("unknown", json!(1)),
    ] {
        let asked = json!({ "input": with(&good, field, value) });
        let query = "mutation ($input: RecordConsentInput!) { recordConsent(input: $input) { consents { id } } }";
        let reply = lead.ask_with(query, asked).await;
        assert_eq!(reply.code(), "BAD_USER_INPUT", "{field}: {:#}", reply.body);
    }
    assert!(
        super::trail(&app)
            .await
            .iter()
            .all(|kind| ["disclosed", "refused"].contains(kind))
    );
}
on_both!(bad_input_is_told_and_changes_nothing);

/// Whoever may not see a member, or may see and not write, is told what they would be told if the member were not there.
async fn who_may_not_write_is_told_nothing_of_the_family(database: &TestDatabase) {
    let app = App::start(database).await;
    let family = hardmans(&app).await;
    let dawn = input(member(&family, "Dawn"));
    let another = app.partner_named(
        "cambridgeshire",
        "cambs-early-help",
        "lead_professional",
        "family_support",
        "another",
    );
    let not_there = record(&another, with(&dawn, "memberId", family["id"].clone())).await;
    let not_theirs = record(&another, dawn.clone()).await;
    assert_refused(&not_theirs, "memberId", "NOT_FOUND");
    assert_eq!(not_theirs, not_there);
    let refusals = entries(&app)
        .await
        .into_iter()
        .filter(|entry| entry.kind.code() == "refused");
    let refusals: Vec<_> = refusals
        .map(|entry| (entry.families, entry.people, entry.categories, entry.reason))
        .collect();
    assert_eq!(refusals.len(), 2);
    assert_eq!(refusals[0], refusals[1], "the trail does not tell them apart either");
    let coordinator = app.partner("tff-team", "coordinator", "programme_management");
    assert_done(&record(&coordinator, dawn.clone()).await);
    // Beyond the ceiling: the agreement gives the police no consent to write, whoever the family is.
    let police = app.partner("cambs-police", "practitioner", "safeguarding");
    let query = "mutation ($input: RecordConsentInput!) { recordConsent(input: $input) { consents { id } } }";
    let reply = police.ask_with(query, json!({ "input": dawn })).await;
    assert_eq!(reply.data()["recordConsent"], Value::Null);
    assert_eq!(reply.withheld("Mutation.recordConsent"), ["NOT_IN_AGREEMENT"]);
}
on_both!(who_may_not_write_is_told_nothing_of_the_family);

/// What the police, who work with the family of the demonstration's practitioner, see of a first name.
async fn a_withdrawal_hides_at_once_and_for_good(database: &TestDatabase) {
    let app = App::start(database).await;
    let (lead, family) = (app.lead_professional(), hardmans(&app).await);
    let school = app.partner("fenbrook-school", "practitioner", "education_support");
    let seen = async || {
        let reply = school
            .ask("{ family(reference: \"TF-10001\") { id } families { totalCount } members { nodes { givenName } } }")
            .await;
        reply.data()["members"]["nodes"].to_string()
    };
    assert!(seen().await.contains("Dawn"), "{}", seen().await);
    let query = "{ family(reference: \"TF-10001\") { consents { id category agencyKind decision withdrawnAt member { givenName } } } }";
    let consents = lead.ask(query).await.data()["family"]["consents"].clone();
    let wanted = |row: &&Value| {
        row["agencyKind"] == "SCHOOL"
            && row["category"] == "IDENTITY"
            && row["decision"] == "GIVEN"
            && row["member"]["givenName"] == "Dawn"
    };
    let consent = consents
        .as_array()
        .and_then(|rows| rows.iter().find(wanted))
        .expect("a consent")["id"]
        .clone();
    let withdraw = async |partner: &Partner| {
        change(
            partner,
            "withdrawConsent",
            "consent { id withdrawnAt }",
            json!({ "consentId": consent }),
        )
        .await
    };
    let another = app.partner_named(
        "cambridgeshire",
        "cambs-early-help",
        "lead_professional",
        "family_support",
        "another",
    );
    assert_refused(&withdraw(&another).await, "consentId", "NOT_FOUND");
    assert!(seen().await.contains("Dawn"));
    let payload = withdraw(&lead).await;
    assert_done(&payload);
    assert_eq!(payload["consent"]["id"], consent);
    assert_eq!(payload["consent"]["withdrawnAt"], "2026-06-15T12:00:00+00:00");
    assert!(!seen().await.contains("Dawn"), "{}", seen().await);
    assert_refused(&withdraw(&lead).await, "consentId", "ALREADY_DONE");
    // A new decision, made at what the clock says is the same instant, counts from then on.
    let asked = with(&input(member(&family, "Dawn")), "categories", json!(["IDENTITY"]));
    let asked = with(&asked, "agencyKinds", json!(["SCHOOL"]));
    assert_done(&record(&lead, asked.clone()).await);
    assert!(seen().await.contains("Dawn"));
    let refused = record(&lead, with(&asked, "decision", json!("REFUSED"))).await;
    assert!(!seen().await.contains("Dawn"));
    let payload = change(
        &lead,
        "withdrawConsent",
        "consent { id }",
        json!({ "consentId": refused["consents"][0]["id"] }),
    )
    .await;
    assert_refused(&payload, "consentId", "INVALID");
}
on_both!(a_withdrawal_hides_at_once_and_for_good);

async fn a_portal_and_its_user_must_both_be_let(database: &TestDatabase) {
    let app = App::start(database).await;
    let family = hardmans(&app).await;
    let dawn = input(member(&family, "Dawn"));
    let through = |portal: &str, subject: &str| {
        app.through_portal(
            portal,
            "cambs-early-help",
            "lead_professional",
            "family_support",
            subject,
        )
    };
    let lead = thinkfamily::demo::LEAD_SUBJECT;
    assert_done(&record(&through("tff-team", lead), dawn.clone()).await);
    assert_refused(
        &record(&through("tff-team", "another"), dawn.clone()).await,
        "memberId",
        "NOT_FOUND",
    );
    let query = "mutation ($input: RecordConsentInput!) { recordConsent(input: $input) { consents { id } } }";
    let reply = through("city-housing", lead)
        .ask_with(query, json!({ "input": dawn }))
        .await;
    assert_eq!(reply.data()["recordConsent"], Value::Null);
    assert_eq!(reply.withheld("Mutation.recordConsent"), ["NOT_IN_AGREEMENT"]);
}
on_both!(a_portal_and_its_user_must_both_be_let);

/// The newest decision counts, and newer is what was recorded later, whatever the clocks of the servers say of each other.
async fn the_last_decision_counts_even_when_a_clock_is_behind(database: &TestDatabase) {
    let app = App::start(database).await;
    let family = hardmans(&app).await;
    let asked = with(&input(member(&family, "Dawn")), "categories", json!(["IDENTITY"]));
    let asked = with(&asked, "agencyKinds", json!(["SCHOOL"]));
    for round in 0..4 {
        // No token is good before it was issued.
        let lead = app.lead_professional();
        let school = app.partner("fenbrook-school", "practitioner", "education_support");
        for (decision, shown) in [("REFUSED", false), ("GIVEN", true)] {
            assert_done(&record(&lead, with(&asked, "decision", json!(decision))).await);
            let seen = school
                .ask("{ members { nodes { givenName } } }")
                .await
                .data()
                .to_string()
                .contains("Dawn");
            assert_eq!(seen, shown, "round {round}");
        }
        app.clock.set(app.clock.now() - chrono::TimeDelta::seconds(20));
    }
}
on_both!(the_last_decision_counts_even_when_a_clock_is_behind);

/// What a clock far ahead has dated is put where it belongs by the next decision, which is dated by its own clock and counts.
async fn a_clock_a_year_ahead_dates_no_later_decision(database: &TestDatabase) {
    let app = App::start(database).await;
    let family = hardmans(&app).await;
    let dawn = member(&family, "Dawn");
    let right = app.clock.now();
    let decide = async |decision: &str| {
        let payload = record(
            &app.lead_professional(),
            with(&input(dawn), "decision", json!(decision)),
        )
        .await;
        assert_done(&payload);
        let row = &payload["consents"][0];
        let at: chrono::DateTime<chrono::Utc> = row["recordedAt"].as_str().unwrap().parse().unwrap();
        (row["id"].clone(), at)
    };
    // Later than whatever the database's clock says.
    let later = right + chrono::TimeDelta::days(365 * 100);
    app.clock.set(later);
    let ahead = [decide("GIVEN").await, decide("REFUSED").await];
    assert!(ahead.iter().all(|(_, at)| *at >= later));
    app.clock.set(right);
    let (now, at) = decide("GIVEN").await;
    assert_eq!(at, right);
    let query = "query ($id: ID!) { family(id: $id) { consents { id recordedAt } } }";
    let reply = app
        .lead_professional()
        .ask_with(query, json!({ "id": family["id"] }))
        .await;
    let consents = reply.data()["family"]["consents"].as_array().unwrap();
    let at = |id: &Value| {
        let row = consents.iter().find(|row| row["id"] == *id).expect("it is there");
        row["recordedAt"]
            .as_str()
            .unwrap()
            .parse::<chrono::DateTime<chrono::Utc>>()
            .unwrap()
    };
    assert!(
        at(&ahead[0].0) < at(&ahead[1].0) && at(&ahead[1].0) < at(&now),
        "in their order"
    );
    app.clock.set(right + chrono::TimeDelta::minutes(1));
    assert_eq!(decide("REFUSED").await.1, right + chrono::TimeDelta::minutes(1));
    // That they are dated anew is in the trail, in an entry of its own.
    let anew: Vec<_> = entries(&app)
        .await
        .into_iter()
        .filter(|entry| entry.consents.iter().any(|said| said.decision == Decision::DatedAnew))
        .collect();
    assert_eq!(anew.len(), 1);
    assert_eq!((anew[0].families.len(), anew[0].consents.len()), (1, 2));
    assert!(anew[0].consents.iter().all(|said| said.at.is_some_and(|at| at < right)));
}
on_both!(a_clock_a_year_ahead_dates_no_later_decision);

/// What such a clock has withdrawn is a no of its commit, and stands against no later word.
async fn a_withdrawal_by_a_clock_a_year_ahead_outlives_no_later_yes(database: &TestDatabase) {
    let app = App::start(database).await;
    let family = hardmans(&app).await;
    let right = app.clock.now();
    let asked = with(&input(member(&family, "Dawn")), "categories", json!(["IDENTITY"]));
    let asked = with(&asked, "agencyKinds", json!(["SCHOOL"]));
    let given = record(&app.lead_professional(), asked.clone()).await["consents"][0]["id"].clone();
    let later = right + chrono::TimeDelta::days(365 * 100);
    app.clock.set(later);
    let lead = app.lead_professional();
    let payload = change(
        &lead,
        "withdrawConsent",
        "consent { withdrawnAt }",
        json!({ "consentId": given }),
    )
    .await;
    assert_done(&payload);
    app.clock.set(right);
    let seen = async || {
        let school = app.partner("fenbrook-school", "practitioner", "education_support");
        let reply = school.ask("{ members { nodes { givenName } } }").await;
        reply.data().to_string().contains("Dawn")
    };
    assert!(!seen().await, "it is a no at once");
    assert_done(&record(&app.lead_professional(), asked).await);
    assert!(seen().await, "the newest word counts");
    let query = "query ($id: ID!) { family(id: $id) { consents { id withdrawnAt } } }";
    let reply = app
        .lead_professional()
        .ask_with(query, json!({ "id": family["id"] }))
        .await;
    let rows = reply.data()["family"]["consents"].as_array().unwrap();
    let row = rows.iter().find(|row| row["id"] == given).expect("it is there");
    let at: chrono::DateTime<chrono::Utc> = row["withdrawnAt"].as_str().unwrap().parse().unwrap();
    assert!(at < right, "{at}");
    let anew: Vec<_> = entries(&app)
        .await
        .into_iter()
        .flat_map(|entry| entry.consents)
        .filter(|said| said.decision == Decision::WithdrawalDatedAnew)
        .collect();
    assert_eq!(anew.len(), 1);
    assert_eq!(
        anew[0].at,
        Some(at),
        "the trail says so, so that it is done again where a database lost it"
    );
}
on_both!(a_withdrawal_by_a_clock_a_year_ahead_outlives_no_later_yes);

/// Where the database's clock says that it is ours that is behind, nothing is dated anew by it.
async fn a_clock_that_is_behind_dates_nothing_anew(database: &TestDatabase) {
    let app = App::start(database).await;
    let family = hardmans(&app).await;
    let decide = async |decision: &str| {
        let input = with(&input(member(&family, "Dawn")), "decision", json!(decision));
        let payload = record(&app.lead_professional(), input).await;
        assert_done(&payload);
        let at: chrono::DateTime<chrono::Utc> = payload["consents"][0]["recordedAt"].as_str().unwrap().parse().unwrap();
        at
    };
    let now = thinkfamily::clock::Clock::system().now();
    app.clock.set(now);
    let before = decide("GIVEN").await;
    app.clock.set(now - chrono::TimeDelta::days(30));
    assert_eq!(decide("REFUSED").await, before + chrono::TimeDelta::microseconds(1));
    let anew = |entry: &Entry| entry.consents.iter().any(|said| said.decision == Decision::DatedAnew);
    assert!(!entries(&app).await.iter().any(anew));
}
on_both!(a_clock_that_is_behind_dates_nothing_anew);
