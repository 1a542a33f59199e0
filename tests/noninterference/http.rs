//! The same over the wire: status, headers and body.

use thinkfamily::{
    clock::{Clock, Ids},
    graphql::operation::WithheldMode,
};

use serde_json::json;

use crate::{
    chance::Chance,
    moment::now,
    operations::{Drawer, Operation},
    pairs::{Base, Pair},
    sides::{Half, Place},
    support::{
        api::Api,
        app::{App, Partner},
    },
};

/// Pairs, and requests for each.
const PAIRS: u64 = 3;
const REQUESTS: u64 = 60;

/// Headers that differ from answer to answer, whoever asks.
const OWN: [&str; 2] = ["x-request-id", "date"];

/// An answer as it came: status, headers in their order, body.
async fn post(app: &App, partner: &Partner, body: String, withheld: &str) -> (u16, Vec<(String, Vec<u8>)>, Vec<u8>) {
    let sent = reqwest::Client::new()
        .post(format!("{}/graphql", app.url))
        .bearer_auth(&partner.token)
        .header("content-type", "application/json")
        .header("accept", "application/graphql-response+json")
        .header("x-withheld", withheld)
        .body(body)
        .send()
        .await
        .unwrap();
    let headers = sent.headers().iter().filter(|(name, _)| !OWN.contains(&name.as_str()));
    let headers = headers
        .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
        .collect();
    (sent.status().as_u16(), headers, sent.bytes().await.unwrap().to_vec())
}

fn body_of(operation: &Operation) -> (String, &'static str) {
    let withheld = match operation.withheld {
        WithheldMode::Report => "report",
        WithheldMode::Error => "error",
        WithheldMode::Fail => "fail",
    };
    (
        json!({ "query": operation.query, "variables": operation.variables }).to_string(),
        withheld,
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn over_the_wire_too() {
    let (api, base) = (Api::new(), Base::new());
    for seed in 0..PAIRS {
        let mut chance = Chance::new(crate::number_from("SEED", 9_000) + seed);
        let mut pair = Pair::draw(&base, &mut chance);
        while pair.caller.portal.is_some() {
            pair = Pair::draw(&base, &mut chance);
        }
        let mut apps = Vec::new();
        let mut halves = Vec::new();
        for data in [base.world.data(), pair.world.data()] {
            let half = Half::load(Place::Sqlite, &data, &base.documents).await.unwrap();
            apps.push(App::over(half.databases.clone(), Clock::fixed(now()), Ids::seeded(4)).await);
            halves.push(half);
        }
        let (who, caller) = (&pair.caller.principal, &pair.caller);
        let partners = apps.iter().map(|app| {
            app.partner_named(
                &caller.authority_code,
                &who.agency_code,
                &who.role,
                &caller.purpose,
                &who.subject,
            )
        });
        let partners: Vec<Partner> = partners.collect();
        let pool = pair.pool(&base);
        let mut sent = 0;
        while sent < REQUESTS {
            let operation = Drawer::new(&api, &pool, &mut chance).draw();
            // The trail's chains have keys of their own, which cursors of the trail hold.
            // And what a program was told of a family is counted in its feed, whoever reads that.
            let feed = operation.query.contains("markerChanges") && pair.is_barred(&base);
            if feed || operation.query.contains("isclosure") || operation.used.contains("Query.lookups") {
                continue;
            }
            sent += 1;
            let (mut body, withheld) = body_of(&operation);
            if chance.percent(10) {
                // What the wire itself refuses.
                let at = chance.number(0, body.len());
                body.truncate((0..=at).rev().find(|at| body.is_char_boundary(*at)).unwrap());
            }
            let one = post(&apps[0], &partners[0], body.clone(), withheld).await;
            let other = post(&apps[1], &partners[1], body, withheld).await;
            assert!(one == other, "SEED {seed}, {}: {one:?}\n{other:?}", operation.query);
        }
        for path in ["/schema.graphql", "/sharing"] {
            assert_eq!(partners[0].page(path).await, partners[1].page(path).await, "{path}");
        }
    }
}
