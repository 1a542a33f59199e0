//! `recordMarkerPlaced`, `recordMarkerRemoved` and `recordMarkerResponse`.

use serde_json::{Value, json};

use super::{
    HARDMANS, assert_done, assert_refused, change, change_past_the_server, marker_id, nobodys_marker, police, with,
    withdraw,
};
use crate::support::{
    app::{App, Partner},
    database::{TestDatabase, on_both},
};

const PLACEMENT: &str = "placement { system status requestedOn placedOn removedOn agency { code } }";
/// The system in which the demonstration's police have placed a marker for the Hardmans.
const POLICE_SYSTEM: &str = "Crime and intelligence system";

async fn place(partner: &Partner, marker: &str, system: &str, on: &str) -> Value {
    let input = json!({ "markerId": marker, "system": system, "placedOn": on });
    change(partner, "recordMarkerPlaced", PLACEMENT, input).await
}

async fn remove(partner: &Partner, marker: &str, system: &str, on: &str) -> Value {
    let input = json!({ "markerId": marker, "system": system, "removedOn": on });
    change(partner, "recordMarkerRemoved", PLACEMENT, input).await
}

async fn a_marker_is_placed_and_removed(database: &TestDatabase) {
    let app = App::start(database).await;
    let (police, marker) = (police(&app), marker_id(&app, HARDMANS).await);
    let payload = place(&police, &marker, "Custody", "2026-06-14").await;
    assert_done(&payload);
    let row = &payload["placement"];
    assert_eq!(
        (&row["status"], &row["placedOn"]),
        (&json!("PLACED"), &json!("2026-06-14"))
    );
    assert_eq!(row["agency"]["code"], "cambs-police");
    assert_refused(
        &place(&police, &marker, "Custody", "2026-06-15").await,
        "system",
        "ALREADY_DONE",
    );
    assert_refused(
        &remove(&police, &marker, "Custody", "2026-06-13").await,
        "removedOn",
        "INVALID",
    );
    let payload = remove(&police, &marker, "Custody", "2026-06-15").await;
    assert_done(&payload);
    assert_eq!(payload["placement"]["status"], "REMOVED");
    assert_refused(
        &remove(&police, &marker, "Custody", "2026-06-15").await,
        "markerId",
        "NOT_FOUND",
    );
    assert_done(&place(&police, &marker, "Custody", "2026-06-15").await);
    // One that was asked for is placed by being so.
    let jobcentre = app.partner("jcp-cambridge", "marker_lookup", "employment_support");
    let system = "Labour Market System";
    assert_refused(
        &remove(&jobcentre, &marker, system, "2026-06-15").await,
        "markerId",
        "NOT_FOUND",
    );
    let payload = place(&jobcentre, &marker, system, "2026-06-15").await;
    assert_ne!(
        payload["placement"]["requestedOn"], "2026-06-15",
        "the request is the same row"
    );
    assert_eq!(payload["placement"]["status"], "PLACED");
}
on_both!(a_marker_is_placed_and_removed);

async fn bad_input_is_told(database: &TestDatabase) {
    let app = App::start(database).await;
    let (police, marker) = (police(&app), marker_id(&app, HARDMANS).await);
    assert_refused(
        &place(&police, &marker, "Custody", "2026-06-16").await,
        "placedOn",
        "INVALID",
    );
    assert_refused(&place(&police, &marker, "", "2026-06-15").await, "system", "INVALID");
    assert_refused(
        &place(&police, &marker, &"s".repeat(101), "2026-06-15").await,
        "system",
        "INVALID",
    );
    assert_refused(
        &remove(&police, &marker, POLICE_SYSTEM, "2026-06-16").await,
        "removedOn",
        "INVALID",
    );
    assert_done(&remove(&police, &marker, POLICE_SYSTEM, "2026-06-15").await);
}
on_both!(bad_input_is_told);

/// Another agency's marker is not there, and neither is that of a family which is not on the cohort or may not be known of.
async fn only_its_own_markers_are_an_agencys_to_speak_of(database: &TestDatabase) {
    let app = App::start(database).await;
    let (police, marker) = (police(&app), marker_id(&app, HARDMANS).await);
    let nothing = remove(&police, &nobodys_marker(), POLICE_SYSTEM, "2026-06-15").await;
    assert_refused(&nothing, "markerId", "NOT_FOUND");
    let jobcentre = app.partner("jcp-cambridge", "marker_lookup", "employment_support");
    assert_eq!(remove(&jobcentre, &marker, POLICE_SYSTEM, "2026-06-15").await, nothing);
    let school = app.partner("fenbrook-school", "marker_lookup", "education_support");
    assert_eq!(
        remove(&school, &marker, "Children's case system", "2026-06-15").await,
        nothing
    );
    for reference in ["TF-10003", "TF-10004"] {
        let other = marker_id(&app, reference).await;
        assert_eq!(
            place(&police, &other, "Custody", "2026-06-15").await,
            nothing,
            "{reference}"
        );
        assert_eq!(
            remove(&police, &other, "Custody", "2026-06-15").await,
            nothing,
            "{reference}"
        );
    }
    // A role and a purpose to which no clause gives it.
    let query = "mutation ($input: RecordMarkerPlacedInput!) { recordMarkerPlaced(input: $input) { errors { code } } }";
    let input = json!({ "input": { "markerId": marker, "system": "Custody", "placedOn": "2026-06-15" } });
    let officer = app.partner("cambs-police", "practitioner", "safeguarding");
    let reply = officer.ask_with(query, input).await;
    assert_eq!(reply.withheld("Mutation.recordMarkerPlaced"), ["NOT_IN_AGREEMENT"]);
}
on_both!(only_its_own_markers_are_an_agencys_to_speak_of);

/// What most removals come of: the family is gone from the cohort, or consent is withdrawn. The agency may still say that its marker is gone,
/// and learns nothing by it.
async fn a_marker_of_a_family_that_is_gone_can_be_removed(database: &TestDatabase) {
    let app = App::start(database).await;
    let (police, marker) = (police(&app), marker_id(&app, HARDMANS).await);
    assert_done(&place(&police, &marker, "Custody", "2026-06-14").await);
    withdraw(&app, "MARKER", "police").await;
    assert_refused(
        &place(&police, &marker, "Other", "2026-06-15").await,
        "markerId",
        "NOT_FOUND",
    );
    let payload = remove(&police, &marker, "Custody", "2026-06-15").await;
    assert_done(&payload);
    assert_eq!(payload["placement"], Value::Null, "it cannot be seen any more");
    let sql = "UPDATE family SET closed_on = $1 WHERE authority_id = 1 AND reference = 'TF-10001'";
    change_past_the_server(&app, sql, vec![app.clock.today().into()]).await;
    assert_done(&remove(&police, &marker, POLICE_SYSTEM, "2026-06-15").await);
    assert_refused(
        &remove(&police, &marker, POLICE_SYSTEM, "2026-06-15").await,
        "markerId",
        "NOT_FOUND",
    );
}
on_both!(a_marker_of_a_family_that_is_gone_can_be_removed);

async fn whether_a_marker_changed_anything_is_said_once_a_day(database: &TestDatabase) {
    let app = App::start(database).await;
    let (police, marker) = (police(&app), marker_id(&app, HARDMANS).await);
    let input = json!({ "markerId": marker, "changedWhatWasDone": true, "seenOn": "2026-06-15" });
    let respond =
        async |partner: &Partner, input: &Value| change(partner, "recordMarkerResponse", "", input.clone()).await;
    assert_done(&respond(&police, &input).await);
    let changed = with(&input, "changedWhatWasDone", json!(false));
    assert_refused(&respond(&police, &changed).await, "seenOn", "ALREADY_DONE");
    assert_done(&respond(&police, &with(&input, "seenOn", json!("2026-06-14"))).await);
    assert_refused(
        &respond(&police, &with(&input, "seenOn", json!("2026-06-16"))).await,
        "seenOn",
        "INVALID",
    );
    let colleague = app.partner_named(
        "cambridgeshire",
        "cambs-police",
        "marker_lookup",
        "safeguarding",
        "another",
    );
    assert_done(&respond(&colleague, &input).await);
    assert_refused(
        &respond(&police, &with(&input, "markerId", json!(nobodys_marker()))).await,
        "markerId",
        "NOT_FOUND",
    );
    withdraw(&app, "MARKER", "police").await;
    assert_refused(
        &respond(&police, &with(&input, "seenOn", json!("2026-06-13"))).await,
        "markerId",
        "NOT_FOUND",
    );
}
on_both!(whether_a_marker_changed_anything_is_said_once_a_day);
