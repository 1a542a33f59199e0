//! What is told of look-ups afterwards: to the agency that asked, to the Lead Professional of who was found, and by the trail's own check.

use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use thinkfamily::audit::{Kind, read, verify::verify};

use super::world::{MANY, ask, person, police, status, with};
use crate::support::{
    app::App,
    database::{TestDatabase, on_both},
};

const LOOKUPS: &str = "query($first: Int, $after: String) { lookups(first: $first, after: $after) {
    nodes { at subject client role purpose operationName matched ambiguous notFound } pageInfo { hasNextPage endCursor }
} }";

on_both!(an_agency_sees_its_own_look_ups_and_no_other);
async fn an_agency_sees_its_own_look_ups_and_no_other(database: &TestDatabase) {
    let app = App::start(database).await;
    let police = police(&app);
    let nobody = json!({ "familyName": "Quillfeather", "dateOfBirth": "1990-01-01" });
    let inputs = json!([person("Dawn", "Hardman"), nobody, person("Sofia", "Marchant"), { "familyName": "x" }]);
    police.ask_with(MANY, json!({ "inputs": inputs })).await.data();
    ask(&police, person("Poppy", "Hunt")).await.data();
    ask(&police, json!({ "familyName": "x" })).await.data();
    let manager = app.partner("cambs-police", "manager", "safeguarding");
    let reply = manager.ask_with(LOOKUPS, json!({ "first": 1 })).await;
    let page = &reply.data()["lookups"];
    assert_eq!(
        page["nodes"],
        json!([{
            "at": "2026-06-15T12:00:00+00:00", "subject": "marker_lookup-of-cambs-police", "client": "test-client",
            "role": "MARKER_LOOKUP", "purpose": "safeguarding", "operationName": "Lookup",
            "matched": 1, "ambiguous": 0, "notFound": 0
        }]),
        "what could not be asked was not looked up"
    );
    assert_eq!(page["pageInfo"]["hasNextPage"], true);
    let after = &page["pageInfo"]["endCursor"];
    let reply = manager.ask_with(LOOKUPS, json!({ "after": after })).await;
    let rest = &reply.data()["lookups"]["nodes"];
    assert_eq!(rest.as_array().unwrap().len(), 1);
    assert_eq!(
        (&rest[0]["operationName"], &rest[0]["matched"], &rest[0]["notFound"]),
        (&json!("Lookups"), &json!(1), &json!(2))
    );
    // The nearest others: a colleague whose role has no such clause, and a manager of another agency.
    let reply = police.ask_with(LOOKUPS, json!({})).await;
    assert_eq!(reply.data()["lookups"], Value::Null);
    let other = app.partner("cambs-social-care", "manager", "safeguarding");
    let reply = other.ask_with(LOOKUPS, json!({})).await;
    assert_eq!(reply.data()["lookups"]["nodes"], json!([]));
    // The Lead Professional may read the trail about their families, which is not this.
    let reply = app.lead_professional().ask_with(LOOKUPS, json!({})).await;
    assert_eq!(reply.data()["lookups"], Value::Null);
    let (status, body) = manager
        .raw(&json!({ "query": LOOKUPS, "variables": { "after": "nonsense" } }))
        .await;
    assert!(status == 200 && String::from_utf8_lossy(&body).contains("BAD_USER_INPUT"));
}

on_both!(the_lead_professional_sees_who_looked_up_their_family);
async fn the_lead_professional_sees_who_looked_up_their_family(database: &TestDatabase) {
    let app = App::start(database).await;
    assert_eq!(status(&police(&app), person("Dawn", "Hardman")).await, "MATCHED");
    let lead = app.lead_professional();
    let query = "{ family(reference: \"TF-10001\") { disclosures(first: 5) { nodes { kind subject purpose clauses categories operationName } } } }";
    let reply = lead.ask(query).await;
    let seen = &reply.data()["family"]["disclosures"]["nodes"];
    assert_eq!(
        seen,
        &json!([{
            "kind": "looked_up", "subject": "marker_lookup-of-cambs-police", "purpose": "safeguarding",
            "clauses": ["police-marker"], "categories": ["MARKER"], "operationName": "Lookup"
        }])
    );
}

on_both!(the_trail_tells_of_each_look_up_and_of_nobody_who_was_not_found);
async fn the_trail_tells_of_each_look_up_and_of_nobody_who_was_not_found(database: &TestDatabase) {
    let app = App::start(database).await;
    let police = police(&app);
    let question = with(person("Dawn", "Hardman"), &json!({ "postcode": "ZQ4 7HA" }));
    // A status alone tells that she is in a family on the cohort.
    let query = "query($input: MarkerLookupInput!) { markerLookup(input: $input) { status } }";
    police.ask_with(query, json!({ "input": question })).await.data();
    ask(&police, person("Sofia", "Marchant")).await.data();
    let entries = read::latest(app.trail.store(), 1, None, 10).await.unwrap();
    let of_lookups: Vec<_> = entries
        .iter()
        .map(|(_, entry)| entry)
        .filter(|entry| entry.kind == Kind::LookedUp)
        .collect();
    let [missed, found] = of_lookups[..] else {
        panic!("{} entries", of_lookups.len())
    };
    let counts =
        |entry: &thinkfamily::audit::Entry| (entry.lookups.matched, entry.lookups.ambiguous, entry.lookups.not_found);
    assert_eq!((counts(found), counts(missed)), ((1, 0, 0), (0, 0, 1)));
    assert_eq!(
        (found.families.len(), found.people.len(), found.clauses.len()),
        (1, 1, 1)
    );
    assert!(missed.families.is_empty() && missed.people.is_empty() && missed.clauses.is_empty());
    for (_, entry) in &entries {
        let body = entry.to_body().unwrap();
        assert!(
            !body.contains("Hardman") && !body.contains("7HA") && !body.contains("Marchant"),
            "{body}"
        );
    }
    let report = verify(app.trail.store(), &[app.trail.public_key()], &[]).await.unwrap();
    assert!(report.is_sound(), "{:?}", report.findings);
    // What is taken out of the index, or put into it, is found.
    let trail = app.store.databases().trail();
    for (sql, code) in [
        (
            "UPDATE trail_record SET agency = agency + 1 WHERE seq = (SELECT max(seq) FROM trail_record WHERE agency IS NOT NULL)",
            1,
        ),
        ("UPDATE trail_record SET agency = NULL", 2),
    ] {
        trail.execute_unprepared(sql).await.unwrap();
        let report = verify(app.trail.store(), &[app.trail.public_key()], &[]).await.unwrap();
        assert_eq!(report.findings.len(), code, "{:?}", report.findings);
    }
}
