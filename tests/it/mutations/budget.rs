//! How many changes a client may make, in all and of one family: over kinds, clients, servers and repeats, and whether the family is there or not.

use chrono::TimeDelta;
use serde_json::{Value, json};
use thinkfamily::{
    audit::{Kind, read},
    clock::{Clock, Ids},
    demo,
    graphql::write_budget::WriteSettings,
    store::bulk,
};
use uuid::Uuid;

use super::entries;
use crate::{
    contacts::{AT_RISK, HARDMANS, contact, marker_id, marker_id_of, police},
    support::{
        app::{self, App, Partner, Reply, today},
        database::{TestDatabase, on_both},
    },
};

const REPORT: &str = "mutation ($input: RecordContactInput!) { recordContact(input: $input) { errors { code } } }";
const PLACE: &str =
    "mutation ($input: RecordMarkerPlacedInput!) { recordMarkerPlaced(input: $input) { errors { code } } }";

pub(super) fn few(change: impl FnOnce(&mut WriteSettings)) -> WriteSettings {
    let mut settings = app::writes();
    change(&mut settings);
    settings
}

/// The first server over a fresh database.
pub(super) async fn first(database: &TestDatabase, clock: &Clock, writes: WriteSettings) -> App {
    let databases = database.open().await;
    bulk::load(&databases, &demo::worked(today().date_naive()), &mut |_| {})
        .await
        .unwrap();
    let app = App::over_counting(databases, clock.clone(), Ids::seeded(3), writes).await;
    for agreement in demo::worked_agreements() {
        app.load_agreement(agreement).await;
    }
    app
}

async fn report(partner: &Partner, marker: &str, key: Option<&str>) -> Reply {
    let mut input = contact(marker);
    input["idempotencyKey"] = json!(key);
    partner.ask_with(REPORT, json!({ "input": input })).await
}

async fn place(partner: &Partner, marker: &str) -> Reply {
    let input = json!({ "markerId": marker, "system": "niche", "placedOn": "2026-06-15" });
    partner.ask_with(PLACE, json!({ "input": input })).await
}

/// The error of a refusal, which is one of the request as a whole.
#[track_caller]
fn refused(reply: &Reply) -> &Value {
    assert_eq!(
        (reply.status, reply.code()),
        (429, "TOO_MANY_REQUESTS"),
        "{:#}",
        reply.body
    );
    assert!(reply.body.get("data").is_none());
    &reply.body["errors"][0]["extensions"]
}

on_both!(one_family_is_written_to_so_often_and_nobody_learns_whether_it_is_there);
async fn one_family_is_written_to_so_often_and_nobody_learns_whether_it_is_there(database: &TestDatabase) {
    let clock = Clock::fixed(today());
    let app = first(database, &clock, few(|settings| settings.per_family_and_kind = 3)).await;
    let officer = police(&app);
    let nobodys = marker_id_of(demo::CAMBRIDGESHIRE, Uuid::from_u128(0xdead));
    let mut told = Vec::new();
    for (marker, code) in [
        (marker_id(&app, HARDMANS).await, None),
        (marker_id(&app, AT_RISK).await, None),
        (nobodys, Some("NOT_FOUND")),
    ] {
        let markers = (
            report(&officer, &marker, None).await,
            report(&officer, &marker, None).await,
        );
        for reply in [markers.0, markers.1] {
            let errors = &reply.data()["recordContact"]["errors"];
            assert_eq!(errors[0]["code"].as_str(), code, "{errors}");
        }
        // What is wrong counts as well: it was of this family.
        let mut early = contact(&marker);
        early["occurredAt"] = json!("2026-06-16T12:00:00Z");
        let wrong = officer.ask_with(REPORT, json!({ "input": early })).await;
        assert_eq!(wrong.data()["recordContact"]["errors"][0]["code"], "INVALID");
        let over = report(&officer, &marker, None).await;
        let refused = refused(&over);
        assert_eq!(
            (&refused["retryAt"], &refused["retryAfter"]),
            (&json!("2026-06-15T13:02:30Z"), &json!(3750))
        );
        told.push(over.bytes);
        // Another kind of change is another matter.
        place(&officer, &marker).await.data();
    }
    assert!(told.iter().all(|bytes| *bytes == told[0]), "in the same bytes");
    let alerts = entries(&app).await;
    let alerts: Vec<_> = alerts.iter().filter(|entry| entry.kind == Kind::Alert).collect();
    assert_eq!(alerts.len(), 3);
    assert!(alerts.iter().all(|alert| {
        let reason = alert.reason.as_ref().map(thinkfamily::audit::Code::as_str);
        reason == Some("TOO_MANY_REQUESTS") && alert.families.is_empty() && alert.client.is_some()
    }));
    // An hour later there is room again.
    clock.set(today() + TimeDelta::minutes(63));
    report(&police(&app), &marker_id(&app, HARDMANS).await, None)
        .await
        .data();
}

on_both!(clients_of_one_agency_share_what_may_be_written_of_a_family);
async fn clients_of_one_agency_share_what_may_be_written_of_a_family(database: &TestDatabase) {
    let clock = Clock::fixed(today());
    let app = first(database, &clock, few(|settings| settings.per_family = 3)).await;
    let marker = marker_id(&app, HARDMANS).await;
    let (one, other) = (
        police(&app),
        app.by_client("cambs-police", "marker_lookup", "safeguarding", "other"),
    );
    report(&one, &marker, None).await.data();
    report(&other, &marker, None).await.data();
    place(&other, &marker).await.data();
    refused(&report(&one, &marker, None).await);
    refused(&place(&other, &marker).await);
    // Another family, and another agency.
    report(&one, &marker_id(&app, AT_RISK).await, None).await.data();
    let health = app.partner("cambs-early-help", "practitioner", "direct_support");
    assert_eq!(report(&health, &marker, None).await.status, 200);
}

on_both!(the_same_request_sent_again_is_not_counted_again);
async fn the_same_request_sent_again_is_not_counted_again(database: &TestDatabase) {
    let clock = Clock::fixed(today());
    let app = first(database, &clock, few(|settings| settings.per_client = 2)).await;
    let (officer, marker) = (police(&app), marker_id(&app, HARDMANS).await);
    for _ in 0..5 {
        report(&officer, &marker, Some("one")).await.data();
    }
    report(&officer, &marker, Some("two")).await.data();
    refused(&report(&officer, &marker, Some("three")).await);
    // Several at once are refused together, and none of them is made.
    let twice = "mutation ($input: RecordContactInput!) { a: recordContact(input: $input) { errors { code } } \
                 b: recordContact(input: $input) { errors { code } } }";
    let other = app.by_client("cambs-police", "marker_lookup", "safeguarding", "other");
    report(&other, &marker, None).await.data();
    refused(&other.ask_with(twice, json!({ "input": contact(&marker) })).await);
    report(&officer, &marker, Some("one")).await.data();
    report(&officer, &marker, Some("two")).await.data();
    let written = read::latest(app.trail.store(), demo::CAMBRIDGESHIRE, None, 50)
        .await
        .unwrap();
    let written = written.iter().filter(|(_, entry)| entry.kind == Kind::Write).count();
    assert_eq!(written, 3);
}

on_both!(changes_are_counted_exactly_over_servers);
async fn changes_are_counted_exactly_over_servers(database: &TestDatabase) {
    let clock = Clock::fixed(today());
    let settings = few(|settings| settings.per_client = 40);
    let one = first(database, &clock, settings.clone()).await;
    let two = App::over_counting(database.open().await, clock.clone(), Ids::seeded(4), settings).await;
    // Both at once, each of families that nobody has: exactly forty are looked for.
    let write = async |app: &App, from: u128| {
        let officer = police(app);
        let all = (from..from + 30).map(|number| {
            let (officer, marker) = (
                officer.clone(),
                marker_id_of(demo::CAMBRIDGESHIRE, Uuid::from_u128(number)),
            );
            async move { report(&officer, &marker, None).await }
        });
        let replies = futures_util::future::join_all(all).await;
        replies.iter().filter(|reply| reply.status == 200).count()
    };
    let (here, there) = tokio::join!(write(&one, 1000), write(&two, 2000));
    assert_eq!(here + there, 40);
    // What it was counted for is thrown away by whoever comes first when all of it is over.
    clock.set(today() + TimeDelta::hours(3));
    let marker = marker_id(&one, HARDMANS).await;
    report(&police(&one), &marker, None).await.data();
    assert_eq!(one.number_of("SELECT count(*) AS number FROM write_budget").await, 3);
}
