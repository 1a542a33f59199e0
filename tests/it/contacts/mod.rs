//! What partners say of marked families: contacts, markers placed and removed, what a marker changed; and who is told of it.

mod list;
mod live;
mod markers;
mod notes;
mod reporting;
mod wire;

use sea_orm::{ConnectionTrait, Statement, Value as Sql};
use serde_json::{Value, json};
use thinkfamily::{
    demo,
    graphql::ids::{Codec, Key, Kind},
};
use uuid::Uuid;

use crate::support::app::{App, Partner};

/// The Hardmans, and the family in which a person is at risk.
pub(crate) const HARDMANS: &str = "TF-10001";
pub(crate) const AT_RISK: &str = "TF-10002";

/// Runs a statement that must change something.
pub(crate) async fn change_past_the_server(app: &App, sql: &str, values: Vec<Sql>) {
    let main = app.store.databases().main();
    let statement = Statement::from_sql_and_values(main.get_database_backend(), sql, values);
    assert!(main.execute_raw(statement).await.unwrap().rows_affected() > 0, "{sql}");
}

async fn family_key(app: &App, reference: &str) -> Uuid {
    let main = app.store.databases().main();
    let sql = "SELECT id FROM family WHERE authority_id = $1 AND reference = $2";
    let values: [Sql; 2] = [demo::CAMBRIDGESHIRE.into(), reference.into()];
    let statement = Statement::from_sql_and_values(main.get_database_backend(), sql, values);
    let row = main.query_one_raw(statement).await.unwrap().expect("the family");
    row.try_get("", "id").unwrap()
}

/// The id of a family's marker, whoever may see it.
pub(crate) async fn marker_id(app: &App, reference: &str) -> String {
    let family = family_key(app, reference).await;
    marker_id_of(demo::CAMBRIDGESHIRE, family)
}

pub(crate) fn marker_id_of(authority: i32, family: Uuid) -> String {
    let codec = Codec::new(&[7; 32]).unwrap();
    let (kind, row) = (Kind::Marker, family);
    codec.id(authority, Key { kind, family, row })
}

/// The id of a marker that is nobody's.
fn nobodys_marker() -> String {
    marker_id_of(demo::CAMBRIDGESHIRE, Uuid::from_u128(0xdead))
}

/// A police system that looks up markers and reports.
pub(crate) fn police(app: &App) -> Partner {
    app.partner("cambs-police", "marker_lookup", "safeguarding")
}

/// The mailbox of the agency that leads the Hardmans' case.
pub(crate) fn mailbox(app: &App) -> Partner {
    app.partner("cambs-early-help", "manager", "family_support")
}

/// The input of a contact.
pub(crate) fn contact(marker: &str) -> Value {
    json!({ "markerId": marker, "kind": "INCIDENT", "occurredAt": "2026-06-15T11:40:00Z", "urgency": "IMMEDIATE" })
}

/// The same contact with something else in one place.
fn with(input: &Value, field: &str, value: Value) -> Value {
    let mut input = input.clone();
    input[field] = value;
    input
}

/// A mutation with its one input.
pub(crate) async fn change(partner: &Partner, name: &str, selection: &str, input: Value) -> Value {
    let of_type = name[..1].to_uppercase() + &name[1..] + "Input";
    let query = format!(
        "mutation ($input: {of_type}!) {{ {name}(input: $input) {{ {selection} errors {{ field code message }} }} }}"
    );
    let reply = partner.ask_with(&query, json!({ "input": input })).await;
    reply.data()[name].clone()
}

/// Reports a contact, which must go well.
pub(crate) async fn report(partner: &Partner, input: Value) {
    assert_done(&change(partner, "recordContact", "", input).await);
}

#[track_caller]
pub(crate) fn assert_done(payload: &Value) {
    assert_eq!(payload["errors"], json!([]), "{payload:#}");
}

#[track_caller]
pub(crate) fn assert_refused(payload: &Value, field: &str, code: &str) {
    let errors = payload["errors"].as_array().expect("errors");
    let found: Vec<_> = errors.iter().map(|error| (&error["field"], &error["code"])).collect();
    assert_eq!(found, [(&json!(field), &json!(code))], "{payload:#}");
}

/// Every adult's consent that agencies of a kind know of a category is withdrawn.
async fn withdraw(app: &App, category: &str, agency_kind: &str) {
    let sql = "UPDATE consent SET withdrawn_at = $1 WHERE authority_id = 1 AND category = $2 AND agency_kind = $3";
    let at = app.clock.now() - chrono::TimeDelta::seconds(1);
    change_past_the_server(app, sql, vec![at.into(), category.into(), agency_kind.into()]).await;
}

/// From today another agency leads a family's case.
pub(crate) async fn hand_over(app: &App, reference: &str, agency: &str, subject: &str) {
    let today = app.clock.today();
    let ended = "UPDATE lead_professional SET valid_until = $1 WHERE authority_id = 1 AND valid_until IS NULL \
                 AND family_id = (SELECT id FROM family WHERE authority_id = 1 AND reference = $2)";
    change_past_the_server(app, ended, vec![today.into(), reference.into()]).await;
    let begun = "INSERT INTO lead_professional (authority_id, id, family_id, agency_id, subject, name, valid_from) \
                 SELECT 1, $1, family.id, agency.id, $2, 'Somebody', $3 FROM family, agency WHERE family.authority_id = 1 \
                 AND family.reference = $4 AND agency.authority_id = 1 AND agency.code = $5";
    let key = thinkfamily::clock::Ids::random().uuid();
    let values = vec![
        key.into(),
        subject.into(),
        today.into(),
        reference.into(),
        agency.into(),
    ];
    change_past_the_server(app, begun, values).await;
}
