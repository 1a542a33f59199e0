//! `contacts`: those with the families that the caller's agency leads, in the order in which they were reported.

use chrono::TimeDelta;
use serde_json::{Value, json};
use thinkfamily::{
    demo,
    graphql::operation::Event,
    records::{ContactKind, ContactUrgency, WholeContactRow},
    store::{bulk, dataset::Dataset},
};
use uuid::Uuid;

use super::{AT_RISK, HARDMANS, contact, hand_over, mailbox, marker_id, police, report, with, withdraw};
use crate::lookups::households::dawn_joins;
use crate::support::{
    app::{App, Partner, today},
    database::{TestDatabase, on_both},
};

const LIST: &str = "query ($first: Int, $after: String) { contacts(first: $first, after: $after) { \
     edges { cursor node { occurredAt family { reference } } } pageInfo { hasNextPage endCursor } } }";

async fn page(partner: &Partner, first: usize, after: &Value) -> Value {
    let variables = json!({ "first": first, "after": after });
    partner.ask_with(LIST, variables).await.data()["contacts"].clone()
}

/// The minutes of the contacts of a page: each report of these tests has one of its own.
fn minutes(page: &Value) -> Vec<String> {
    let edges = page["edges"].as_array().expect("edges").iter();
    edges
        .map(|edge| edge["node"]["occurredAt"].as_str().expect("an instant")[11..16].to_owned())
        .collect()
}

/// A contact as it is loaded: reported at that minute of the day before.
fn loaded(key: u128, minute: u32) -> WholeContactRow {
    let data = demo::worked(today().date_naive());
    let family = data.families.iter().find(|row| row.reference == HARDMANS).unwrap();
    let police = data.agencies.iter().find(|row| row.code == "cambs-police").unwrap();
    let at = today() - TimeDelta::days(1) + TimeDelta::minutes(minute.into());
    WholeContactRow {
        authority_id: family.authority_id,
        id: Uuid::from_u128(key),
        family_id: family.id,
        agency_id: police.id,
        subject: "somebody".to_owned(),
        kind: ContactKind::Visit,
        urgency: ContactUrgency::Routine,
        occurred_at: at,
        note: None,
        note_category: None,
        recorded_at: at,
    }
}

/// What is imported comes behind what was there, in the order in which it was recorded, and whoever is connected is told.
async fn loaded_contacts_are_listed_and_told(database: &TestDatabase) {
    let app = App::start(database).await;
    let mailbox = mailbox(&app);
    report_at(&police(&app), &marker_id(&app, HARDMANS).await, "11:59").await;
    let contacts = vec![loaded(1, 3), loaded(2, 1), loaded(3, 2)];
    let data = Dataset {
        contacts,
        ..Dataset::default()
    };
    bulk::load(app.store.databases(), &data, &mut |_| {}).await.unwrap();
    let expected = ["11:59", "12:01", "12:02", "12:03"];
    assert_eq!(minutes(&page(&mailbox, 9, &Value::Null).await), expected);
    let mut told = app
        .subscribe(&mailbox, "subscription { contactReported { node { occurredAt } } }")
        .await;
    for minute in expected {
        let Event::Next(event) = told.next().await else {
            panic!("{minute} is not told");
        };
        assert!(String::from_utf8(event).unwrap().contains(&format!("T{minute}:00")));
    }
}
on_both!(loaded_contacts_are_listed_and_told);

async fn report_at(police: &Partner, marker: &str, minute: &str) {
    let at = json!(format!("2026-06-15T{minute}:00Z"));
    report(police, with(&contact(marker), "occurredAt", at)).await;
}

async fn the_list_goes_on_where_it_was_left(database: &TestDatabase) {
    let app = App::start(database).await;
    let (police, mailbox) = (police(&app), mailbox(&app));
    let (hardmans, at_risk) = (marker_id(&app, HARDMANS).await, marker_id(&app, AT_RISK).await);
    let empty = page(&mailbox, 2, &Value::Null).await;
    assert_eq!(
        (minutes(&empty), &empty["pageInfo"]["endCursor"]),
        (vec![], &Value::Null)
    );
    // Not in the order of when they were.
    for minute in ["11:03", "11:01"] {
        report_at(&police, &hardmans, minute).await;
    }
    report_at(&police, &at_risk, "11:09").await;
    report_at(&police, &hardmans, "11:02").await;
    let first = page(&mailbox, 2, &Value::Null).await;
    assert_eq!(
        (minutes(&first), &first["pageInfo"]["hasNextPage"]),
        (vec!["11:03".to_owned(), "11:01".to_owned()], &json!(true))
    );
    let second = page(&mailbox, 2, &first["pageInfo"]["endCursor"]).await;
    assert_eq!(
        (minutes(&second), &second["pageInfo"]["hasNextPage"]),
        (vec!["11:02".to_owned()], &json!(false))
    );
    let end = &second["pageInfo"]["endCursor"];
    assert_eq!(minutes(&page(&mailbox, 2, end).await), Vec::<String>::new());
    report_at(&police, &hardmans, "11:04").await;
    assert_eq!(minutes(&page(&mailbox, 2, end).await), ["11:04"]);
    // The Lead Professional sees the same; another of theirs, and another agency, none.
    assert_eq!(
        minutes(&page(&app.lead_professional(), 10, &Value::Null).await).len(),
        4
    );
    let another = app.partner_named(
        "cambridgeshire",
        "cambs-early-help",
        "lead_professional",
        "family_support",
        "x",
    );
    assert_eq!(minutes(&page(&another, 10, &Value::Null).await), Vec::<String>::new());
    // Housing works with both families and leads neither.
    let housing = app.partner("city-housing", "manager", "family_support");
    let housed = housing
        .ask("{ family(reference: \"TF-10001\") { contacts { id } } }")
        .await;
    assert_eq!(
        housed.data()["family"]["contacts"].as_array().map(Vec::len),
        Some(4),
        "they may know of them"
    );
    assert_eq!(minutes(&page(&housing, 10, &Value::Null).await), Vec::<String>::new());
    let social_care = app.partner("cambs-social-care", "manager", "safeguarding");
    assert_eq!(minutes(&page(&social_care, 10, &Value::Null).await), ["11:09"]);
    // A cursor of another list is none.
    let reply = mailbox.ask("{ families(first: 1) { pageInfo { endCursor } } }").await;
    let other = reply.data()["families"]["pageInfo"]["endCursor"].clone();
    let refused = mailbox.ask_with(LIST, json!({ "after": other })).await;
    assert_eq!(refused.code(), "BAD_USER_INPUT");
}
on_both!(the_list_goes_on_where_it_was_left);

async fn the_list_follows_the_lead_and_consent(database: &TestDatabase) {
    let app = App::start(database).await;
    let (police, early_help) = (police(&app), mailbox(&app));
    let social_care = app.partner("cambs-social-care", "manager", "safeguarding");
    report_at(&police, &marker_id(&app, HARDMANS).await, "11:01").await;
    let count = async |partner: &Partner| minutes(&page(partner, 10, &Value::Null).await).len();
    assert_eq!((count(&early_help).await, count(&social_care).await), (1, 0));
    hand_over(&app, HARDMANS, "cambs-social-care", "a-social-worker").await;
    assert_eq!((count(&early_help).await, count(&social_care).await), (0, 1));
    let lead = app.partner_named(
        "cambridgeshire",
        "cambs-social-care",
        "lead_professional",
        "safeguarding",
        "a-social-worker",
    );
    assert_eq!(count(&lead).await, 1);
    hand_over(&app, HARDMANS, "cambs-early-help", thinkfamily::demo::LEAD_SUBJECT).await;
    assert_eq!((count(&early_help).await, count(&social_care).await), (1, 0));
    withdraw(&app, "INVOLVEMENT", "early_help").await;
    assert_eq!(count(&early_help).await, 0, "they may not know of contacts any more");
    // Who may know of the contact and not of who leads the work is not told by the list that they do.
    hand_over(&app, HARDMANS, "cambs-early-help", thinkfamily::demo::LEAD_SUBJECT).await;
    assert_eq!(count(&app.lead_professional()).await, 1);
}
on_both!(the_list_follows_the_lead_and_consent);

async fn a_contact_with_who_lives_in_two_families_is_one_familys(database: &TestDatabase) {
    let app = App::start(database).await;
    dawn_joins(&app).await;
    let note = json!({ "text": "Seen at the station", "category": "INVOLVEMENT" });
    report(
        &police(&app),
        with(&contact(&marker_id(&app, HARDMANS).await), "note", note),
    )
    .await;
    let count = async |reference: &str| {
        let query = format!("{{ family(reference: \"{reference}\") {{ contacts {{ id }} }} }}");
        app.lead_professional().ask(&query).await.data()["family"]["contacts"]
            .as_array()
            .map(Vec::len)
    };
    assert_eq!(
        (count(HARDMANS).await, count("TF-10005").await),
        (Some(1), Some(0)),
        "she leads both"
    );
}
on_both!(a_contact_with_who_lives_in_two_families_is_one_familys);
