//! Requests that are answered.

use serde_json::{Value, json};
use thinkfamily::demo;

use super::{CANARY, PHONE, given::Given};
use crate::support::client::Client;

/// Operations that are executed and disclose or withhold: only their errors and accounts are searched.
pub(super) async fn good_requests(given: &mut Given, lead: &Client, police: &Client) {
    let reference = format!("{CANARY}-reference-{}", demo::HARDMAN_REFERENCE);
    let whole = "query($of: String!, $name: String) { family(reference: $of) { reference district members { givenName phone identifiers { value } }
        addresses { line1 } involvements { contactName } criteriaMatches { evidence } plan { goals { description actions { description } } }
        outcomes { indicator evidence } markerPlacements { system } leadProfessional { name email } disclosures(first: 5) { nodes { subject } } }
        members(filter: { familyName: $name, employmentStatus: $name }, orderBy: { field: FAMILY_NAME }) { totalCount pageInfo { endCursor } } }";
    let variables = json!({ "of": reference, "name": format!("{CANARY} name") });
    let answer = lead.post(whole, variables.clone()).await.unwrap();
    assert!(
        answer.text().contains(&format!("{CANARY}-given_name-Dawn")),
        "what was planted is there to be leaked: {}",
        answer.text()
    );
    given.errors("a whole family", Some(answer));
    for mode in ["report", "error", "fail"] {
        let body = json!({ "query": whole, "variables": variables }).to_string();
        let answer = police.send(&[("x-withheld", mode)], body).await;
        given.errors(&format!("the police, x-withheld: {mode}"), answer);
    }
    let ordered = "{ members(first: 3, orderBy: { field: FAMILY_NAME }) { pageInfo { endCursor } nodes { id } } }";
    let page = lead.post(ordered, json!({})).await.unwrap();
    given.add("ids and cursors", page.text());
    let literal = format!(
        "{{ families(filter: {{ district: \"{CANARY}\", ward: \"{CANARY}\" }}) {{ totalCount nodes {{ id }} }} }}"
    );
    given.add("an empty page", lead.post(&literal, json!({})).await.unwrap().text());
}

/// Changes whose texts are personal: who is whom's contact, and why somebody needed emergency access. The answers may say them again.
pub(super) async fn changes(given: &mut Given, police: &Client, coordinator: &Client) {
    let reference = format!("{CANARY}-reference-{}", demo::HARDMAN_REFERENCE);
    let id = police
        .post(
            "query($of: String!) { family(reference: $of) { id } }",
            json!({ "of": reference }),
        )
        .await
        .unwrap();
    let id = id.json()["data"]["family"]["id"].clone();
    let key = format!("{CANARY} key");
    let inputs = [
        (
            police,
            "openEmergencyAccess",
            json!({ "familyId": id, "ground": "SAFEGUARDING", "justification": CANARY.repeat(5), "idempotencyKey": key }),
            true,
        ),
        (
            coordinator,
            "recordInvolvement",
            json!({ "familyId": id, "agency": "cambs-police", "contactName": CANARY, "contactPhone": PHONE,
                "contactEmail": format!("{CANARY}@example.org"), "startedOn": "2026-01-02", "idempotencyKey": key }),
            true,
        ),
        // The same key for another request, an agency that is not there, a text that is too long.
        (
            coordinator,
            "recordInvolvement",
            json!({ "familyId": id, "agency": CANARY, "contactName": CANARY, "startedOn": "2026-01-02", "idempotencyKey": key }),
            false,
        ),
        (
            coordinator,
            "recordInvolvement",
            json!({ "familyId": id, "agency": CANARY, "contactName": CANARY.repeat(60), "startedOn": "2026-01-02" }),
            false,
        ),
        (
            police,
            "openEmergencyAccess",
            json!({ "familyId": id, "ground": "SAFEGUARDING", "justification": CANARY }),
            false,
        ),
        (
            police,
            "openEmergencyAccess",
            json!({ "familyId": id, "ground": "SAFEGUARDING", "justification": CANARY.repeat(500) }),
            false,
        ),
    ];
    for (client, mutation, input, done) in inputs {
        let of_type = mutation[..1].to_uppercase() + &mutation[1..];
        let document = format!(
            "mutation($input: {of_type}Input!) {{ done: {mutation}(input: $input) {{ errors {{ field code message }} }} }}"
        );
        let answer = client.post(&document, json!({ "input": input })).await.unwrap();
        let errors = &answer.json()["data"]["done"]["errors"];
        let refused = *errors != Value::Array(vec![]);
        assert_eq!(refused, !done, "{mutation}: {}", answer.text());
        given.add(format!("the answer of {mutation}"), answer.text());
    }
}
