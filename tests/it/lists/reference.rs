//! A family is found by its reference as people say it over the telephone, and a hidden one by none.

use serde_json::{Value, json};

use crate::support::{
    app::{App, Partner},
    database::{TestDatabase, on_both},
};

async fn family(partner: &Partner, reference: &str) -> Value {
    let query = "query($said: String!) { family(reference: $said) { reference } families(filter: { reference: $said }) { totalCount nodes { reference } } }";
    partner
        .ask_with(query, json!({ "said": reference }))
        .await
        .data()
        .clone()
}

on_both!(it_does_not_matter_how_a_reference_is_said);
async fn it_does_not_matter_how_a_reference_is_said(database: &TestDatabase) {
    let app = App::start(database).await;
    let team = app.partner("tff-team", "coordinator", "programme_management");
    let wanted = json!({
        "family": { "reference": "TF-10001" },
        "families": { "totalCount": 1, "nodes": [{ "reference": "TF-10001" }] },
    });
    for said in [
        "TF-10001",
        "tf 10001",
        "tf10001",
        "TF\u{2013}100-01",
        " tf/10001 ",
        "TF_10001.",
    ] {
        assert_eq!(family(&team, said).await, wanted, "{said}");
    }
    let nobody = json!({ "family": null, "families": { "totalCount": 0, "nodes": [] } });
    for said in ["TF-1000", "TF-100011", "T-10001", "tf", "%", "TF-1000_"] {
        assert_eq!(family(&team, said).await, nobody, "{said}");
    }
}

on_both!(a_family_that_is_hidden_is_absent_however_its_reference_is_said);
async fn a_family_that_is_hidden_is_absent_however_its_reference_is_said(database: &TestDatabase) {
    let app = App::start(database).await;
    let school = app.partner("fenbrook-school", "practitioner", "education_support");
    let visible = school
        .ask("{ families { nodes { reference } } }")
        .await
        .data()
        .to_string();
    // One that is there, and not for the school.
    let reference = ["TF-10002", "TF-10003", "TF-10004", "TF-10005", "TF-10006"]
        .into_iter()
        .find(|reference| !visible.contains(reference))
        .expect("a family that is hidden from the school");
    let absent = family(&school, "TF-99999").await;
    for said in [
        reference.to_owned(),
        reference.to_lowercase(),
        reference.replace('-', " "),
    ] {
        assert_eq!(family(&school, &said).await, absent, "{said}");
    }
}
