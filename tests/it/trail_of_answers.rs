//! Every answer that discloses is in the trail before it arrives, with who, why, what and whom; and nothing is disclosed that cannot be.

mod failing;
mod subject_access;
mod volume;

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, Statement, Value as SqlValue};
use serde_json::json;
use thinkfamily::{
    audit::{Entry, Kind, Operation},
    store::connect::Databases,
};
use uuid::Uuid;

use crate::support::{
    app::{App, Partner},
    client::{Answer, Client},
    database::{TestDatabase, on_both},
    trail,
};

const HARDMAN: &str = "TF-10001";

/// The key of the one row of a table whose column has that value.
async fn key(databases: &Databases, table: &str, column: &str, value: &str) -> Uuid {
    let sql = format!("SELECT id FROM {table} WHERE authority_id = 1 AND {column} = $1");
    let main = databases.main();
    let statement = Statement::from_sql_and_values(main.get_database_backend(), sql, [SqlValue::from(value)]);
    let row = main
        .query_one_raw(statement)
        .await
        .unwrap()
        .unwrap_or_else(|| panic!("no {table} {value}"));
    row.try_get("", "id").unwrap()
}

fn codes<'a>(codes: impl IntoIterator<Item = &'a thinkfamily::audit::Code>) -> Vec<&'a str> {
    codes.into_iter().map(thinkfamily::audit::Code::as_str).collect()
}

/// Field, true reason and number of what an entry says was withheld.
fn withheld(entry: &Entry) -> Vec<(&str, &str, u64)> {
    entry
        .withheld
        .iter()
        .map(|(field, reason, count)| (field.as_str(), reason.as_str(), count))
        .collect()
}

/// Asks, and reads the trail as soon as the answer is there: the entries of that very request.
async fn ask(app: &App, partner: &Partner, headers: &[(&str, &str)], document: &str) -> (Answer, Vec<Entry>) {
    let client = Client::new(&app.url, &partner.token);
    let answer = client
        .send(headers, json!({ "query": document }).to_string())
        .await
        .expect("an answer");
    let all = trail::entries(app.store.databases()).await;
    let of_request = |entry: &Entry| entry.request_id == Some(answer.request_id);
    let entries = all.into_iter().map(|(entry, _)| entry).filter(of_request).collect();
    (answer, entries)
}

/// The same, where there must be one entry.
async fn ask_once(app: &App, partner: &Partner, document: &str) -> (Answer, Entry) {
    let (answer, mut entries) = ask(app, partner, &[], document).await;
    assert_eq!(entries.len(), 1, "{}: {entries:#?}", answer.text());
    (answer, entries.remove(0))
}

on_both!(what_a_filter_tells_is_in_the_trail);
async fn what_a_filter_tells_is_in_the_trail(database: &TestDatabase) {
    let app = App::start(database).await;
    let lead = app.lead_professional();
    // Nothing is asked for but ids, and yet the answer says who meets the criterion.
    let document = "{ families(filter: { criterion: EDUCATION }) { nodes { id } } }";
    let (answer, entry) = ask_once(&app, &lead, document).await;
    assert_eq!(answer.json()["data"]["families"]["nodes"].as_array().unwrap().len(), 1);
    assert_eq!(codes(&entry.categories), ["CRITERION_EDUCATION", "MARKER"]);
    // The nearest question that tells nothing of it.
    let (_, entry) = ask_once(&app, &lead, "{ family(reference: \"TF-10001\") { id } }").await;
    assert_eq!(codes(&entry.categories), ["MARKER"]);
}

async fn an_answer_is_in_the_trail_before_it_arrives(database: &TestDatabase) {
    let app = App::start(database).await;
    let databases = app.store.databases();
    let hardman = key(databases, "family", "reference", HARDMAN).await;

    // The police see the marker and no more: nobody of the police works with the family.
    let document =
        "query LookUp { family(reference: \"TF-10001\") { onCohort reference district members { givenName } } }";
    let police = app.partner("cambs-police", "practitioner", "safeguarding");
    let (answer, entry) = ask_once(&app, &police, document).await;
    let seen = json!({ "onCohort": true, "reference": HARDMAN, "district": null, "members": [] });
    assert_eq!(answer.json()["data"]["family"], seen);
    assert_eq!(
        (entry.kind, &entry.families),
        (Kind::Disclosed, &BTreeSet::from([hardman]))
    );
    assert_eq!(
        (codes(&entry.categories), codes(&entry.clauses)),
        (vec!["MARKER"], vec!["police-marker"])
    );
    assert_eq!(withheld(&entry), [("Family.district", "NOT_INVOLVED", 1)]);

    let lookup = app.partner("cambs-police", "marker_lookup", "prevention_of_crime");
    let document = "query Marked { families(filter: { onCohort: true }) { nodes { onCohort leadProfessional { name } district } } }";
    let (_, entry) = ask_once(&app, &lookup, document).await;
    assert_eq!(entry.kind, Kind::Disclosed);
    assert_eq!(entry.authority, Some(1));
    assert_eq!(
        entry.agency,
        Some(key(databases, "agency", "code", "cambs-police").await)
    );
    assert_eq!(entry.agency_kind.as_ref().unwrap().as_str(), "police");
    assert_eq!(entry.role.as_ref().unwrap().as_str(), "marker_lookup");
    assert_eq!(
        entry.subject.as_ref().unwrap().as_str(),
        "marker_lookup-of-cambs-police"
    );
    assert_eq!(entry.client.as_ref().unwrap().as_str(), "test-client");
    assert_eq!(entry.portal, None);
    assert_eq!(entry.purpose.as_ref().unwrap().as_str(), "prevention_of_crime");
    assert_eq!(entry.operation, Some(Operation::of(Some("Marked"), document)));
    assert_eq!(codes(&entry.clauses), ["police-marker"]);
    let agreements: Vec<_> = entry
        .agreements
        .iter()
        .map(|of| (of.code.as_str(), of.version))
        .collect();
    assert_eq!(agreements, [("TFF-2", 1)]);
    assert!(
        entry.families.contains(&hardman) && entry.families.len() > 1,
        "{:?}",
        entry.families
    );
    assert!(
        entry.people.is_empty(),
        "a marker is about a family, not about a member"
    );
    assert_eq!(codes(&entry.categories), ["MARKER"]);
    let shown = u64::try_from(entry.families.len()).unwrap();
    assert_eq!(withheld(&entry), [("Family.district", "NOT_IN_AGREEMENT", shown)]);

    // What is about nobody needs no entry.
    let (answer, entries) = ask(&app, &police, &[], "{ viewer { role } __typename }").await;
    assert_eq!((answer.status, entries), (200, vec![]));
}
on_both!(an_answer_is_in_the_trail_before_it_arrives);

async fn an_entry_names_the_people_and_the_portal(database: &TestDatabase) {
    let app = App::start(database).await;
    let databases = app.store.databases();
    let hardman = key(databases, "family", "reference", HARDMAN).await;
    // The Lead Professional sees people; the entry says which.
    let lead = app.lead_professional();
    let document = "{ family(reference: \"TF-10001\") { members { givenName phone ethnicity } plan { status } } }";
    let (answer, entry) = ask_once(&app, &lead, document).await;
    assert_eq!(answer.json()["data"]["family"]["members"].as_array().unwrap().len(), 5);
    assert_eq!(entry.kind, Kind::Disclosed);
    assert_eq!(entry.families, BTreeSet::from([hardman]));
    assert_eq!(entry.people.len(), 5);
    for name in ["Dawn", "Lee", "Tyler", "Megan", "Alfie"] {
        assert!(
            entry
                .people
                .contains(&key(databases, "person", "given_name", name).await.into()),
            "{name}"
        );
    }
    assert_eq!(
        codes(&entry.categories),
        ["CONTACT", "EQUALITY", "HOUSEHOLD", "IDENTITY", "MARKER", "PLAN"]
    );
    assert_eq!(codes(&entry.clauses), ["lead-family", "lead-health"]);
    assert_eq!(entry.operation, Some(Operation::of(None, document)));

    // Through a portal: the user is who sees, the portal is named, and clauses of both permit it.
    let lead = app.through_portal(
        "tff-team",
        "cambs-early-help",
        "lead_professional",
        "family_support",
        thinkfamily::demo::LEAD_SUBJECT,
    );
    let (_, entry) = ask_once(
        &app,
        &lead,
        "{ family(reference: \"TF-10001\") { members { givenName } } }",
    )
    .await;
    assert_eq!(
        entry.agency,
        Some(key(databases, "agency", "code", "cambs-early-help").await)
    );
    assert_eq!(
        entry.subject.as_ref().unwrap().as_str(),
        thinkfamily::demo::LEAD_SUBJECT
    );
    let portal = entry.portal.as_ref().unwrap();
    assert_eq!(portal.agency, key(databases, "agency", "code", "tff-team").await);
    assert_eq!(portal.subject.as_str(), "test-portal");
    assert_eq!(codes(&entry.clauses), ["lead-family", "portal-families"]);

    // A bare number discloses whom it counts, by what the filter looked at.
    let coordinator = app.partner("tff-team", "coordinator", "programme_management");
    let (answer, entry) = ask_once(
        &app,
        &coordinator,
        "{ members(filter: { givenName: \"tyler\" }) { totalCount } }",
    )
    .await;
    assert_eq!(answer.json()["data"]["members"]["totalCount"], 1);
    assert_eq!(
        entry.people,
        BTreeSet::from([key(databases, "person", "given_name", "Tyler").await.into()])
    );
    assert_eq!(codes(&entry.categories), ["HOUSEHOLD", "IDENTITY"]);
}
on_both!(an_entry_names_the_people_and_the_portal);

async fn a_refusal_is_in_the_trail_with_the_true_reasons(database: &TestDatabase) {
    let app = App::start(database).await;
    let police = app.partner("cambs-police", "practitioner", "safeguarding");

    // As a whole, before anything is read.
    let fail = [("x-withheld", "fail")];
    let (answer, entries) = ask(&app, &police, &fail, "query Never { consents { nodes { category } } }").await;
    assert_eq!(
        (answer.status, answer.json()["errors"][0]["extensions"]["code"].as_str()),
        (400, Some("NOT_IN_AGREEMENT"))
    );
    let [entry] = &entries[..] else { panic!("{entries:#?}") };
    assert_eq!(entry.kind, Kind::Refused);
    assert_eq!(entry.reason.as_ref().unwrap().as_str(), "NOT_IN_AGREEMENT");
    assert_eq!(entry.operation.as_ref().unwrap().name(), Some("Never"));
    assert!(
        entry.families.is_empty() && entry.categories.is_empty() && entry.clauses.is_empty(),
        "{entry:#?}"
    );

    // Value by value: the trail knows the true reason, also where the asker is told only that it is withheld.
    let jobcentre = app.partner("jcp-cambridge", "practitioner", "employment_support");
    let (answer, entry) = ask_once(&app, &jobcentre, "{ families { nodes { onCohort district } } }").await;
    let told = answer.json();
    let told: Vec<_> = told["extensions"]["disclosure"]["withheld"]
        .as_array()
        .unwrap()
        .iter()
        .collect();
    assert!(told.iter().all(|one| one["reason"] == "WITHHELD"), "{told:#?}");
    assert_eq!(entry.kind, Kind::Disclosed);
    assert!(
        withheld(&entry).iter().all(|(_, reason, _)| *reason == "NOT_INVOLVED"),
        "{:?}",
        withheld(&entry)
    );
    assert!(!entry.withheld.is_empty());

    // An agency that has not signed gets nothing, and the entry speaks of no family.
    let unsigned = app.partner("ely-academy", "practitioner", "education_support");
    let (answer, entry) = ask_once(&app, &unsigned, "{ families { nodes { onCohort } } }").await;
    assert_eq!(answer.json()["data"]["families"], json!(null));
    assert_eq!(
        (entry.kind, withheld(&entry)),
        (Kind::Refused, vec![("Query.families", "AGREEMENT_NOT_SIGNED", 1)])
    );
    assert!(entry.families.is_empty());
}
on_both!(a_refusal_is_in_the_trail_with_the_true_reasons);

async fn the_trail_names_no_values(database: &TestDatabase) {
    let app = App::start(database).await;
    let lead = app.lead_professional();
    let everything = "query Whole($name: String) { family(reference: \"TF-10001\") {
        reference district members { givenName familyName dateOfBirth phone email identifiers { system value } }
        addresses { line1 town postcode } involvements { contactName contactPhone }
        criteriaMatches { criterion evidence } plan { goals { description actions { description } } }
        outcomes { indicator baseline result } consents { category decision } leadProfessional { name phone email }
    } members(filter: { familyName: $name }, orderBy: { field: GIVEN_NAME }) { totalCount nodes { givenName } } }";
    let reply = lead.ask_with(everything, json!({ "name": "Hardman" })).await;
    assert_eq!(reply.data()["members"]["totalCount"], 4);
    let text = String::from_utf8(reply.bytes.clone()).unwrap();
    let values = [
        "Hardman",
        "Dawn",
        "Tyler",
        "07700 900101",
        "14 Mill Road",
        "ZQ4 7HA",
        "Alderley",
        "Ruth Ellis",
        "rent arrears",
        "On licence after",
        "Paid off",
        "Fenbrook",
    ];
    let bodies: Vec<String> = trail::entries(app.store.databases())
        .await
        .into_iter()
        .map(|(_, body)| body)
        .collect();
    assert!(bodies.len() >= 2);
    let shown = values.iter().filter(|value| text.contains(**value)).count();
    assert!(shown >= 8, "the answer itself shows them: {text}");
    for body in bodies {
        for value in values {
            assert!(!body.to_lowercase().contains(&value.to_lowercase()), "{value}: {body}");
        }
    }
}
on_both!(the_trail_names_no_values);
