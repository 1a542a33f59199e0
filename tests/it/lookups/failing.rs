//! A look-up in an operation that is made to fail gives nothing, and is no way around what look-ups are held to: the pace, the trail, and the alert.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use serde_json::{Value, json};
use thinkfamily::{
    audit::{Kind, read},
    clock::{Clock, Ids},
    demo,
    graphql::lookups::LookupSettings,
    store::bulk,
};

use super::world::write;
use crate::{
    contacts::mailbox,
    support::{
        app::{self, App, Partner, Reply, today},
        database::{TestDatabase, on_both},
    },
};

const PACE: Duration = Duration::from_millis(300);

/// The demonstration by a server that keeps the pace.
async fn pacing(database: &TestDatabase, change: impl FnOnce(&mut LookupSettings)) -> App {
    let databases = database.open().await;
    bulk::load(&databases, &demo::worked(today().date_naive()), &mut |_| {})
        .await
        .unwrap();
    let mut settings = app::lookups();
    settings.pace = PACE;
    change(&mut settings);
    let app = App::over_with(databases, Clock::fixed(today()), Ids::seeded(3), settings).await;
    app.load_agreement(demo::CAMBRIDGESHIRE_AGREEMENT).await;
    app
}

/// A look-up, and beside it something else.
const BESIDE: &str =
    "query($input: MarkerLookupInput!) { markerLookup(input: $input) { status marker { leadProfessional { name } } }
    contacts(first: 1) { nodes { id } } }";

/// One of the birthdays that somebody tries.
fn birthday(number: i64) -> Value {
    let born = today().date_naive() - TimeDelta::days(9_000 + 41 * number);
    json!({ "givenName": "Dora", "familyName": "Quillfeather", "dateOfBirth": born })
}

async fn ask(partner: &Partner, number: i64) -> Reply {
    partner.ask_with(BESIDE, json!({ "input": birthday(number) })).await
}

/// Gives a table another name. The statement before it has a connection of SQLite see the names that others gave.
async fn rename(app: &App, table: &str, to: &str) {
    let rename = format!("SELECT 1 FROM family LIMIT 1; ALTER TABLE {table} RENAME TO {to}");
    write(app, &rename).await;
}

/// How often the trail says that somebody tries values.
async fn in_the_trail(app: &App) -> i64 {
    let entries = read::latest(app.trail.store(), demo::CAMBRIDGESHIRE, None, 200)
        .await
        .unwrap();
    let tries = entries.iter().filter(|(_, entry)| {
        let reason = entry.reason.as_ref().map(thinkfamily::audit::Code::as_str);
        entry.kind == Kind::Alert && reason == Some("TRIES_VALUES")
    });
    i64::try_from(tries.count()).unwrap()
}

/// How often those who look after the agreement were told of it.
async fn told(app: &App) -> i64 {
    app.number_of("SELECT CAST(coalesce(sum(times), 0) AS bigint) AS number FROM alert")
        .await
}

on_both!(an_operation_that_is_made_to_fail_keeps_its_pace_and_leaves_its_tries);
async fn an_operation_that_is_made_to_fail_keeps_its_pace_and_leaves_its_tries(database: &TestDatabase) {
    let app = pacing(database, |_| {}).await;
    let mailbox = mailbox(&app);
    let mut stopped = 0;
    for number in 0..8 {
        stopped += i64::from(ask(&mailbox, number).await.data()["markerLookup"]["status"].is_null());
    }
    assert!(stopped > 0);
    assert_eq!((in_the_trail(&app).await, told(&app).await), (stopped, stopped));
    // Beside the look-up something fails, or in it, after the question was counted.
    for (number, table) in (8..).zip(["contact", "lead_professional"]) {
        rename(&app, table, "away").await;
        let began = Instant::now();
        let failed = ask(&mailbox, number).await;
        assert!(began.elapsed() >= PACE, "{table}: {:?}", began.elapsed());
        assert_eq!((failed.status, failed.code()), (500, "INTERNAL"), "{table}");
        assert!(failed.body.get("data").is_none(), "{table}: {:#}", failed.body);
        rename(&app, "away", table).await;
        stopped += 1;
        assert_eq!(
            (in_the_trail(&app).await, told(&app).await),
            (stopped, stopped),
            "{table}"
        );
    }
    // What was answered before is answered still.
    assert!(ask(&mailbox, 0).await.data()["markerLookup"]["status"].is_string());
}

on_both!(whoever_has_spent_their_budget_waits_as_long);
async fn whoever_has_spent_their_budget_waits_as_long(database: &TestDatabase) {
    let app = pacing(database, |settings| settings.budget = 1).await;
    let mailbox = mailbox(&app);
    ask(&mailbox, 0).await.data();
    let began = Instant::now();
    let refused = ask(&mailbox, 1).await;
    assert!(began.elapsed() >= PACE, "{:?}", began.elapsed());
    assert_eq!((refused.status, refused.code()), (429, "TOO_MANY_REQUESTS"));
}
