//! What changes in the family's life, made past the server.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, Statement, Value};
use thinkfamily::clock::Ids;

use crate::support::app::App;

/// Runs a statement that must change something, with the authority as its first parameter's neighbour.
async fn change(app: &App, sql: &str, values: Vec<Value>) {
    let main = app.store.databases().main();
    let statement = Statement::from_sql_and_values(main.get_database_backend(), sql, values);
    assert!(main.execute_raw(statement).await.unwrap().rows_affected() > 0, "{sql}");
}

fn day(app: &App) -> NaiveDate {
    app.clock.today()
}

/// An agency begins to work with the Hardmans today.
pub(crate) async fn involve(app: &App, agency: &str) {
    let sql = "INSERT INTO involvement (authority_id, id, family_id, agency_id, contact_name, started_on) \
               SELECT 1, $1, family.id, agency.id, 'Somebody', $2 FROM family, agency \
               WHERE family.authority_id = 1 AND family.reference = 'TF-10001' AND agency.authority_id = 1 AND agency.code = $3";
    change(
        app,
        sql,
        vec![Ids::random().uuid().into(), day(app).into(), agency.into()],
    )
    .await;
}

/// An agency ends its work with the Hardmans on a day, which is the first without it.
pub(crate) async fn end_involvement(app: &App, agency: &str, on: NaiveDate) {
    let sql = "UPDATE involvement SET ended_on = $1 WHERE authority_id = 1 AND (ended_on IS NULL OR ended_on > $1) \
               AND family_id = (SELECT id FROM family WHERE authority_id = 1 AND reference = 'TF-10001') \
               AND agency_id = (SELECT id FROM agency WHERE authority_id = 1 AND code = $2)";
    change(app, sql, vec![on.into(), agency.into()]).await;
}

/// A member withdrew a second ago that agencies of a kind see a category.
pub(crate) async fn withdraw(app: &App, member: &str, category: &str, agency_kind: &str) {
    let sql = "UPDATE consent SET withdrawn_at = $1 WHERE authority_id = 1 AND category = $2 AND agency_kind = $3 \
               AND person_id = (SELECT id FROM person WHERE authority_id = 1 AND given_name = $4)";
    let at: DateTime<Utc> = app.clock.now() - TimeDelta::seconds(1);
    change(
        app,
        sql,
        vec![at.into(), category.into(), agency_kind.into(), member.into()],
    )
    .await;
}

/// A member decides anew, a second ago, as they decided before.
pub(crate) async fn consent_again(app: &App, member: &str, category: &str, agency_kind: &str) {
    let sql = "INSERT INTO consent (authority_id, id, family_id, person_id, category, agency_kind, decision, decided_by, recorded_at, \
               recorded_by_agency, recorded_by_subject) \
               SELECT authority_id, $1, family_id, person_id, category, agency_kind, decision, decided_by, $2, recorded_by_agency, 'test' \
               FROM consent WHERE authority_id = 1 AND category = $3 AND agency_kind = $4 \
               AND person_id = (SELECT id FROM person WHERE authority_id = 1 AND given_name = $5)";
    let at: DateTime<Utc> = app.clock.now() - TimeDelta::seconds(1);
    let values = vec![
        Ids::random().uuid().into(),
        at.into(),
        category.into(),
        agency_kind.into(),
        member.into(),
    ];
    change(app, sql, values).await;
}

/// The Lead Professional hands over to nobody, today.
pub(crate) async fn hand_over(app: &App) {
    let sql = "UPDATE lead_professional SET valid_until = $1 WHERE authority_id = 1 AND valid_until IS NULL \
               AND family_id = (SELECT id FROM family WHERE authority_id = 1 AND reference = 'TF-10001')";
    change(app, sql, vec![day(app).into()]).await;
}

/// Someone opened emergency access to the Hardmans that runs out at an instant.
pub(crate) async fn emergency(app: &App, agency: &str, subject: &str, until: DateTime<Utc>) {
    let sql = "INSERT INTO emergency_access (authority_id, id, family_id, agency_id, subject, ground, justification, opened_at, expires_at) \
               SELECT 1, $1, family.id, agency.id, $2, 'safeguarding', 'A report from a neighbour', $3, $4 FROM family, agency \
               WHERE family.authority_id = 1 AND family.reference = 'TF-10001' AND agency.authority_id = 1 AND agency.code = $5";
    let values = vec![
        Ids::random().uuid().into(),
        subject.into(),
        (until - TimeDelta::hours(8)).into(),
        until.into(),
        agency.into(),
    ];
    change(app, sql, values).await;
}

/// The agreement gets a last day.
pub(crate) async fn agreement_ends(app: &App, last: NaiveDate) {
    change(
        app,
        "UPDATE agreement SET effective_to = $1 WHERE authority_id = 1",
        vec![last.into()],
    )
    .await;
    agreement_changed(app).await;
}

/// An agency leaves the agreement on a day, which is the first without it.
pub(crate) async fn leave(app: &App, agency: &str, on: NaiveDate) {
    let sql = "UPDATE agreement_signatory SET withdrawn_on = $1 WHERE authority_id = 1 \
               AND agency_id = (SELECT id FROM agency WHERE authority_id = 1 AND code = $2)";
    change(app, sql, vec![on.into(), agency.into()]).await;
    agreement_changed(app).await;
}

async fn agreement_changed(app: &App) {
    change(
        app,
        "UPDATE policy_version SET version = version + 1 WHERE authority_id = 1",
        vec![],
    )
    .await;
}
