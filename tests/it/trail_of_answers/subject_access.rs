//! A family can be told who saw what of it, when and why.

use serde_json::json;

use crate::support::{
    app::App,
    database::{TestDatabase, on_both},
};

async fn a_family_can_be_told_who_saw_it(database: &TestDatabase) {
    let app = App::start(database).await;
    let lead = app.lead_professional();
    let id = lead.ask("{ family(reference: \"TF-10001\") { id } }").await.data()["family"]["id"].clone();
    let police = app.partner("cambs-police", "marker_lookup", "prevention_of_crime");
    let seen = police
        .ask_with(
            "query LookUp($id: ID!) { family(id: $id) { onCohort } }",
            json!({ "id": id }),
        )
        .await;
    assert_eq!(seen.data()["family"]["onCohort"], true);

    let who_saw = "query Who($id: ID!) { disclosures(familyId: $id, first: 1) {
        nodes { kind agency { code } role subject purpose categories clauses agreements operationName emergency }
        pageInfo { hasNextPage }
    } }";
    let told = lead.ask_with(who_saw, json!({ "id": id })).await;
    let page = &told.data()["disclosures"];
    assert_eq!(
        page["nodes"],
        json!([{
            "kind": "disclosed",
            "agency": { "code": "cambs-police" },
            "role": "MARKER_LOOKUP",
            "subject": "marker_lookup-of-cambs-police",
            "purpose": "prevention_of_crime",
            "categories": ["MARKER"],
            "clauses": ["police-marker"],
            "agreements": ["TFF-2 1"],
            "operationName": "LookUp",
            "emergency": false,
        }]),
    );
    assert_eq!(page["pageInfo"]["hasNextPage"], true);
    // Reading the trail is a disclosure itself.
    let again = lead.ask_with(who_saw, json!({ "id": id })).await;
    assert_eq!(again.data()["disclosures"]["nodes"][0]["categories"], json!(["AUDIT"]));
    assert_eq!(
        again.data()["disclosures"]["nodes"][0]["subject"],
        thinkfamily::demo::LEAD_SUBJECT
    );

    let refused = police.ask_with(who_saw, json!({ "id": id })).await;
    assert_eq!(refused.data()["disclosures"], json!(null));
    assert_eq!(refused.withheld("Query.disclosures"), ["NOT_IN_AGREEMENT"]);
    // Another family's Lead Professional is told nothing, not even that there is something.
    let other = app.partner_named(
        "cambridgeshire",
        "cambs-social-care",
        "lead_professional",
        "family_support",
        "demo-lead-social-worker",
    );
    let none = other.ask_with(who_saw, json!({ "id": id })).await;
    assert!(
        none.data()["disclosures"]["nodes"].as_array().is_none_or(Vec::is_empty),
        "{:#}",
        none.body
    );
}
on_both!(a_family_can_be_told_who_saw_it);
