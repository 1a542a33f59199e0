//! `loadAgreement`.

use serde_json::{Value, json};
use thinkfamily::demo;

use super::{assert_done, assert_refused, change, entries, errors};
use crate::support::{
    app::{App, Partner},
    database::{TestDatabase, on_both},
};

async fn load(partner: &Partner, document: &str) -> Value {
    let selection = "agreement { code version effectiveFrom inForce clauses { code } signatories { agency { code } } }";
    change(partner, "loadAgreement", selection, json!({ "document": document })).await
}

/// The demonstration agreement as another version, from a day on.
fn version(number: u32, from: &str) -> String {
    demo::CAMBRIDGESHIRE_AGREEMENT
        .replacen("version = 1", &format!("version = {number}"), 1)
        .replacen("effective_from = 2026-01-01", &format!("effective_from = {from}"), 1)
}

async fn a_new_version_takes_effect_on_its_day_without_a_restart(database: &TestDatabase) {
    let app = App::start(database).await;
    // Tokens run out when the clock moves by days, so each is new.
    let load = async |document: &str| {
        load(
            &app.partner("tff-team", "agreement_manager", "agreement_management"),
            document,
        )
        .await
    };
    let sees = async || {
        let reply = app.lead_professional().ask("{ families { totalCount } }").await;
        reply.data()["families"]["totalCount"].as_u64().unwrap_or_default() > 0
    };
    // In the second version the Lead Professional's clause is for another role.
    let later = version(2, "2026-06-16").replace("roles = [\"lead_professional\"]", "roles = [\"researcher\"]");
    let payload = load(&later).await;
    assert_done(&payload);
    assert_eq!(payload["agreement"]["version"], 2);
    assert_eq!(payload["agreement"]["inForce"], false);
    assert!(sees().await);
    app.clock.set(app.clock.now() + chrono::TimeDelta::days(1));
    assert!(!sees().await);
    let payload = load(&version(3, "2026-06-17")).await;
    assert_done(&payload);
    app.clock.set(app.clock.now() + chrono::TimeDelta::days(1));
    assert!(sees().await);
    let loaded: Vec<i32> = entries(&app)
        .await
        .into_iter()
        .filter(|entry| entry.kind.code() == "agreement")
        .filter_map(|entry| Some(entry.loaded?.version))
        .collect();
    assert_eq!(loaded, [3, 2]);
}
on_both!(a_new_version_takes_effect_on_its_day_without_a_restart);

async fn a_bad_file_is_refused_whole_with_its_lines(database: &TestDatabase) {
    let app = App::start(database).await;
    let manager = app.partner("tff-team", "agreement_manager", "agreement_management");
    let good = version(2, "2026-06-16");
    for (bad, code) in [
        ("[agreement".to_owned(), "INVALID"),
        (String::new(), "INVALID"),
        ("# ".to_owned() + &"x".repeat(256 * 1024), "INVALID"),
        (good.replacen("MARKER", "MARKERS", 1), "INVALID"),
        (
            good.replacen("agency = \"cambs-police\"", "agency = \"nobody\"", 1),
            "INVALID",
        ),
        (good.clone() + "\n# \u{0}\n", "INVALID"),
        (good.replacen("title = \"", "title = \"\\u0000", 1), "INVALID"),
        (good.replacen("condition = \"", "condition = \"\\u0000", 1), "INVALID"),
        (demo::CAMBRIDGESHIRE_AGREEMENT.to_owned(), "CONFLICT"),
        (version(2, "2026-01-01"), "CONFLICT"),
    ] {
        let payload = load(&manager, &bad).await;
        assert_refused(&payload, "document", code);
        let message = payload["errors"][0]["message"].as_str().expect("a message");
        assert!(message.starts_with("line "), "{message}");
        assert_eq!(payload["agreement"], Value::Null);
    }
    let elsewhere = load(&manager, demo::KINGSTON_RICHMOND_AGREEMENT).await;
    assert_refused(&elsewhere, "document", "INVALID");
    // Of two versions in one request the second is held against the first; then all of them hold or none.
    let both = "mutation ($one: String!, $two: String!) {
        one: loadAgreement(input: { document: $one }) { agreement { version } errors { field code } }
        two: loadAgreement(input: { document: $two }) { agreement { version } errors { field code } }
    }";
    let asked = json!({ "one": good, "two": version(2, "2026-06-17") });
    let reply = manager.ask_with(both, asked).await;
    assert_eq!(reply.data()["one"]["agreement"]["version"], 2);
    assert_eq!(
        errors(&reply.data()["two"]),
        [("document".to_owned(), "CONFLICT".to_owned())]
    );
}
on_both!(a_bad_file_is_refused_whole_with_its_lines);

async fn only_who_looks_after_the_agreement_loads_it(database: &TestDatabase) {
    let app = App::start(database).await;
    let query = "mutation ($input: LoadAgreementInput!) { loadAgreement(input: $input) { agreement { version } } }";
    for partner in [
        app.lead_professional(),
        app.partner("tff-team", "coordinator", "programme_management"),
        app.partner("tff-team", "agreement_manager", "subject_access"),
    ] {
        let reply = partner
            .ask_with(query, json!({ "input": { "document": version(2, "2026-06-16") } }))
            .await;
        assert_eq!(reply.data()["loadAgreement"], Value::Null);
        assert_eq!(
            reply.withheld("Mutation.loadAgreement"),
            ["NOT_IN_AGREEMENT"],
            "{:#}",
            reply.body
        );
    }
}
on_both!(only_who_looks_after_the_agreement_loads_it);

async fn what_can_never_hold_is_told_with_what_was_loaded(database: &TestDatabase) {
    let app = App::start(database).await;
    let manager = app.partner("tff-team", "agreement_manager", "agreement_management");
    let selection = "agreement { version } warnings";
    let text = version(2, "2026-06-16").replacen(
        "id = \"portal-statistics\"",
        "id = \"portal-leads\"\nagency_kinds = [\"school\"]\nroles = [\"portal\"]\ncategories = [\"MARKER\"]\npurposes = [\"research\"]\naccess = [\"read\"]\n\
         scope = \"lead\"\nconsent = \"not_required\"\nlawful_basis = \"public_task\"\n[[clause]]\nid = \"portal-statistics\"",
        1,
    );
    let line = 1 + text
        .lines()
        .position(|line| line == "id = \"portal-leads\"")
        .expect("it is there");
    let payload = change(
        &manager,
        "loadAgreement",
        selection,
        json!({ "document": text, "idempotencyKey": "once" }),
    )
    .await;
    assert_done(&payload);
    let warnings = payload["warnings"].as_array().expect("a list");
    let of_the_portal = |warning: &&Value| warning.as_str().is_some_and(|text| text.contains("portal-leads"));
    let told = warnings.iter().find(of_the_portal).expect("it is warned of");
    let told = told.as_str().expect("a text");
    assert!(
        told.starts_with(&format!("line {}: ", line + 6)) && told.contains("Lead Professional"),
        "{told}"
    );
    let again = change(
        &manager,
        "loadAgreement",
        selection,
        json!({ "document": text, "idempotencyKey": "once" }),
    )
    .await;
    assert_eq!(again, payload);

    // An emergency clause that could open nothing is refused.
    let text = version(3, "2026-06-17").replacen(
        "categories = [\"MARKER\", \"IDENTITY\", \"HOUSEHOLD\", \"CRITERION_CRIME\", \"PLAN\"]",
        "categories = [\"IDENTITY\", \"CRITERION_CRIME\", \"PLAN\"]",
        1,
    );
    let payload = change(&manager, "loadAgreement", selection, json!({ "document": text })).await;
    assert_refused(&payload, "document", "INVALID");
    let told = payload["errors"][0]["message"].as_str().expect("a text");
    assert!(
        told.contains("`MARKER`, `HOUSEHOLD`") && told.contains("police / practitioner / safeguarding"),
        "{told}"
    );
}
on_both!(what_can_never_hold_is_told_with_what_was_loaded);

async fn an_agreement_past_its_review_is_known(database: &TestDatabase) {
    let app = App::start(database).await;
    let past = async |day: &str| app.store.agreements_past_review(day.parse().unwrap()).await.unwrap();
    let agreement = |text: &str| {
        let line = text.lines().find(|line| line.starts_with("review_by = "));
        line.expect("a day")
            .trim_start_matches("review_by = ")
            .parse::<chrono::NaiveDate>()
            .unwrap()
    };
    let day = agreement(demo::CAMBRIDGESHIRE_AGREEMENT);
    let codes = async |day: chrono::NaiveDate| {
        past(&day.to_string())
            .await
            .into_iter()
            .map(|(code, _)| code)
            .collect::<Vec<_>>()
    };
    assert!(!codes(day).await.contains(&"TFF-2".to_owned()), "it is the last day");
    assert!(codes(day.succ_opt().unwrap()).await.contains(&"TFF-2".to_owned()));
}
on_both!(an_agreement_past_its_review_is_known);
