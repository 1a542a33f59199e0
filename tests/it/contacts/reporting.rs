//! `recordContact`: who may, who may not, and what is told to whom.

use serde_json::{Value, json};

use super::{
    AT_RISK, HARDMANS, assert_done, assert_refused, change, contact, marker_id, nobodys_marker, police, report, with,
    withdraw,
};
use crate::support::{
    app::{App, Partner},
    database::{TestDatabase, on_both},
};

const CONTACTS: &str = "{ family(reference: \"TF-10001\") { contacts { \
     id kind urgency occurredAt recordedAt reportedBy agency { code } note { text category } } } }";

async fn seen(partner: &Partner) -> Value {
    partner.ask(CONTACTS).await.data()["family"]["contacts"].clone()
}

async fn a_contact_reaches_the_lead_professional(database: &TestDatabase) {
    let app = App::start(database).await;
    let (police, lead) = (police(&app), app.lead_professional());
    let marker = marker_id(&app, HARDMANS).await;
    assert_eq!(seen(&lead).await, json!([]));
    report(&police, contact(&marker)).await;
    let contacts = seen(&lead).await;
    let row = &contacts[0];
    assert_eq!(contacts.as_array().expect("a list").len(), 1);
    assert_eq!(
        (&row["kind"], &row["urgency"]),
        (&json!("INCIDENT"), &json!("IMMEDIATE"))
    );
    assert_eq!(row["occurredAt"], "2026-06-15T11:40:00+00:00");
    assert_eq!(row["recordedAt"], "2026-06-15T12:00:00+00:00");
    assert_eq!(row["agency"]["code"], "cambs-police");
    assert_eq!(row["reportedBy"], "marker_lookup-of-cambs-police");
    assert_eq!(row["note"], Value::Null);
    // Whoever reports learns no more by it than that it was recorded.
    let payload = change(&police, "recordContact", "contact { id }", contact(&marker)).await;
    assert_eq!(payload["contact"], Value::Null);
    let entries = crate::support::trail::entries(app.store.databases()).await;
    let write = |entry: &thinkfamily::audit::Entry| entry.kind.code() == "write" && entry.families.len() == 1;
    let writes: Vec<_> = entries.iter().filter(|(entry, _)| write(entry)).collect();
    assert_eq!(writes.len(), 2);
    for (entry, body) in writes {
        let clauses: Vec<_> = entry.clauses.iter().map(thinkfamily::audit::Code::as_str).collect();
        let categories: Vec<_> = entry.categories.iter().map(thinkfamily::audit::Code::as_str).collect();
        assert_eq!(
            (clauses, categories),
            (vec!["marker-placed"], vec!["INVOLVEMENT"]),
            "{body}"
        );
    }
}
on_both!(a_contact_reaches_the_lead_professional);

/// The nearest cases that are not permitted, which all have the same answer.
async fn who_may_not_report_learns_nothing(database: &TestDatabase) {
    let app = App::start(database).await;
    let police = police(&app);
    let marker = marker_id(&app, HARDMANS).await;
    let record = async |partner: &Partner, marker: &str| change(partner, "recordContact", "", contact(marker)).await;
    let nothing = record(&police, &nobodys_marker()).await;
    assert_refused(&nothing, "markerId", "NOT_FOUND");
    // Not on the cohort: never was, and is no longer.
    for reference in ["TF-10003", "TF-10004"] {
        assert_eq!(
            record(&police, &marker_id(&app, reference).await).await,
            nothing,
            "{reference}"
        );
    }
    // Another kind of id of a family that is.
    let reply = app
        .lead_professional()
        .ask("{ family(reference: \"TF-10001\") { id } }")
        .await;
    let family = reply.data()["family"]["id"].as_str().expect("an id").to_owned();
    assert_eq!(record(&police, &family).await, nothing);
    // Another authority's police, with its own right to its own markers.
    let others = app.partner_named("richmond", "met-police-richmond", "marker_lookup", "safeguarding", "x");
    let reply = others
        .ask_with(
            "mutation ($input: RecordContactInput!) { recordContact(input: $input) { errors { code } } }",
            json!({ "input": contact(&marker) }),
        )
        .await;
    assert!(
        reply.body["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT" || reply.status == 401,
        "{:#}",
        reply.body
    );
    // A role or a purpose to which no clause gives it.
    for (role, purpose) in [
        ("practitioner", "safeguarding"),
        ("marker_lookup", "performance_analysis"),
    ] {
        let partner = app.partner("cambs-police", role, purpose);
        let query = "mutation ($input: RecordContactInput!) { recordContact(input: $input) { errors { code } } }";
        let reply = partner.ask_with(query, json!({ "input": contact(&marker) })).await;
        assert_eq!(reply.data()["recordContact"], Value::Null, "{role} {purpose}");
        assert_eq!(
            reply.withheld("Mutation.recordContact"),
            ["NOT_IN_AGREEMENT"],
            "{role} {purpose}"
        );
    }
    assert_done(&record(&police, &marker).await);
    withdraw(&app, "MARKER", "police").await;
    assert_eq!(
        record(&police, &marker).await,
        nothing,
        "consent was withdrawn a second ago"
    );
    assert_eq!(
        seen(&app.lead_professional()).await.as_array().expect("a list").len(),
        1
    );
}
on_both!(who_may_not_report_learns_nothing);

/// Shielding is about where a person at risk lives: that they were met can be said, and nothing of where is told by it.
async fn a_contact_with_a_family_at_risk_is_told_to_who_leads_it(database: &TestDatabase) {
    let app = App::start(database).await;
    let marker = marker_id(&app, AT_RISK).await;
    let where_they_are = json!({ "text": "Seen at 9 Willow Court", "category": "CONTACT" });
    report(&police(&app), with(&contact(&marker), "note", where_they_are)).await;
    let note = async |subject: &str, role: &str, purpose: &str| {
        let partner = app.partner_named("cambridgeshire", "cambs-social-care", role, purpose, subject);
        let reply = partner
            .ask("{ family(reference: \"TF-10002\") { contacts { kind note { text } } } }")
            .await;
        reply.data()["family"]["contacts"].clone()
    };
    let told = json!([{ "kind": "INCIDENT", "note": { "text": "Seen at 9 Willow Court" } }]);
    assert_eq!(
        note("demo-lead-social-worker", "lead_professional", "safeguarding").await,
        told
    );
    // A colleague may read where families are, but not where people at risk are.
    let withheld = json!([{ "kind": "INCIDENT", "note": null }]);
    assert_eq!(note("a-colleague", "practitioner", "safeguarding").await, withheld);
}
on_both!(a_contact_with_a_family_at_risk_is_told_to_who_leads_it);

async fn bad_input_is_told_and_changes_nothing(database: &TestDatabase) {
    let app = App::start(database).await;
    let (police, marker) = (police(&app), marker_id(&app, HARDMANS).await);
    let note = |text: &str, category: &str| json!({ "text": text, "category": category });
    for (field, value, told) in [
        ("occurredAt", json!("2026-06-15T12:05:01Z"), "occurredAt"),
        ("occurredAt", json!("1899-12-31T00:00:00Z"), "occurredAt"),
        ("note", note("", "INVOLVEMENT"), "note.text"),
        ("note", note(&"n".repeat(501), "INVOLVEMENT"), "note.text"),
        ("note", note("a\u{0}b", "INVOLVEMENT"), "note.text"),
        ("note", note("n", "AUDIT"), "note.category"),
        ("note", note("n", "REFERENCE"), "note.category"),
        ("idempotencyKey", json!(""), "idempotencyKey"),
    ] {
        let payload = change(&police, "recordContact", "", with(&contact(&marker), field, value)).await;
        assert_refused(&payload, told, "INVALID");
    }
    assert_eq!(seen(&app.lead_professional()).await, json!([]));
    report(
        &police,
        with(&contact(&marker), "occurredAt", json!("2026-06-15T12:05:00Z")),
    )
    .await;
}
on_both!(bad_input_is_told_and_changes_nothing);

async fn a_report_that_is_sent_again_is_one_report(database: &TestDatabase) {
    let app = App::start(database).await;
    let (police, marker) = (police(&app), marker_id(&app, HARDMANS).await);
    let input = with(&contact(&marker), "idempotencyKey", json!("incident-1"));
    report(&police, input.clone()).await;
    report(&police, input.clone()).await;
    let contacts = seen(&app.lead_professional()).await;
    assert_eq!(contacts.as_array().expect("a list").len(), 1);
    let other = with(&input, "urgency", json!("ROUTINE"));
    assert_refused(
        &change(&police, "recordContact", "", other).await,
        "idempotencyKey",
        "CONFLICT",
    );
}
on_both!(a_report_that_is_sent_again_is_one_report);
