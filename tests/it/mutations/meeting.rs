//! `recordMeeting` and `recordAttendance`.

use serde_json::{Value, json};

use super::{assert_done, assert_refused, change, hardmans, trail};
use crate::support::{
    app::{App, Partner},
    database::{TestDatabase, on_both},
};

fn of(agency: &str, attendance: &str) -> Value {
    json!({ "agency": agency, "attendee": "Sam Example", "attendance": attendance })
}

fn input(family: &Value) -> Value {
    json!({
        "familyId": family["id"],
        "chairedBy": "cambs-early-help",
        "heldOn": "2026-06-14",
        "nextOn": "2026-09-14",
        "attendance": [of("cambs-early-help", "ATTENDED"), of("fenbrook-school", "APOLOGIES")],
    })
}

fn with(input: &Value, field: &str, value: Value) -> Value {
    let mut input = input.clone();
    input[field] = value;
    input
}

async fn record(partner: &Partner, input: Value) -> Value {
    let selection =
        "meeting { id heldOn nextOn chairedBy { code } attendance { attendee attendance agency { code } } }";
    change(partner, "recordMeeting", selection, input).await
}

async fn add(partner: &Partner, meeting: &Value, of: Value) -> Value {
    let input = json!({ "meetingId": meeting, "attendance": of });
    let selection = "attendance { attendance agency { code } meeting { heldOn } }";
    change(partner, "recordAttendance", selection, input).await
}

/// The days of the family's meetings, and how many agencies each names, as somebody sees them.
async fn seen(partner: &Partner, family: &Value) -> Value {
    let query = "query ($id: ID!) { family(id: $id) { meetings { heldOn attendance { agency { code } } } } }";
    let reply = partner.ask_with(query, json!({ "id": family["id"] })).await;
    reply.data()["family"]["meetings"].clone()
}

async fn a_meeting_is_recorded_with_who_came(database: &TestDatabase) {
    let app = App::start(database).await;
    let (lead, family) = (app.lead_professional(), hardmans(&app).await);
    let before = seen(&lead, &family).await.as_array().map(Vec::len);
    let payload = record(&lead, input(&family)).await;
    assert_done(&payload);
    let meeting = &payload["meeting"];
    assert_eq!(
        (&meeting["heldOn"], &meeting["nextOn"]),
        (&json!("2026-06-14"), &json!("2026-09-14"))
    );
    assert_eq!(meeting["chairedBy"]["code"], "cambs-early-help");
    assert_eq!(meeting["attendance"].as_array().map(Vec::len), Some(2));
    let added = add(&lead, &meeting["id"], of("cambs-police", "ABSENT")).await;
    assert_done(&added);
    assert_eq!(
        added["attendance"],
        json!({ "attendance": "ABSENT", "agency": { "code": "cambs-police" }, "meeting": { "heldOn": "2026-06-14" } })
    );
    let again = add(&lead, &meeting["id"], of("cambs-police", "ATTENDED")).await;
    assert_refused(&again, "attendance.agency", "CONFLICT");
    // The newest comes first.
    let now = seen(&lead, &family).await;
    assert_eq!(now.as_array().map(Vec::len), before.map(|before| before + 1));
    assert_eq!(now[0]["attendance"].as_array().map(Vec::len), Some(3));
    assert_eq!(trail(&app).await.iter().filter(|kind| **kind == "write").count(), 2);
    let query = "{ meetings(filter: { heldFrom: \"2026-06-14\", nextUntil: \"2026-09-14\" }, orderBy: { field: NEXT_ON }) \
                 { totalCount nodes { id } } }";
    let listed = lead.ask(query).await.data()["meetings"].clone();
    assert_eq!(listed, json!({ "totalCount": 1, "nodes": [{ "id": meeting["id"] }] }));
}
on_both!(a_meeting_is_recorded_with_who_came);

async fn bad_input_is_told_and_changes_nothing(database: &TestDatabase) {
    let app = App::start(database).await;
    let (lead, family) = (app.lead_professional(), hardmans(&app).await);
    let twice = json!([of("cambs-police", "ABSENT"), of("cambs-police", "ATTENDED")]);
    let long = json!([{ "agency": "cambs-police", "attendee": "x".repeat(201), "attendance": "ABSENT" }]);
    for (field, value, told, code) in [
        ("chairedBy", json!("nobody"), "chairedBy", "NOT_FOUND"),
        ("heldOn", json!("2026-06-16"), "heldOn", "INVALID"),
        ("nextOn", json!("2026-06-13"), "nextOn", "INVALID"),
        ("nextOn", json!("2400-01-01"), "nextOn", "INVALID"),
        ("attendance", json!([]), "attendance", "INVALID"),
        (
            "attendance",
            json!(vec![of("cambs-police", "ABSENT"); 51]),
            "attendance",
            "INVALID",
        ),
        ("attendance", twice, "attendance.agency", "INVALID"),
        (
            "attendance",
            json!([of("nobody", "ABSENT")]),
            "attendance.agency",
            "NOT_FOUND",
        ),
        ("attendance", long, "attendance.attendee", "INVALID"),
        ("familyId", family["members"][0]["id"].clone(), "familyId", "NOT_FOUND"),
    ] {
        assert_refused(&record(&lead, with(&input(&family), field, value)).await, told, code);
    }
    assert_refused(
        &add(&lead, &family["id"], of("cambs-police", "ABSENT")).await,
        "meetingId",
        "NOT_FOUND",
    );
    assert_done(&record(&lead, input(&family)).await);
}
on_both!(bad_input_is_told_and_changes_nothing);

async fn the_same_request_records_one_meeting(database: &TestDatabase) {
    let app = App::start(database).await;
    let (lead, family) = (app.lead_professional(), hardmans(&app).await);
    let asked = with(&input(&family), "idempotencyKey", json!("one"));
    let first = record(&lead, asked.clone()).await;
    assert_done(&first);
    let once = seen(&lead, &family).await;
    assert_eq!(record(&lead, asked.clone()).await, first);
    assert_eq!(seen(&lead, &family).await, once);
    let other = record(&lead, with(&asked, "heldOn", json!("2026-06-13"))).await;
    assert_refused(&other, "idempotencyKey", "CONFLICT");
}
on_both!(the_same_request_records_one_meeting);

/// Agencies of the team see the meetings; others see none, and may record none. What is hidden answers as what is not there.
async fn meetings_are_for_the_team(database: &TestDatabase) {
    let app = App::start(database).await;
    let (lead, family) = (app.lead_professional(), hardmans(&app).await);
    let meeting = record(&lead, input(&family)).await["meeting"]["id"].clone();
    let school = app.partner("fenbrook-school", "practitioner", "education_support");
    assert_eq!(seen(&school, &family).await, seen(&lead, &family).await);
    let query = "mutation ($v: RecordAttendanceInput!) { recordAttendance(input: $v) { errors { code } } }";
    let input_of = json!({ "v": { "meetingId": meeting, "attendance": of("cambs-police", "ABSENT") } });
    let refused = school.ask_with(query, input_of).await;
    assert_eq!(
        refused.data()["recordAttendance"],
        Value::Null,
        "the team reads, and writes nothing"
    );
    let police = app.partner("cambs-police", "practitioner", "safeguarding");
    assert_eq!(seen(&police, &family).await, json!([]));
    let another = app.partner_named(
        "cambridgeshire",
        "cambs-early-help",
        "lead_professional",
        "family_support",
        "another",
    );
    let absent = record(
        &another,
        with(&input(&family), "familyId", family["members"][0]["id"].clone()),
    )
    .await;
    let hidden = record(&another, input(&family)).await;
    assert_refused(&hidden, "familyId", "NOT_FOUND");
    assert_eq!(hidden, absent);
    let free = add(&another, &meeting, of("cambs-police", "ABSENT")).await;
    assert_refused(&free, "meetingId", "NOT_FOUND");
    let taken = add(&another, &meeting, of("cambs-early-help", "ABSENT")).await;
    assert_eq!(taken, free, "a conflict would tell of a row");
    assert_eq!(add(&another, &family["id"], of("cambs-police", "ABSENT")).await, free);
    let coordinator = app.partner("tff-team", "coordinator", "programme_management");
    assert_done(&add(&coordinator, &meeting, of("cambs-police", "ABSENT")).await);
}
on_both!(meetings_are_for_the_team);

/// Which agencies work with a family of somebody at risk is withheld: so a conflict does not tell it either.
async fn a_conflict_does_not_tell_who_works_with_a_shielded_family(database: &TestDatabase) {
    let app = App::start(database).await;
    let coordinator = app.partner("tff-team", "coordinator", "programme_management");
    let reply = coordinator.ask("{ family(reference: \"TF-10002\") { id } }").await;
    let payload = record(&coordinator, input(&reply.data()["family"])).await;
    assert_done(&payload);
    let meeting = &payload["meeting"];
    assert_eq!(
        (&meeting["heldOn"], &meeting["chairedBy"]),
        (&json!("2026-06-14"), &Value::Null)
    );
    let taken = add(&coordinator, &meeting["id"], of("fenbrook-school", "ABSENT")).await;
    assert_refused(&taken, "meetingId", "NOT_FOUND");
    assert_eq!(
        add(&coordinator, &meeting["id"], of("cambs-police", "ABSENT")).await,
        taken
    );
}
on_both!(a_conflict_does_not_tell_who_works_with_a_shielded_family);
