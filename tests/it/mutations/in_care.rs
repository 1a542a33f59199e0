//! A child for whom an authority has parental responsibility: whom it names decides, while it does, and nobody else of any agency.

use chrono::Days;
use serde_json::{Value, json};
use thinkfamily::{
    demo,
    records::ParentalResponsibilityRow,
    store::{bulk, dataset::Dataset},
};
use uuid::Uuid;

use super::{assert_done, change, errors, hardmans, member};
use crate::{
    feed::reader,
    support::{
        app::{App, Partner, today},
        database::{TestDatabase, on_both},
    },
};

/// What a professional decides for Tyler about his name and schools.
async fn decides(partner: &Partner, tyler: &Value, decision: &str) -> Value {
    let input = json!({
        "memberId": tyler,
        "categories": ["IDENTITY"],
        "agencyKinds": ["SCHOOL"],
        "decision": decision,
        "asProfessional": true,
    });
    let selection = "consents { decidedBy { givenName } decidedByAgency { code } }";
    change(partner, "recordConsent", selection, input).await
}

#[track_caller]
fn assert_passed_over(payload: &Value) {
    assert_eq!(payload["consents"], json!([]), "{payload:#}");
    let errors = errors(payload);
    let fields: Vec<&str> = errors.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["asProfessional"], "{payload:#}");
}

/// Somebody of early help, whom the authority names for Tyler from yesterday on.
async fn names(app: &App, subject: &str) {
    let data = demo::worked(today().date_naive());
    let of = |given: &str| {
        data.people
            .iter()
            .find(|row| row.given_name == given && row.authority_id == demo::CAMBRIDGESHIRE)
            .expect("somebody of the demonstration")
            .id
    };
    let agency = data.agencies.iter().find(|row| row.code == "cambs-early-help");
    let family = data
        .families
        .iter()
        .find(|row| row.reference == demo::HARDMAN_REFERENCE);
    let row = ParentalResponsibilityRow {
        authority_id: demo::CAMBRIDGESHIRE,
        id: Uuid::from_u128(9_601),
        family_id: family.expect("the Hardmans").id,
        child_id: of("Tyler"),
        person_id: None,
        agency_id: Some(agency.expect("an agency").id),
        subject: Some(subject.to_owned()),
        valid_from: today().date_naive() - Days::new(1),
        valid_until: None,
    };
    let more = Dataset {
        parental_responsibilities: vec![row],
        ..Dataset::default()
    };
    bulk::load(app.store.databases(), &more, &mut |_| {}).await.unwrap();
}

async fn for_a_child_in_care_whom_the_authority_names_decides(database: &TestDatabase) {
    let app = App::start(database).await;
    let (lead, family) = (app.lead_professional(), hardmans(&app).await);
    let (tyler, megan) = (member(&family, "Tyler"), member(&family, "Megan"));
    let school = app.partner("fenbrook-school", "practitioner", "education_support");
    let seen = async || {
        let reply = school.ask("{ members { nodes { givenName } } }").await;
        reply.data().to_string().contains("Tyler")
    };
    assert!(seen().await, "his mother said yes for him");
    let hers = "DELETE FROM consent WHERE authority_id = 1 AND category = 'IDENTITY' AND agency_kind = 'school' \
                AND person_id = (SELECT id FROM person WHERE authority_id = 1 AND given_name = 'Tyler')";
    reader::change(&app.store, hers, vec![]).await;
    assert!(!seen().await);

    assert_passed_over(&decides(&lead, tyler, "GIVEN").await);
    names(&app, "another").await;
    assert_passed_over(&decides(&lead, tyler, "GIVEN").await);
    assert!(!seen().await, "it is another whom the authority names");
    let named = "UPDATE parental_responsibility SET subject = $1 WHERE authority_id = 1 AND agency_id IS NOT NULL";
    reader::change(&app.store, named, vec![demo::LEAD_SUBJECT.into()]).await;
    let payload = decides(&lead, tyler, "GIVEN").await;
    assert_done(&payload);
    assert_eq!(
        payload["consents"],
        json!([{ "decidedBy": null, "decidedByAgency": { "code": "cambs-early-help" } }])
    );
    assert!(seen().await);
    assert_passed_over(&decides(&lead, megan, "GIVEN").await);
    let coordinator = app.partner("tff-team", "coordinator", "programme_management");
    assert_passed_over(&decides(&coordinator, tyler, "GIVEN").await);

    // What they said counts while they can decide, and by the same word as before once they can again.
    let ends = "UPDATE parental_responsibility SET valid_until = $1 WHERE authority_id = 1 AND agency_id IS NOT NULL";
    reader::change(&app.store, ends, vec![today().date_naive().into()]).await;
    assert!(!seen().await, "it ended today");
    assert_passed_over(&decides(&lead, tyler, "GIVEN").await);
    let tomorrow = today().date_naive() + Days::new(1);
    reader::change(&app.store, ends, vec![tomorrow.into()]).await;
    assert!(seen().await);
    assert_done(&decides(&lead, tyler, "REFUSED").await);
    assert!(!seen().await, "a no of theirs is one as well");
}
on_both!(for_a_child_in_care_whom_the_authority_names_decides);
