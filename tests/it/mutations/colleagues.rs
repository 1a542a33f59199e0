//! What colleagues share of the budget of changes, and what nobody can spend for them; and that a change that fails is counted like any other.

use sea_orm::{ConnectionTrait, DatabaseConnection};
use serde_json::{Value, json};
use thinkfamily::{audit::Kind, clock::Clock, demo, graphql::write_budget::WriteSettings};

use super::{
    budget::{few, first},
    entries, hardmans,
};
use crate::{
    contacts::{AT_RISK, HARDMANS, contact, marker_id},
    support::{
        app::{App, Partner, Reply, today},
        database::{TestDatabase, on_both},
    },
};

/// Six changes of a client, four of a family, three of a kind of it.
fn six(settings: &mut WriteSettings) {
    (settings.per_client, settings.per_family, settings.per_family_and_kind) = (6, 4, 3);
}

async fn started(database: &TestDatabase) -> App {
    first(database, &Clock::fixed(today()), few(six)).await
}

async fn send(partner: &Partner, name: &str, input: &Value) -> Reply {
    let of_type = name[..1].to_uppercase() + &name[1..] + "Input";
    let query = format!("mutation ($input: {of_type}!) {{ {name}(input: $input) {{ errors {{ field code }} }} }}");
    partner.ask_with(&query, json!({ "input": input })).await
}

/// Whether a change was refused for the number of changes; any other must have been looked at.
#[track_caller]
fn is_refused(reply: &Reply) -> bool {
    match (reply.status, reply.code()) {
        (429, "TOO_MANY_REQUESTS") => true,
        (200, _) => {
            reply.data();
            false
        }
        other => panic!("{other:?}: {:#}", reply.body),
    }
}

/// Makes the same change until it is refused, and gives back how often it was not.
async fn spend(partner: &Partner, name: &str, input: &Value) -> usize {
    for made in 0..20 {
        if is_refused(&send(partner, name, input).await) {
            return made;
        }
    }
    panic!("{name} is never refused")
}

async fn done(partner: &Partner, name: &str, input: &Value) {
    let reply = send(partner, name, input).await;
    assert_eq!(reply.data()[name]["errors"], json!([]), "{name}");
}

/// Somebody of the police with the same program as all the others.
fn officer(app: &App, role: &str, subject: &str) -> Partner {
    app.partner_named("cambridgeshire", "cambs-police", role, "safeguarding", subject)
}

on_both!(nobody_spends_a_no_for_their_colleagues);
async fn nobody_spends_a_no_for_their_colleagues(database: &TestDatabase) {
    let app = started(database).await;
    let (lead, family) = (app.lead_professional(), hardmans(&app).await);
    let query = "{ family(reference: \"TF-10001\") { consents { id decision withdrawnAt } } }";
    let family_now = lead.ask(query).await.data()["family"].clone();
    let given = |consent: &&Value| consent["decision"] == "GIVEN" && consent["withdrawnAt"].is_null();
    let consent = family_now["consents"].as_array().unwrap().iter().find(given).unwrap();
    let withdraw = json!({ "consentId": consent["id"] });
    let involvements = family["involvements"].as_array().unwrap();
    let involvement = involvements.iter().find(|one| one["endedOn"].is_null()).unwrap();
    let end = json!({ "involvementId": involvement["id"], "endedOn": "2026-06-15" });
    let involve =
        json!({ "familyId": family["id"], "agency": "none", "contactName": "Sam Example", "startedOn": "2026-06-15" });
    let decide = json!({ "memberId": family["members"][0]["id"], "categories": ["PLAN"], "agencyKinds": ["SCHOOL"], "decision": "GIVEN" });

    // A colleague, by the same program, writes what only adds until there is no room: for nobody, since it is shared.
    let (agency, role, purpose) = ("cambs-early-help", "lead_professional", "family_support");
    let colleague = app.partner_named("cambridgeshire", agency, role, purpose, "a-colleague");
    assert_eq!(spend(&colleague, "recordInvolvement", &involve).await, 3, "of a kind");
    assert_eq!(spend(&colleague, "recordConsent", &decide).await, 1, "of a family");
    assert!(is_refused(&send(&lead, "recordConsent", &decide).await));
    // What takes away they can use up for themselves alone, of each kind.
    assert_eq!(spend(&colleague, "withdrawConsent", &withdraw).await, 3);
    assert_eq!(
        spend(&colleague, "endInvolvement", &end).await,
        3,
        "of another kind, and six in all"
    );
    assert!(is_refused(
        &send(&colleague, "withdrawConsent", &json!({ "consentId": "none" })).await
    ));
    done(&lead, "withdrawConsent", &withdraw).await;
    done(&lead, "endInvolvement", &end).await;

    // Nor what is recorded unseen, which may be a no: of whichever family, since a reference is looked for later.
    let unseen = json!({
        "reference": "TF-10001", "person": { "givenName": "Otto", "familyName": "Quillfeather", "dateOfBirth": "1990-05-17" },
        "categories": ["PLAN"], "agencyKinds": ["SCHOOL"], "decision": "REFUSED",
    });
    let name = "recordConsentByReference";
    assert!(is_refused(&send(&colleague, name, &unseen).await), "six in all");
    assert_eq!(spend(&lead, name, &unseen).await, 3, "of a kind");

    let (one, other) = (
        officer(&app, "marker_lookup", "one"),
        officer(&app, "marker_lookup", "other"),
    );
    let marker = marker_id(&app, HARDMANS).await;
    let remove = json!({ "markerId": marker, "system": "Crime and intelligence system", "removedOn": "2026-06-15" });
    assert_eq!(spend(&one, "recordContact", &contact(&marker)).await, 3);
    let elsewhere = contact(&marker_id(&app, AT_RISK).await);
    assert_eq!(spend(&one, "recordContact", &elsewhere).await, 3, "of the program");
    assert!(is_refused(&send(&other, "recordContact", &elsewhere).await));
    let wrong = json!({ "markerId": marker, "system": "None", "removedOn": "2026-06-15" });
    assert_eq!(spend(&one, "recordMarkerRemoved", &wrong).await, 3);
    done(&other, "recordMarkerRemoved", &remove).await;
}

on_both!(nobody_spends_emergency_access_for_their_colleagues);
async fn nobody_spends_emergency_access_for_their_colleagues(database: &TestDatabase) {
    let app = started(database).await;
    let marker = marker_id(&app, HARDMANS).await;
    let reporting = officer(&app, "marker_lookup", "one");
    assert_eq!(spend(&reporting, "recordContact", &contact(&marker)).await, 3);
    let elsewhere = contact(&marker_id(&app, AT_RISK).await);
    assert_eq!(spend(&reporting, "recordContact", &elsewhere).await, 3);
    let open = |reference: &str| {
        let why = "A neighbour rang: shouting, a child screaming.";
        json!({ "reference": reference, "ground": "THREAT_TO_LIFE", "justification": why })
    };
    let (one, other) = (
        officer(&app, "practitioner", "one"),
        officer(&app, "practitioner", "other"),
    );
    // Whoever tries one reference after the other comes to an end soon, whichever they are.
    for reference in ["TF-0", "TF-1", "TF-2"] {
        assert!(!is_refused(&send(&one, "openEmergencyAccess", &open(reference)).await));
    }
    assert!(is_refused(&send(&one, "openEmergencyAccess", &open("TF-3")).await));
    assert!(is_refused(&send(&one, "openEmergencyAccess", &open(HARDMANS)).await));
    done(&other, "openEmergencyAccess", &open(HARDMANS)).await;
}

on_both!(a_try_in_a_change_that_fails_is_in_the_trail);
async fn a_try_in_a_change_that_fails_is_in_the_trail(database: &TestDatabase) {
    let app = started(database).await;
    let one = officer(&app, "practitioner", "one");
    let open = |reference: &str| {
        format!(
            "openEmergencyAccess(input: {{ reference: \"{reference}\", ground: SAFEGUARDING, justification: \"Shouting, and a door broken in.\" }}) \
             {{ openedAt errors {{ code }} }}"
        )
    };
    // One that finds nobody, one that opens, and so many that the last is one too many.
    let (none, there) = (open("TF-0"), open(HARDMANS));
    let reply = one
        .ask(&format!("mutation {{ a: {none} b: {there} c: {there} d: {there} }}"))
        .await;
    assert!(is_refused(&reply) && reply.body.get("data").is_none());
    let kinds = |kind: Kind| move |entry: &&thinkfamily::audit::Entry| entry.kind == kind;
    let entries = entries(&app).await;
    let reasons: Vec<_> = entries
        .iter()
        .filter(kinds(Kind::Alert))
        .map(|entry| entry.reason.as_ref().unwrap().as_str())
        .collect();
    assert_eq!(reasons, ["NOT_FOUND", "TOO_MANY_REQUESTS"]);
    assert_eq!(entries.iter().filter(kinds(Kind::Emergency)).count(), 2);
    assert_eq!(
        entries.iter().filter(kinds(Kind::WriteFailed)).count(),
        2,
        "that it is not open is told, too"
    );
    assert_eq!(
        app.number_of("SELECT count(*) AS number FROM emergency_access WHERE subject = 'one'")
            .await,
        0
    );
}

/// Gives a table another name. The statement before it has a connection of SQLite see the names that others gave.
async fn rename(on: &DatabaseConnection, table: &str, to: &str) {
    let rename = format!("SELECT 1 FROM {table} LIMIT 1; ALTER TABLE {table} RENAME TO {to}");
    on.execute_unprepared(&rename).await.unwrap();
}

on_both!(what_fails_as_a_whole_stays_counted);
async fn what_fails_as_a_whole_stays_counted(database: &TestDatabase) {
    let app = started(database).await;
    let one = officer(&app, "marker_lookup", "one");
    let (here, there) = (
        contact(&marker_id(&app, HARDMANS).await),
        contact(&marker_id(&app, AT_RISK).await),
    );
    let databases = app.store.databases();
    // The change fails, and then what the trail would say of it.
    for (on, table, status) in [
        (databases.main(), "contact", 500),
        (databases.trail(), "trail_record", 503),
    ] {
        rename(on, table, "away").await;
        let failed = send(&one, "recordContact", &here).await;
        assert_eq!(failed.status, status, "{:#}", failed.body);
        rename(on, "away", table).await;
    }
    assert_eq!(spend(&one, "recordContact", &here).await, 1, "of three");
    assert_eq!(
        app.number_of("SELECT count(*) AS number FROM contact WHERE subject = 'one'")
            .await,
        1
    );
    // Of several at once the last is one too many: none is made, and those before it are counted.
    let field = "recordContact(input: $input) { errors { code } }";
    let four = format!("mutation ($input: RecordContactInput!) {{ a: {field} b: {field} c: {field} d: {field} }}");
    assert!(is_refused(&one.ask_with(&four, json!({ "input": there })).await));
    assert!(is_refused(&send(&one, "recordContact", &there).await));
    assert_eq!(
        app.number_of("SELECT count(*) AS number FROM contact WHERE subject = 'one'")
            .await,
        1
    );
    assert_eq!(
        entries(&app)
            .await
            .iter()
            .filter(|entry| entry.authority == Some(demo::CAMBRIDGESHIRE) && entry.kind == Kind::Write)
            .count(),
        1
    );
}
