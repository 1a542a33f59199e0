//! Every cause of an event, and beside each the partner whom it does not concern.

use chrono::{NaiveDate, TimeDelta};
use serde_json::json;
use thinkfamily::{
    clock::Ids,
    demo,
    records::MembershipRow,
    store::{bulk, dataset::Dataset},
};

use super::reader::{Reader, change, family, marker_id, servers, touch, touched};
use crate::{
    partners::changes,
    support::{
        app::{App, Partner},
        database::{TestDatabase, on_both},
    },
};

const POLICE_CONSENT: &str = "authority_id = 1 AND category = 'MARKER' AND agency_kind = 'police' \
     AND person_id = (SELECT id FROM person WHERE authority_id = 1 AND given_name = 'Dawn')";

/// The police, who need consent; social care, who need none; the Jobcentre, who need its own.
struct Three {
    police: Reader,
    care: Reader,
    jobcentre: Reader,
}

impl Three {
    /// The next day at the same time, when everybody has new tokens.
    fn tomorrow(&mut self, app: &App) {
        app.clock.set(app.clock.now() + TimeDelta::days(1));
        [self.police.partner, self.care.partner, self.jobcentre.partner] = partners(app);
    }
}

fn partners(app: &App) -> [Partner; 3] {
    [
        app.partner("cambs-police", "marker_lookup", "safeguarding"),
        app.partner("cambs-social-care", "marker_lookup", "safeguarding"),
        app.partner("jcp-cambridge", "marker_lookup", "employment_support"),
    ]
}

async fn three(app: &App) -> (Three, String) {
    let [police, care, jobcentre] = partners(app).map(Reader::new);
    let mut three = Three {
        police,
        care,
        jobcentre,
    };
    let id = marker_id(&app.store, demo::HARDMAN_REFERENCE).await;
    let told = three.police.read().await;
    assert!(told.iter().all(|told| told.kind == "SET"), "{told:#?}");
    let hardmans = told.iter().find(|told| told.id == id).expect("the Hardmans");
    assert!(
        hardmans.marker["leadProfessional"]["phone"].is_string(),
        "{hardmans:#?}"
    );
    three.care.read().await;
    three.jobcentre.read().await;
    (three, id)
}

fn one(kind: &str, id: &str) -> Vec<(String, String)> {
    vec![(kind.to_owned(), id.to_owned())]
}

fn day(app: &App) -> NaiveDate {
    app.clock.today()
}

async fn consent_withdrawn_given_and_run_out(database: &TestDatabase) {
    let app = App::start(database).await;
    let (mut three, id) = three(&app).await;
    three.police.nothing().await;

    // Through the wire, as it is done.
    let coordinator = app.partner("tff-team", "coordinator", "programme_management");
    let query = "query($reference: String!) { family(reference: $reference) { members { id givenName consents { id category agencyKind } } } }";
    let reply = coordinator
        .ask_with(query, json!({ "reference": demo::HARDMAN_REFERENCE }))
        .await;
    let members = reply.data()["family"]["members"].as_array().unwrap().clone();
    let dawn = members.iter().find(|member| member["givenName"] == "Dawn").unwrap();
    let consent = dawn["consents"].as_array().unwrap().iter();
    let consent = consent
        .clone()
        .find(|row| row["category"] == "MARKER" && row["agencyKind"] == "POLICE")
        .unwrap();
    let withdraw = "mutation($id: ID!) { withdrawConsent(input: { consentId: $id }) { errors { message } } }";
    let reply = coordinator.ask_with(withdraw, json!({ "id": consent["id"] })).await;
    assert_eq!(reply.data()["withdrawConsent"]["errors"], json!([]));
    assert_eq!(three.police.kinds().await, one("REMOVED", &id));
    three.care.nothing().await;
    three.jobcentre.nothing().await;

    let give = "mutation($id: ID!, $until: NaiveDate) { recordConsent(input: { memberId: $id, categories: [MARKER], agencyKinds: [POLICE], \
                decision: GIVEN, expiresOn: $until }) { errors { message } } }";
    let until = json!({ "id": dawn["id"], "until": day(&app).to_string() });
    let reply = coordinator.ask_with(give, until).await;
    assert_eq!(reply.data()["recordConsent"]["errors"], json!([]));
    assert_eq!(three.police.kinds().await, one("SET", &id));
    three.care.nothing().await;
    three.jobcentre.nothing().await;

    // It was given until today.
    three.tomorrow(&app);
    assert_eq!(three.police.kinds().await, one("REMOVED", &id));
    three.care.nothing().await;
    three.jobcentre.nothing().await;
    change(
        &app.store,
        &format!("UPDATE consent SET expires_on = NULL WHERE {POLICE_CONSENT} AND withdrawn_at IS NULL"),
        vec![],
    )
    .await;
    three.police.nothing().await;
    touch(&app.store, demo::HARDMAN_REFERENCE).await;
    assert_eq!(three.police.kinds().await, one("SET", &id));
}
on_both!(consent_withdrawn_given_and_run_out);

async fn another_lead_professional_and_another_plan(database: &TestDatabase) {
    let app = App::start(database).await;
    let (mut three, id) = three(&app).await;
    touched(&app, changes::hand_over(&app)).await;
    for reader in [&mut three.police, &mut three.care, &mut three.jobcentre] {
        let told = reader.read().await;
        assert_eq!(told.len(), 1, "{told:#?}");
        assert_eq!((told[0].kind.as_str(), &told[0].id), ("UPDATED", &id));
        assert_eq!(told[0].marker["leadProfessional"], json!(null));
        assert_eq!(told[0].marker["onePlan"], true);
    }
    let close = "UPDATE plan SET status = 'closed', closed_on = $1 WHERE authority_id = 1 AND status <> 'closed' \
                 AND family_id = (SELECT id FROM family WHERE authority_id = 1 AND reference = 'TF-10001')";
    touched(&app, change(&app.store, close, vec![day(&app).into()])).await;
    let told = three.police.read().await;
    assert_eq!((told.len(), told[0].kind.as_str()), (1, "UPDATED"));
    assert_eq!(told[0].marker["onePlan"], false);
    // What the marker does not say is no event: neither need nor where they live, nor that somebody is at risk.
    for sql in [
        "UPDATE family SET need_level = 'monitoring', district = 'Elsewhere' WHERE authority_id = 1 AND reference = 'TF-10001'",
        "UPDATE person SET shielded = TRUE WHERE authority_id = 1 AND given_name = 'Dawn'",
    ] {
        touched(&app, change(&app.store, sql, vec![])).await;
        three.police.nothing().await;
    }
}
on_both!(another_lead_professional_and_another_plan);

async fn attached_to_the_cohort_and_closed(database: &TestDatabase) {
    let app = App::start(database).await;
    let (mut three, id) = three(&app).await;
    let close = "UPDATE family SET closed_on = $1 WHERE authority_id = 1 AND reference = 'TF-10001'";
    touched(&app, change(&app.store, close, vec![day(&app).succ_opt().into()])).await;
    three.police.nothing().await;
    three.care.nothing().await;
    three.tomorrow(&app);
    assert_eq!(
        three.police.kinds().await,
        one("REMOVED", &id),
        "it is the day on which they are on it no longer"
    );
    assert_eq!(three.care.kinds().await, one("REMOVED", &id));
    three.police.nothing().await;
    let again =
        "UPDATE family SET closed_on = NULL, attached_on = $1 WHERE authority_id = 1 AND reference = 'TF-10001'";
    touched(&app, change(&app.store, again, vec![day(&app).succ_opt().into()])).await;
    three.police.nothing().await;
    three.tomorrow(&app);
    let told = three.police.read().await;
    assert_eq!((told.len(), told[0].kind.as_str(), &told[0].id), (1, "SET", &id));
    assert_eq!(told[0].marker["onCohortSince"], day(&app).to_string());
    assert_eq!(three.care.kinds().await, one("SET", &id));
}
on_both!(attached_to_the_cohort_and_closed);

async fn an_agency_leaves_and_the_agreement_ends(database: &TestDatabase) {
    let app = App::start(database).await;
    let (mut three, _) = three(&app).await;
    let mut from_start = Reader::new(three.police.partner.clone());
    let all = from_start.kinds().await.len();
    changes::leave(&app, "cambs-police", day(&app).succ_opt().unwrap()).await;
    three.police.nothing().await;
    // Another agency leaves on the same day, of which nobody ever read the feed.
    changes::leave(&app, "fenbrook-school", day(&app)).await;
    three.tomorrow(&app);
    let told = three.police.read().await;
    assert_eq!(told.len(), all);
    assert!(told.iter().all(|told| told.kind == "REMOVED"), "{told:#?}");
    three.police.nothing().await;
    three.care.nothing().await;
    three.jobcentre.nothing().await;
    // Whoever begins now has nothing to take out; whoever was never told anything is told nothing, and no more than of any other field.
    let mut late = Reader::new(three.police.partner.clone());
    assert_eq!(late.read().await, []);
    for (agency, role, purpose) in [
        ("fenbrook-school", "practitioner", "education_support"),
        ("ely-academy", "practitioner", "education_support"),
        ("cambs-police", "practitioner", "prevention_of_crime"),
    ] {
        let never = app.partner(agency, role, purpose);
        let reply = never
            .ask("{ markerChanges(first: 5) { nodes { kind markerId } pageInfo { endCursor } } }")
            .await;
        assert_eq!(reply.data()["markerChanges"], json!(null), "{agency}");
        assert_eq!(
            reply.withheld("Query.markerChanges").len(),
            1,
            "{agency}: {:#}",
            reply.body
        );
        let refused = never.told_by("fail").ask("{ markerChanges { nodes { kind } } }").await;
        assert_eq!(refused.code(), "NOT_IN_AGREEMENT", "{agency}");
    }

    let last = day(&app);
    changes::agreement_ends(&app, last).await;
    three.care.nothing().await;
    three.tomorrow(&app);
    let told = three.care.kinds().await;
    assert!(
        !told.is_empty() && told.iter().all(|(kind, _)| kind == "REMOVED"),
        "{told:?}"
    );
    let told = three.jobcentre.kinds().await;
    assert!(
        !told.is_empty() && told.iter().all(|(kind, _)| kind == "REMOVED"),
        "{told:?}"
    );
    three.police.nothing().await;
}
on_both!(an_agency_leaves_and_the_agreement_ends);

async fn a_new_version_of_the_agreement(database: &TestDatabase) {
    let app = App::start(database).await;
    let (mut three, id) = three(&app).await;
    let document = demo::worked_agreements()
        .into_iter()
        .find(|text| text.contains("authority = \"cambridgeshire\""))
        .unwrap();
    let tomorrow_is = day(&app).succ_opt().unwrap();
    // From tomorrow on the police are told of the families with which they work, and only of these.
    let next = document.replacen("version = 1", "version = 2", 1).replacen(
        "effective_from = 2026-01-01",
        &format!("effective_from = {tomorrow_is}"),
        1,
    );
    let (before, clause) = next.split_once("id = \"police-marker\"").unwrap();
    let next = format!(
        "{before}id = \"police-marker\"{}",
        clause.replacen("scope = \"cohort\"", "scope = \"involved\"", 1)
    );
    app.load_agreement(&next).await;
    three.police.nothing().await;
    touched(&app, changes::involve(&app, "cambs-police")).await;
    three.police.nothing().await;
    three.tomorrow(&app);
    let told = three.police.kinds().await;
    assert!(!told.is_empty(), "the other families");
    assert!(told.iter().all(|(kind, of)| kind == "REMOVED" && *of != id), "{told:?}");
    three.care.nothing().await;
    // The police work with the Hardmans until today.
    touched(
        &app,
        changes::end_involvement(&app, "cambs-police", day(&app).succ_opt().unwrap()),
    )
    .await;
    three.police.nothing().await;
    three.tomorrow(&app);
    assert_eq!(three.police.kinds().await, one("REMOVED", &id));
    three.care.nothing().await;

    // The same through the wire: begun and ended today.
    let coordinator = app.partner("tff-team", "coordinator", "programme_management");
    let query = format!("{{ family(reference: \"{}\") {{ id }} }}", demo::HARDMAN_REFERENCE);
    let hardmans = coordinator.ask(&query).await.data()["family"]["id"].clone();
    let record = "mutation($id: ID!) { recordInvolvement(input: { familyId: $id, agency: \"cambs-police\", contactName: \"Someone\", \
                  startedOn: \"2026-06-01\" }) { involvement { id } errors { field message } } }";
    let reply = coordinator.ask_with(record, json!({ "id": hardmans })).await;
    assert_eq!(
        reply.data()["recordInvolvement"]["errors"],
        json!([]),
        "{:#}",
        reply.body
    );
    assert_eq!(three.police.kinds().await, one("SET", &id));
    let end = "mutation($id: ID!, $on: NaiveDate!) { endInvolvement(input: { involvementId: $id, endedOn: $on }) { errors { message } } }";
    let involvement = &reply.data()["recordInvolvement"]["involvement"]["id"];
    let ended = coordinator
        .ask_with(end, json!({ "id": involvement, "on": day(&app).to_string() }))
        .await;
    assert_eq!(ended.data()["endInvolvement"]["errors"], json!([]), "{:#}", ended.body);
    assert_eq!(three.police.kinds().await, one("REMOVED", &id));
}
on_both!(a_new_version_of_the_agreement);

/// The parent of one family is the other adult of another, and decides for both.
async fn a_no_goes_with_the_person(database: &TestDatabase) {
    let (apps, families) = servers(database, 1, 3).await;
    let app = &apps[0];
    let mut police = Reader::new(app.partner("cambs-police", "marker_lookup", "safeguarding"));
    let told = police.kinds().await;
    let data = demo::worked(day(app));
    let mut membership: MembershipRow = data.memberships[0].clone();
    (
        membership.id,
        membership.family_id,
        membership.person_id,
        membership.valid_until,
        membership.valid_from,
    ) = (Ids::random().uuid(), families[1].0, families[0].1, None, day(app));
    let joined = Dataset {
        memberships: vec![membership],
        ..Dataset::default()
    };
    bulk::load(app.store.databases(), &joined, &mut |_| {}).await.unwrap();
    // They agreed in their own family, and are not yet asked in the other, which they joined today.
    police.nothing().await;
    let coordinator = app.partner("tff-team", "coordinator", "programme_management");
    let query = "{ family(reference: \"R-0\") { consents { id } } }";
    let consent = coordinator.ask(query).await.data()["family"]["consents"][0]["id"].clone();
    let withdraw = "mutation($id: ID!) { withdrawConsent(input: { consentId: $id }) { errors { message } } }";
    let reply = coordinator.ask_with(withdraw, json!({ "id": consent })).await;
    assert_eq!(reply.data()["withdrawConsent"]["errors"], json!([]));
    let removed = police.kinds().await;
    assert_eq!(removed.len(), 2, "both families of theirs: {removed:?}");
    assert!(
        removed
            .iter()
            .all(|(kind, id)| kind == "REMOVED" && told.iter().any(|(_, known)| known == id))
    );
}
on_both!(a_no_goes_with_the_person);

/// Families that were never told do what they like: nothing of it shows, not even in the place.
async fn of_families_that_were_never_told_there_is_nothing(database: &TestDatabase) {
    let (apps, families) = servers(database, 1, 2).await;
    let app = &apps[0];
    let refuse = "UPDATE consent SET decision = 'refused' WHERE authority_id = 1 AND person_id = $1";
    change(&app.store, refuse, vec![families[0].1.into()]).await;
    let mut police = Reader::new(app.partner("cambs-police", "marker_lookup", "safeguarding"));
    let mut care = Reader::new(app.partner("cambs-social-care", "marker_lookup", "safeguarding"));
    let told = police.kinds().await;
    let of_care = care.kinds().await;
    let hidden: Vec<_> = of_care.iter().filter(|of| !told.contains(of)).collect();
    assert!(!hidden.is_empty(), "social care needs no consent");
    for sql in [
        "UPDATE consent SET withdrawn_at = recorded_at WHERE authority_id = 1 AND family_id = $1",
        "UPDATE family SET closed_on = attached_on WHERE authority_id = 1 AND id = $1",
        "UPDATE family SET closed_on = NULL WHERE authority_id = 1 AND id = $1",
        "UPDATE family SET attached_on = '2026-02-02' WHERE authority_id = 1 AND id = $1",
    ] {
        change(&app.store, sql, vec![families[0].0.into()]).await;
        touch(&app.store, "R-0").await;
        police.nothing().await;
    }
    // Nor who else reads and what they are told.
    assert_eq!(care.kinds().await.len(), 1);
    care.nothing().await;
    police.nothing().await;
    assert_eq!(family(&app.store, "R-1").await, families[1].0);
    // The nearest case: the next family, whose adult agreed.
    change(
        &app.store,
        "UPDATE family SET attached_on = '2026-02-02' WHERE authority_id = 1 AND id = $1",
        vec![families[1].0.into()],
    )
    .await;
    touch(&app.store, "R-1").await;
    let told = police.read().await;
    assert_eq!((told.len(), told[0].kind.as_str()), (1, "UPDATED"));
}
on_both!(of_families_that_were_never_told_there_is_nothing);
