//! Of a family with somebody shielded the trail tells of which kind the agency is that asked, and nothing that tells which: unless a clause says so.

use serde_json::{Value, json};
use thinkfamily::{
    clock::{Clock, Ids},
    demo,
    store::bulk,
};

use crate::{
    feed::reader::change,
    former::{AGREEMENT, CLAUSE},
    support::{
        app::{App, Partner, today},
        database::{TestDatabase, on_both},
        partner::Reply,
    },
};

/// Sofia, who is shielded, lives here.
const HERS: &str = "TF-10002";
/// Nobody shielded lives here.
const OTHER: &str = "TF-10001";

/// The police, who are not to know where shielded people are, and early help, who are.
async fn serve(database: &TestDatabase) -> (App, [Partner; 2]) {
    let databases = database.open().await;
    let data = demo::worked(today().date_naive());
    bulk::load(&databases, &data, &mut |_| {}).await.unwrap();
    let app = App::over(databases, Clock::fixed(today()), Ids::seeded(1)).await;
    let clause = |kind: &str, shielded: &str| {
        CLAUSE
            .replace("KIND", kind)
            .replace("EXPLAINED", "true")
            .replace("shielded = true", &format!("shielded = {shielded}"))
    };
    let clauses = clause("police", "false") + &clause("early_help", "true");
    app.load_agreement(&format!("{AGREEMENT}{clauses}")).await;
    let readers = ["cambs-police", "cambs-early-help"];
    let readers = readers.map(|agency| app.partner(agency, "practitioner", "safeguarding"));
    (app, readers)
}

const TELLS: [&str; 5] = ["agency", "subject", "agreements", "clauses", "operationName"];
const ENTRY: &str = "kind agency { code } agencyKind role subject purpose agreements clauses operationName categories";

/// What the trail tells of visits that saw that much, asked of the family and by its id.
async fn visits(reader: &Partner, reference: &str, saw: &[&str]) -> (Vec<Value>, Reply) {
    let family = reader
        .ask(&format!(
            "{{ family(reference: \"{reference}\") {{ id disclosures(first: 50) {{ nodes {{ {ENTRY} }} }} }} }}"
        ))
        .await;
    let family = family.data()["family"].clone();
    let query = format!("query($id: ID!) {{ disclosures(familyId: $id, first: 50) {{ nodes {{ {ENTRY} }} }} }}");
    let reply = reader.ask_with(&query, json!({ "id": family["id"] })).await;
    let of = |list: &Value| -> Vec<Value> {
        let all = list["nodes"].as_array().expect("entries").iter();
        all.filter(|entry| entry["categories"] == json!(saw)).cloned().collect()
    };
    let visits = of(&family["disclosures"]);
    assert_eq!(visits, of(&reply.data()["disclosures"]), "{reference}");
    (visits, reply)
}

on_both!(of_a_shielded_family_the_trail_tells_the_kind_of_who_asked_and_not_which_agency);
async fn of_a_shielded_family_the_trail_tells_the_kind_of_who_asked_and_not_which_agency(database: &TestDatabase) {
    let (app, [police, early_help]) = serve(database).await;
    // One operation saw one thing of the one family and others of the other.
    let both = format!(
        "query HavenVisit {{ hers: family(reference: \"{HERS}\") {{ onCohort }}
            other: family(reference: \"{OTHER}\") {{ onCohort members {{ givenName }} }} }}"
    );
    early_help.ask(&both).await.data();
    let told = json!({
        "kind": "disclosed", "agency": { "code": "cambs-early-help" }, "agencyKind": "EARLY_HELP", "role": "PRACTITIONER",
        "subject": "practitioner-of-cambs-early-help", "purpose": "safeguarding", "agreements": ["ALL 1"],
        "clauses": ["early_help"], "operationName": "HavenVisit", "categories": ["MARKER"],
    });
    let mut untold = told.clone();
    for field in TELLS {
        untold[field] = Value::Null;
    }
    let (seen, reply) = visits(&police, HERS, &["MARKER"]).await;
    assert_eq!(seen, [untold]);
    for field in TELLS {
        assert_eq!(reply.withheld(&format!("Disclosure.{field}")), ["SHIELDED"], "{field}");
    }
    let text = reply.data().to_string();
    for name in ["cambs-", "practitioner-of", "HavenVisit", "early_help"] {
        assert!(!text.contains(name), "{name}: {text}");
    }
    // A clause that says so tells all.
    let (seen, reply) = visits(&early_help, HERS, &["MARKER"]).await;
    assert_eq!(seen, std::slice::from_ref(&told));
    for field in TELLS {
        assert!(reply.withheld(&format!("Disclosure.{field}")).is_empty(), "{field}");
    }
    // Of the other family it is told what was seen of that one, by whom, and nothing of hers.
    let (seen, _) = visits(&police, OTHER, &["HOUSEHOLD", "IDENTITY", "MARKER"]).await;
    let mut other = told.clone();
    other["categories"] = json!(["HOUSEHOLD", "IDENTITY", "MARKER"]);
    assert_eq!(seen, [other]);
    // She has left today.
    let left = "UPDATE membership SET valid_until = '2026-06-15' WHERE person_id IN (SELECT id FROM person WHERE given_name = 'Sofia')";
    change(&app.store, left, vec![]).await;
    let (seen, reply) = visits(&police, HERS, &["MARKER"]).await;
    assert_eq!(seen, [told]);
    assert!(reply.withheld("Disclosure.agency").is_empty());
}
