//! What is read for a list: little where it is decided alike, and all where it is not.

use serde_json::json;
use thinkfamily::audit::{about_family, verify::verify};

use super::{both, by_request, caller};
use crate::support::{
    client::Client,
    database::{TestDatabase, on_both},
};

/// How many statements each of the two servers sends for a list.
async fn statements(database: &TestDatabase, asks: &[((&str, &str, &str), &str)]) -> Vec<(u64, u64)> {
    let (app, plain, authority) = both(database, 60, 0).await;
    let mut counts = Vec::new();
    for (of, filter) in asks {
        let query = format!("{{ families(filter: {filter}, first: 10) {{ totalCount nodes {{ id }} }} }}");
        let mut sent = Vec::new();
        for app in [&app, &plain] {
            let partner = caller(app, &authority, *of);
            // Once for what is remembered from then on.
            partner.ask(&query).await.data();
            let before = app.store.statements_sent();
            partner.ask(&query).await.data();
            sent.push(app.store.statements_sent() - before);
        }
        counts.push((sent[0], sent[1]));
    }
    counts
}

async fn only_what_decisions_rest_on_is_read(database: &TestDatabase) {
    let coordinator = ("tff-team", "coordinator", "programme_management");
    let lookup = ("social-care", "marker_lookup", "safeguarding");
    let police = ("police", "marker_lookup", "safeguarding");
    let manager = ("early-help", "manager", "family_support");
    let counts = statements(
        database,
        &[
            // By a clause that asks nothing of a family: the families, and what the page needs.
            (coordinator, "{ criterion: EDUCATION }"),
            // The nearest case: health asks for consent, so matches, people and consents are read and each is decided.
            (coordinator, "{ criterion: HEALTH }"),
            // Whoever is on the cohort is known to this one; the level of need is not theirs to see.
            (lookup, "{ attachedFrom: \"2024-01-01\" }"),
            // The nearest case: the same clause with consent.
            (police, "{ attachedFrom: \"2024-01-01\" }"),
            // And by involvement.
            (manager, "{ attachedFrom: \"2024-01-01\" }"),
        ],
    )
    .await;
    assert_eq!(counts, [(6, 19), (9, 10), (6, 17), (16, 17), (20, 21)]);
}
on_both!(only_what_decisions_rest_on_is_read);

async fn a_count_of_many_names_them_all(database: &TestDatabase) {
    let (app, _, authority) = both(database, 240, 0).await;
    let of = ("tff-team", "coordinator", "programme_management");
    let client = Client::new(&app.url, &caller(&app, &authority, of).token);
    let query = "{ families(filter: { criterion: EDUCATION }, first: 1) { totalCount nodes { reference } } }";
    let answer = client.post(query, json!({})).await.unwrap();
    let total = answer.json()["data"]["families"]["totalCount"].as_u64().unwrap();
    assert!((60..240).contains(&total), "{total}");
    let entries = by_request(&app).await.remove(&answer.request_id).unwrap();
    let named = entries[0]["families"].as_array().unwrap();
    assert_eq!((entries.len(), named.len() as u64), (1, total));
    // Each of them finds it, and nobody else does.
    let store = app.trail.store();
    let number = app.store.authority_named(&authority).await.unwrap().unwrap().id;
    for family in named {
        let family = family.as_str().unwrap().parse().unwrap();
        let found = about_family(store, number, family, None, 10).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1.request_id, Some(answer.request_id));
    }
    let other = uuid::Uuid::from_u128(7);
    assert!(about_family(store, number, other, None, 10).await.unwrap().is_empty());
    let report = verify(store, &[app.trail.public_key()], &[]).await.unwrap();
    assert!(
        report
            .findings
            .iter()
            .all(|finding| finding.chain != Some(app.trail.opened())),
        "{:?}",
        report.findings
    );
}
on_both!(a_count_of_many_names_them_all);
