//! `contactReported` as partners have it: over a WebSocket and in an event stream, to whom it is due and to nobody beside them.

use serde_json::{Value, json};

use super::{HARDMANS, assert_done, change, contact, hand_over, mailbox, marker_id, police, report, with};
use crate::support::{
    app::{App, Partner},
    database::{TestDatabase, on_both},
    live::{BOTH, Live},
};

const LIVE: &str =
    "subscription { contactReported { cursor node { occurredAt family { reference } agency { code } } } }";

async fn listen(by: &str, partner: &Partner) -> Live {
    Live::begin(by, partner, LIVE, &json!({})).await
}

/// Reports a contact of that minute, and gives the moment at which the reporter knew that it was.
async fn report_at(police: &Partner, marker: &str, minute: &str) {
    let at = json!(format!("2026-06-15T{minute}:00Z"));
    report(police, with(&contact(marker), "occurredAt", at)).await;
}

/// The next event is of that contact, with all that was asked for.
async fn hears(live: &mut Live, minute: &str) -> Value {
    let event = live.next().await.expect("it goes on");
    let told = &event["data"]["contactReported"];
    assert_eq!(
        told["node"],
        json!({
            "occurredAt": format!("2026-06-15T{minute}:00+00:00"),
            "family": { "reference": HARDMANS },
            "agency": { "code": "cambs-police" },
        }),
        "{event:#}"
    );
    told["cursor"].clone()
}

/// Ends the work of the agency that leads the Hardmans' case with them.
async fn end_involvement(app: &App) {
    let lead = app.lead_professional();
    let query = format!("{{ family(reference: \"{HARDMANS}\") {{ involvements {{ id agency {{ code }} }} }} }}");
    let reply = lead.ask(&query).await;
    let involvements = reply.data()["family"]["involvements"]
        .as_array()
        .expect("involvements")
        .clone();
    let own = involvements
        .iter()
        .find(|row| row["agency"]["code"] == "cambs-early-help");
    let input = json!({ "involvementId": own.expect("their own")["id"], "endedOn": "2026-06-15" });
    assert_done(&change(&lead, "endInvolvement", "", input).await);
}

async fn a_contact_is_told_over_the_wire_to_whom_it_is_due(database: &TestDatabase) {
    let app = App::start(database).await;
    let (police, marker) = (police(&app), marker_id(&app, HARDMANS).await);
    let mut told = Vec::new();
    let mut not_told = Vec::new();
    for by in BOTH {
        told.push(listen(by, &mailbox(&app)).await);
        // Those who come nearest: another agency that works with the family, with the same role and purpose.
        not_told.push(listen(by, &app.partner("fenbrook-school", "manager", "family_support")).await);
    }
    let mut lead = listen("socket", &app.lead_professional()).await;
    // Each is known to listen by what it was told.
    report_at(&police, &marker, "11:01").await;
    for live in told.iter_mut().chain([&mut lead]) {
        hears(live, "11:01").await;
    }
    let [socket, stream] = told.as_mut_slice() else {
        panic!("two")
    };
    let ((), _, cursor) = tokio::join!(
        report_at(&police, &marker, "11:02"),
        hears(socket, "11:02"),
        hears(stream, "11:02")
    );
    hears(&mut lead, "11:02").await;
    for live in &mut not_told {
        live.nothing().await;
    }
    // While they listen their agency's work with the family ends: the clause of the mailbox asks for it, the Lead Professional's own does not.
    end_involvement(&app).await;
    report_at(&police, &marker, "11:03").await;
    hears(&mut lead, "11:03").await;
    for live in [socket, stream] {
        live.nothing().await;
    }
    // Then the lead goes elsewhere, and so does what is told.
    hand_over(&app, HARDMANS, "cambs-social-care", "a-social-worker").await;
    report_at(&police, &marker, "11:04").await;
    for by in BOTH {
        let after = "subscription($after: String) { contactReported(after: $after) { cursor node { occurredAt family { reference } agency { code } } } }";
        let social_care = app.partner("cambs-social-care", "manager", "safeguarding");
        let mut new = Live::begin(by, &social_care, after, &json!({ "after": cursor })).await;
        hears(&mut new, "11:03").await;
        hears(&mut new, "11:04").await;
    }
    for live in told.iter_mut().chain(&mut not_told).chain([&mut lead]) {
        live.nothing().await;
    }
}
on_both!(a_contact_is_told_over_the_wire_to_whom_it_is_due);
