//! How many people a client may ask about: over batches, aliases, servers and restarts, in whatever time as long as a period.

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use thinkfamily::{
    audit::{Kind, read},
    clock::{Clock, Ids},
    demo,
    graphql::lookups::LookupSettings,
    store::bulk,
};

use super::world::{ask, person, police, status};
use crate::support::{
    app::{self, App, Partner, Reply, today},
    database::{TestDatabase, on_both},
};

fn few(budget: i32) -> LookupSettings {
    let mut settings = app::lookups();
    settings.budget = budget;
    settings
}

/// A server over a database that another one may have filled already.
async fn server(database: &TestDatabase, clock: &Clock, budget: i32) -> App {
    App::over_with(database.open().await, clock.clone(), Ids::seeded(3), few(budget)).await
}

/// The first server over a fresh database.
async fn first(database: &TestDatabase, clock: &Clock, budget: i32) -> App {
    let databases = database.open().await;
    bulk::load(&databases, &demo::worked(today().date_naive()), &mut |_| {})
        .await
        .unwrap();
    let app = App::over_with(databases, clock.clone(), Ids::seeded(3), few(budget)).await;
    for agreement in demo::worked_agreements() {
        app.load_agreement(agreement).await;
    }
    app
}

/// A question about somebody whom nobody else is.
fn number(number: u32) -> Value {
    json!({ "familyName": "Quillfeather", "givenName": format!("Otto{number}"), "dateOfBirth": "1990-05-17" })
}

async fn asked(partner: &Partner, numbers: impl IntoIterator<Item = u32>) -> Reply {
    let inputs: Vec<Value> = numbers.into_iter().map(number).collect();
    let query = "query($inputs: [MarkerLookupInput!]!) { markerLookups(inputs: $inputs) { status } }";
    partner.ask_with(query, json!({ "inputs": inputs })).await
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

on_both!(a_budget_counts_people_over_batches_and_aliases);
async fn a_budget_counts_people_over_batches_and_aliases(database: &TestDatabase) {
    let clock = Clock::fixed(today());
    let app = first(database, &clock, 6).await;
    let police = police(&app);
    asked(&police, 1..=3).await.data();
    // The same people again, written otherwise, cost nothing; nor does what cannot be asked.
    asked(&police, [1, 1, 2, 3]).await.data();
    let shouted = json!({ "familyName": " QUILLFEATHER", "givenName": "otto-1", "dateOfBirth": "1990-05-17" });
    assert_eq!(status(&police, shouted).await, "NOT_FOUND");
    assert_eq!(status(&police, json!({ "familyName": "Hardman" })).await, "null");
    let two = "{ a: markerLookup(input: { familyName: \"A\", dateOfBirth: \"1990-01-01\" }) { status } \
                b: markerLookup(input: { familyName: \"B\", dateOfBirth: \"1990-01-01\" }) { status } }";
    police.ask(two).await.data();
    // One is left: two are too many, and none of them is counted.
    refused(&asked(&police, [10, 11]).await);
    asked(&police, [12]).await.data();
    let told = asked(&police, [13]).await;
    let told = refused(&told);
    assert_eq!(
        (&told["retryAt"], &told["retryAfter"]),
        (&json!("2026-06-16T13:00:00Z"), &json!(90_000))
    );
    // Who was asked about may be asked about again; found or not is no difference.
    asked(&police, [12]).await.data();
    refused(&ask(&police, person("Dawn", "Hardman")).await);
    // Another purpose has no budget of its own; another client and another agency have.
    let other = app.partner("cambs-police", "marker_lookup", "prevention_of_crime");
    refused(&asked(&other, [13]).await);
    let other = app.police_with("other-client", "somebody", "safeguarding");
    asked(&other, [13]).await.data();
    let jobcentre = app.partner("jcp-cambridge", "marker_lookup", "employment_support");
    asked(&jobcentre, [13]).await.data();
    // Another person of the same agency, with the same program, has not.
    let colleague = app.partner_named(
        "cambridgeshire",
        "cambs-police",
        "marker_lookup",
        "safeguarding",
        "colleague",
    );
    refused(&asked(&colleague, [13]).await);
}

on_both!(a_refusal_is_told_by_the_header_and_in_the_trail);
async fn a_refusal_is_told_by_the_header_and_in_the_trail(database: &TestDatabase) {
    let clock = Clock::fixed(today());
    let app = first(database, &clock, 0).await;
    let police = police(&app);
    let body =
        json!({ "query": "{ markerLookup(input: { familyName: \"A\", dateOfBirth: \"1990-01-01\" }) { status } }" });
    for media in ["application/json", "application/graphql-response+json"] {
        let sent = reqwest::Client::new()
            .post(format!("{}/graphql", app.url))
            .bearer_auth(&police.token)
            .header("content-type", "application/json")
            .header("accept", media)
            .body(body.to_string())
            .send()
            .await
            .unwrap();
        assert_eq!(sent.status().as_u16(), 429);
        assert_eq!(sent.headers()["retry-after"], "90000");
    }
    let entries = read::latest(app.trail.store(), 1, None, 10).await.unwrap();
    let alerts: Vec<_> = entries.iter().filter(|(_, entry)| entry.kind == Kind::Alert).collect();
    assert_eq!(alerts.len(), 2);
    let (_, alert) = alerts[0];
    assert_eq!(alert.reason.as_ref().unwrap().as_str(), "TOO_MANY_REQUESTS");
    assert_eq!(
        alert.subject.as_ref().unwrap().as_str(),
        "marker_lookup-of-cambs-police"
    );
    assert!(alert.families.is_empty() && alert.agency.is_some());
    assert!(entries.iter().all(|(_, entry)| entry.kind != Kind::LookedUp));
}

on_both!(a_budget_is_one_over_servers_and_survives_them);
async fn a_budget_is_one_over_servers_and_survives_them(database: &TestDatabase) {
    let clock = Clock::fixed(today());
    let one = first(database, &clock, 40).await;
    let two = server(database, &clock, 40).await;
    // Both at once, each asking one by one about different people: exactly forty are answered.
    let ask = async |app: &App, from: u32| {
        let police = police(app);
        let all = (from..from + 30).map(|number| asked(&police, [number]));
        let replies = futures_util::future::join_all(all).await;
        replies.iter().filter(|reply| reply.status == 200).count()
    };
    let (here, there) = tokio::join!(ask(&one, 0), ask(&two, 100));
    assert_eq!(here + there, 40);
    drop((one, two));
    let again = server(database, &clock, 40).await;
    refused(&asked(&police(&again), [500]).await);
    let roomier = server(database, &clock, 41).await;
    asked(&police(&roomier), [500]).await.data();
    refused(&asked(&police(&again), [501]).await);
}

on_both!(a_budget_holds_for_any_time_as_long_as_a_period);
async fn a_budget_holds_for_any_time_as_long_as_a_period(database: &TestDatabase) {
    let clock = Clock::fixed(today());
    let app = first(database, &clock, 4).await;
    let at = |time: &str| {
        clock.set(time.parse().unwrap());
        police(&app)
    };
    let police = at("2026-06-15T23:10:00Z");
    asked(&police, 1..=3).await.data();
    let police = at("2026-06-15T23:59:59.999Z");
    asked(&police, [4]).await.data();
    // Midnight changes nothing, and who was counted is known on both sides of it.
    let police = at("2026-06-16T00:00:00Z");
    asked(&police, [1, 4]).await.data();
    let told = asked(&police, [5]).await;
    assert_eq!(
        (
            &refused(&told)["retryAt"],
            &told.body["errors"][0]["extensions"]["retryAfter"]
        ),
        (&json!("2026-06-17T00:00:00Z"), &json!(86_400))
    );
    let police = at("2026-06-16T23:10:00Z");
    refused(&asked(&police, [5]).await);
    let police = at("2026-06-16T23:59:59.999Z");
    assert_eq!(refused(&asked(&police, [5]).await)["retryAfter"], 1);
    let police = at("2026-06-17T00:00:00Z");
    asked(&police, 5..=7).await.data();
    // Whom it asked about two days ago counts again, and when there is room for all is told.
    assert_eq!(
        refused(&asked(&police, [1, 2]).await)["retryAt"],
        "2026-06-18T01:00:00Z"
    );
    asked(&police, [1]).await.data();
    // Five hours later nothing is left over, and digests that are out of the window are thrown away.
    let police = at("2026-06-18T06:00:00Z");
    asked(&police, 20..=23).await.data();
    assert_eq!(
        number_of(database, "SELECT count(*) AS number FROM lookup_asked").await,
        4
    );
}

on_both!(repeats_count_when_they_are_too_many);
async fn repeats_count_when_they_are_too_many(database: &TestDatabase) {
    let clock = Clock::fixed(today());
    let mut settings = few(4);
    settings.repeats = 3;
    let one = first(database, &clock, 4).await;
    let of = async || App::over_with(database.open().await, clock.clone(), Ids::seeded(4), settings.clone()).await;
    let (here, there) = (of().await, of().await);
    drop(one);
    let (here, there) = (police(&here), police(&there));
    // Once, and three times more for nothing: in one batch, in another one, by alias and on another server.
    asked(&here, [1, 1]).await.data();
    asked(&there, [1]).await.data();
    asked(&here, [1]).await.data();
    assert_eq!(spent(database).await, 1);
    // Then each is one more, however it is asked.
    let question = "markerLookup(input: { familyName: \"Quillfeather\", givenName: \"Otto1\", dateOfBirth: \"1990-05-17\" }) { status }";
    here.ask(&format!("{{ a: {question} b: {question} }}")).await.data();
    assert_eq!(spent(database).await, 3);
    refused(&asked(&there, [1, 1]).await);
    assert_eq!(spent(database).await, 3, "what is refused is not counted");
    asked(&there, [1]).await.data();
    refused(&asked(&here, [1]).await);
    drop((here, there));
    let again = of().await;
    refused(&asked(&police(&again), [1]).await);
    // A day later it is a new question.
    clock.set(today() + TimeDelta::hours(25));
    asked(&police(&again), [1, 1, 1, 1]).await.data();
    assert_eq!(spent(database).await, 1);
}

on_both!(repeats_at_once_are_counted_exactly);
async fn repeats_at_once_are_counted_exactly(database: &TestDatabase) {
    let clock = Clock::fixed(today());
    drop(first(database, &clock, 10).await);
    let mut settings = few(10);
    settings.repeats = 5;
    let of = async |seed| {
        App::over_with(
            database.open().await,
            clock.clone(),
            Ids::seeded(seed),
            settings.clone(),
        )
        .await
    };
    let (here, there) = (of(5).await, of(6).await);
    let answered = async |app: &App| {
        let police = police(app);
        let replies = futures_util::future::join_all((0..20).map(|_| asked(&police, [1]))).await;
        replies.iter().filter(|reply| reply.status == 200).count()
    };
    let (here, there) = tokio::join!(answered(&here), answered(&there));
    assert_eq!(here + there, 15, "one, five repeats, and nine that count");
    assert_eq!(spent(database).await, 10);
}

on_both!(an_agency_has_a_budget_for_all_its_clients);
async fn an_agency_has_a_budget_for_all_its_clients(database: &TestDatabase) {
    let clock = Clock::fixed(today());
    drop(first(database, &clock, 3).await);
    let mut settings = few(3);
    settings.agency_budget = 5;
    let app = App::over_with(database.open().await, clock.clone(), Ids::seeded(7), settings).await;
    let client = |number: u32| {
        app.police_with(
            &format!("client-{number}"),
            &format!("officer-{number}"),
            "safeguarding",
        )
    };
    asked(&client(1), 1..=3).await.data();
    // Of the three that its client may ask, its agency has two left.
    let told = asked(&client(2), 11..=13).await;
    assert_eq!(refused(&told)["retryAt"], "2026-06-16T13:00:00Z");
    asked(&client(2), 11..=12).await.data();
    refused(&asked(&client(3), [21]).await);
    let jobcentre = app.partner("jcp-cambridge", "marker_lookup", "employment_support");
    asked(&jobcentre, [21]).await.data();
}

/// What is counted of the only client's budget.
async fn spent(database: &TestDatabase) -> i64 {
    number_of(
        database,
        "SELECT CAST(sum(asked) AS bigint) AS number FROM lookup_budget WHERE client <> ''",
    )
    .await
}

async fn number_of(database: &TestDatabase, text: &str) -> i64 {
    let databases = database.open().await;
    let statement = Statement::from_string(databases.main().get_database_backend(), text);
    let row = databases.main().query_one_raw(statement).await;
    let number = row.unwrap().expect("a row").try_get("", "number").unwrap();
    databases.close().await.unwrap();
    number
}

on_both!(answers_leave_at_their_pace);
async fn answers_leave_at_their_pace(database: &TestDatabase) {
    let mut settings = app::lookups();
    settings.pace = std::time::Duration::from_millis(400);
    let databases = database.open().await;
    bulk::load(&databases, &demo::worked(today().date_naive()), &mut |_| {})
        .await
        .unwrap();
    let app = App::over_with(databases, Clock::fixed(today()), Ids::seeded(3), settings).await;
    app.load_agreement(demo::CAMBRIDGESHIRE_AGREEMENT).await;
    let police = police(&app);
    let mut all = 0;
    for _ in 0..4 {
        let began = std::time::Instant::now();
        assert_eq!(status(&police, person("Dawn", "Hardman")).await, "MATCHED");
        let took = began.elapsed().as_millis();
        assert!(took >= 400, "{took} ms");
        all += took;
    }
    // And a part of the pace by chance more, half of it on average.
    assert!(all >= 4 * 400 + 300, "{all} ms");
}

on_both!(what_is_no_lookup_does_not_wait);
async fn what_is_no_lookup_does_not_wait(database: &TestDatabase) {
    let clock = Clock::fixed(today());
    drop(first(database, &clock, 3).await);
    let mut settings = app::lookups();
    settings.pace = std::time::Duration::from_hours(1);
    let app = App::over_with(database.open().await, clock, Ids::seeded(4), settings).await;
    police(&app).ask("{ viewer { subject } }").await.data();
}
