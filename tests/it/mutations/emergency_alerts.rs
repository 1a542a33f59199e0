//! Each try of `openEmergencyAccess` is an alert, whether or not it opened anything.

use serde_json::{Value, json};
use thinkfamily::{
    records::BarredSubjectRow,
    store::{bulk, dataset::Dataset},
    webhook::Settings,
};
use uuid::Uuid;

use super::{assert_done, assert_refused, change, entries, hardmans};
use crate::support::{
    app::{App, Partner, today},
    database::{TestDatabase, on_both},
    receiver::Receiver,
};

const WHY: &str = "A neighbour rang: shouting, a child screaming, a door broken in.";

async fn open(partner: &Partner, field: &str, value: &Value) -> Value {
    let input = json!({ field: value, "ground": "SAFEGUARDING", "justification": WHY });
    change(partner, "openEmergencyAccess", "openedAt", input).await
}

/// The alerts that somebody is told of, in the order of what was tried.
async fn alerts(partner: &Partner) -> Vec<Value> {
    let query = "{ alerts { nodes { tried times subject agency { code } family { reference } } } }";
    let reply = partner.ask(query).await;
    let mut nodes = reply.data()["alerts"]["nodes"].as_array().cloned().unwrap_or_default();
    nodes.sort_by_key(|node| node["tried"].to_string());
    nodes
}

on_both!(each_try_is_an_alert_to_whom_may_read_the_trail);
async fn each_try_is_an_alert_to_whom_may_read_the_trail(database: &TestDatabase) {
    let app = App::start(database).await;
    let receiver = Receiver::start().await;
    let family = hardmans(&app).await;
    let manager = app.partner("tff-team", "agreement_manager", "agreement_management");
    let endpoint = json!({ "url": receiver.url });
    assert_done(&change(&manager, "addAlertEndpoint", "secret", endpoint).await);
    let officer = app.partner("cambs-police", "practitioner", "safeguarding");
    for _ in 0..2 {
        assert_done(&open(&officer, "familyId", &family["id"]).await);
    }
    for (field, value) in [
        ("reference", "TF-0"),
        ("familyId", "made-up"),
        ("reference", "TF-99999"),
    ] {
        assert_refused(&open(&officer, field, &json!(value)).await, field, "NOT_FOUND");
    }
    let alert = |tried: &str, times: u32, family: Value| {
        json!({
            "tried": tried, "times": times, "subject": "practitioner-of-cambs-police", "agency": { "code": "cambs-police" },
            "family": family,
        })
    };
    let in_vain = alert("EMERGENCY_IN_VAIN", 3, Value::Null);
    let opened = alert("EMERGENCY_OPENED", 2, json!({ "reference": "TF-10001" }));
    assert_eq!(alerts(&manager).await, [in_vain.clone(), opened]);

    // By webhook too, each by its id.
    app.deliverer(Settings::default()).pass().await.unwrap();
    let got = receiver.got();
    assert_eq!(got.len(), 2);
    for told in got {
        let id = told.json()["data"]["id"].clone();
        let query = "query ($id: ID!) { alert(id: $id) { tried family { reference } } }";
        let one = manager.ask_with(query, json!({ "id": id })).await.data()["alert"].clone();
        assert_eq!(one["family"].is_null(), one["tried"] == "EMERGENCY_IN_VAIN", "{one}");
    }

    // To whom the family is barred, it is told without it; to another agency's manager, and to who opened it, not at all.
    let families = entries(&app).await;
    let row = families
        .iter()
        .find(|entry| entry.kind.code() == "emergency")
        .expect("an entry");
    let bar = BarredSubjectRow {
        authority_id: thinkfamily::demo::CAMBRIDGESHIRE,
        id: Uuid::from_u128(4_001),
        family_id: row.families.first().copied().expect("a family"),
        agency_id: None,
        subject: "cousin".to_owned(),
        valid_from: today().date_naive(),
        valid_until: None,
    };
    let more = Dataset {
        barred_subjects: vec![bar],
        ..Dataset::default()
    };
    bulk::load(app.store.databases(), &more, &mut |_| {}).await.unwrap();
    let keeper = ("agreement_manager", "agreement_management");
    let cousin = app.partner_named("cambridgeshire", "tff-team", keeper.0, keeper.1, "cousin");
    assert_eq!(
        alerts(&cousin).await,
        [in_vain, alert("EMERGENCY_OPENED", 2, Value::Null)]
    );
    let other = app.partner("jcp-cambridge", "manager", "employment_support");
    assert!(alerts(&other).await.is_empty() && alerts(&officer).await.is_empty());
}
