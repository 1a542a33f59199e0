//! Cursors: a reader goes on from any of theirs, and from no one else's.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use thinkfamily::{
    clock::{Clock, Ids},
    demo,
    store::bulk,
};

use super::reader::{PAGE, Reader, change, servers, take_in, touch};
use crate::support::{
    app::{App, today},
    database::{TestDatabase, on_both},
};

async fn a_reader_goes_on_from_anywhere(database: &TestDatabase) {
    let (apps, families) = servers(database, 1, 6).await;
    let app = &apps[0];
    let police = app.partner("cambs-police", "marker_lookup", "safeguarding");
    let mut reader = Reader::new(police.clone());
    // What the reader knew at each of the places it was at.
    let mut known = BTreeMap::new();
    let mut places: Vec<(Option<String>, BTreeMap<String, Value>)> = vec![(None, known.clone())];
    for told in reader.read().await {
        take_in(&mut known, std::slice::from_ref(&told));
        places.push((Some(told.cursor), known.clone()));
    }
    for (round, (family, _)) in families.iter().enumerate() {
        let day = format!("2026-03-{:02}", round + 1);
        let (sql, values) = match round % 3 {
            0 => (
                "UPDATE family SET closed_on = attached_on WHERE authority_id = 1 AND id = $1",
                vec![(*family).into()],
            ),
            1 => (
                "UPDATE family SET closed_on = NULL WHERE authority_id = 1 AND id = $1",
                vec![families[round - 1].0.into()],
            ),
            _ => (
                "UPDATE family SET attached_on = $2 WHERE authority_id = 1 AND id = $1",
                vec![(*family).into(), day.parse::<chrono::NaiveDate>().unwrap().into()],
            ),
        };
        change(&app.store, sql, values).await;
        let touched = if round % 3 == 1 { round - 1 } else { round };
        touch(&app.store, &format!("R-{touched}")).await;
        for told in reader.read().await {
            take_in(&mut known, std::slice::from_ref(&told));
            places.push((Some(told.cursor), known.clone()));
        }
        places.push((reader.after.clone(), known.clone()));
    }
    assert!(places.len() > 12);
    let mut fresh = BTreeMap::new();
    take_in(&mut fresh, &Reader::new(police.clone()).read().await);
    assert_eq!(
        fresh, known,
        "whoever begins knows as much as whoever was there all the time"
    );
    for (place, mut then) in places {
        let mut again = Reader::new(police.clone());
        let from_start = place.is_none();
        again.after = place;
        let told = again.read().await;
        assert!(!from_start || told.iter().all(|told| told.kind == "SET"), "{told:#?}");
        take_in(&mut then, &told);
        assert_eq!(then, known);
    }
}
on_both!(a_reader_goes_on_from_anywhere);

async fn whose_cursor_it_is(database: &TestDatabase) {
    let (apps, _) = servers(database, 1, 3).await;
    let app = &apps[0];
    let mut police = Reader::new(app.partner("cambs-police", "marker_lookup", "safeguarding"));
    police.read().await;
    let good = police.after.clone().unwrap();
    // Everybody of the agency who asks in that role for that purpose goes on from it.
    let colleague = app.partner_named(
        "cambridgeshire",
        "cambs-police",
        "marker_lookup",
        "safeguarding",
        "a-colleague",
    );
    let reply = colleague.ask_with(PAGE, json!({ "after": good })).await;
    assert_eq!(reply.data()["markerChanges"]["edges"], json!([]));
    assert_eq!(reply.data()["markerChanges"]["pageInfo"]["endCursor"], json!(good));

    let others = [
        app.partner("cambs-police", "marker_lookup", "prevention_of_crime"),
        app.partner("cambs-police", "practitioner", "safeguarding"),
        app.partner("cambs-social-care", "marker_lookup", "safeguarding"),
        app.partner("jcp-cambridge", "marker_lookup", "employment_support"),
    ];
    for other in &others {
        Reader::new(other.clone()).read().await;
        let reply = other.ask_with(PAGE, json!({ "after": good })).await;
        assert_eq!(reply.code(), "BAD_USER_INPUT", "{:#}", reply.body);
        assert_eq!(reply.body["data"]["markerChanges"], json!(null));
    }
    let families = police
        .partner
        .ask("{ families(first: 1) { pageInfo { endCursor } } }")
        .await;
    let of_families = families.data()["families"]["pageInfo"]["endCursor"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut bad = vec![String::new(), "x".to_owned(), "A".repeat(5000), of_families];
    for at in [0, good.len() / 2, good.len() - 1] {
        let mut changed = good.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        bad.push(String::from_utf8(changed).unwrap());
    }
    for cursor in bad {
        let reply = police.partner.ask_with(PAGE, json!({ "after": cursor })).await;
        assert_eq!(reply.code(), "BAD_USER_INPUT", "{cursor}");
    }
    for first in [0, -1, 501] {
        let reply = police.partner.ask_with(PAGE, json!({ "first": first })).await;
        assert_eq!(reply.code(), "BAD_USER_INPUT", "{first}");
    }
    let reply = police.partner.ask_with(PAGE, json!({ "first": 500 })).await;
    assert!(reply.data()["markerChanges"]["edges"].as_array().unwrap().len() >= 3);
}
on_both!(whose_cursor_it_is);

/// A place that the database does not have yet: it was set back to an earlier state.
async fn a_cursor_from_the_future_is_refused(database: &TestDatabase) {
    let (apps, _) = servers(database, 1, 3).await;
    let app = &apps[0];
    let mut police = Reader::new(app.partner("cambs-police", "marker_lookup", "safeguarding"));
    police.read().await;
    for table in ["marker_change", "marker_told", "marker_consumer"] {
        change(&app.store, &format!("DELETE FROM {table}"), vec![]).await;
    }
    change(
        &app.store,
        "UPDATE family SET closed_on = attached_on WHERE authority_id = 1 AND reference <> 'R-0'",
        vec![],
    )
    .await;
    let reply = police.partner.ask_with(PAGE, json!({ "after": police.after })).await;
    assert_eq!(reply.code(), "BAD_USER_INPUT");
}
on_both!(a_cursor_from_the_future_is_refused);

/// Lead Professionals, and nothing but the families that they lead.
const LED: &str = r#"
[agreement]
id = "LED"
version = 1
title = "Only whom one leads"
authority = "cambridgeshire"
effective_from = 2026-01-01
review_by = 2027-01-01
[[signatory]]
agency = "cambs-early-help"
signed_on = 2025-12-01
[[clause]]
id = "led"
agency_kinds = ["early_help"]
roles = ["lead_professional"]
categories = ["MARKER"]
purposes = ["family_support"]
access = ["read"]
scope = "lead"
consent = "not_required"
lawful_basis = "public_task"
"#;

async fn a_lead_professional_whose_account_is_not_known_moves_nobody_s_place(database: &TestDatabase) {
    let databases = database.open().await;
    let data = demo::worked(today().date_naive());
    bulk::load(&databases, &data, &mut |_| {}).await.unwrap();
    let app = App::over(databases, Clock::fixed(today()), Ids::seeded(1)).await;
    app.load_agreement(LED).await;
    let mut reader = Reader::new(app.partner_named(
        "cambridgeshire",
        "cambs-early-help",
        "lead_professional",
        "family_support",
        "somebody-else",
    ));
    assert_eq!(reader.read().await.len(), 0);
    let unknown = "UPDATE lead_professional SET subject = '' WHERE authority_id = 1 \
                   AND family_id = (SELECT id FROM family WHERE authority_id = 1 AND reference = 'TF-10001')";
    change(&app.store, unknown, vec![]).await;
    touch(&app.store, demo::HARDMAN_REFERENCE).await;
    reader.nothing().await;
}
on_both!(a_lead_professional_whose_account_is_not_known_moves_nobody_s_place);
