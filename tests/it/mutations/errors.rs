//! Whoever may make a change is told why it was not made, whatever else they may not read.

use serde_json::{Value, json};

use super::hardmans;
use crate::support::{
    api::Api,
    app::App,
    changes::Tried,
    database::{TestDatabase, on_both},
};

/// The police may change what there is to change, and read hardly anything; catalogues least.
const AGREEMENT: &str = r#"
[agreement]
id = "CHANGES"
version = 1
title = "Changes without catalogues"
authority = "cambridgeshire"
effective_from = 2026-01-01
review_by = 2027-01-01
[[signatory]]
agency = "cambs-police"
signed_on = 2025-12-01
[[clause]]
id = "changes"
agency_kinds = ["police"]
roles = ["manager"]
categories = ["MARKER", "CONSENT", "INVOLVEMENT", "REFERENCE", "AUDIT", "PLAN", "IDENTITY", "HOUSEHOLD"]
purposes = ["audit"]
access = ["write"]
scope = "authority"
consent = "not_required"
lawful_basis = "public_task"
[[clause]]
id = "few"
agency_kinds = ["police"]
roles = ["manager"]
categories = ["MARKER", "INVOLVEMENT", "AUDIT"]
purposes = ["audit"]
access = ["read"]
scope = "authority"
consent = "not_required"
lawful_basis = "public_task"
emergency = true
"#;

async fn who_may_make_a_change_can_read_why_it_was_not_made(database: &TestDatabase) {
    let app = App::start(database).await;
    let family = hardmans(&app).await;
    app.load_agreement(AGREEMENT).await;
    let partner = app.partner("cambs-police", "manager", "audit");
    let (family, member) = (family["id"].clone(), family["members"][0]["id"].clone());
    let api = Api::new();
    for mutation in api.fields("Mutation") {
        let name = mutation.name.as_str();
        let tried = Tried::of(&api, name);
        // Ids of what they could not be about.
        let input = tried.input(|field| {
            if field == "familyId" {
                member.clone()
            } else {
                family.clone()
            }
        });
        let reply = partner.ask_with(&tried.document, json!({ "v": input })).await;
        let errors = reply.data()[name]["errors"]
            .as_array()
            .unwrap_or_else(|| panic!("{name}: {}", reply.body));
        assert!(!errors.is_empty(), "{name}: {}", reply.body);
        for error in errors {
            assert!(
                ["field", "code", "message"]
                    .iter()
                    .all(|field| error[field].is_string()),
                "{name}: {error}"
            );
        }
        assert!(
            reply.body["extensions"]["disclosure"]
                .get("withheld")
                .is_none_or(|told| told == &json!([])),
            "{}",
            reply.body
        );
        // They are of the caller's own schema, too, and nothing that an operation could be refused for.
        let told = partner
            .told_by("fail")
            .ask_with(&tried.document, json!({ "v": input }))
            .await;
        assert!(
            told.data()[name]["errors"][0]["code"].is_string(),
            "{name}: {}",
            told.body
        );
    }
    let reply = partner
        .ask("{ markerLookup(input: {}) { errors { field code message } } }")
        .await;
    assert!(
        reply.data()["markerLookup"]["errors"][0]["message"].is_string(),
        "{}",
        reply.body
    );
    let (_, sdl) = partner.page("/schema.graphql").await;
    assert!(sdl.contains("type UserError") && !sdl.contains("type Catalogue"));
}
on_both!(who_may_make_a_change_can_read_why_it_was_not_made);

async fn where_a_page_ends_is_told_with_the_page(database: &TestDatabase) {
    let app = App::start(database).await;
    app.load_agreement(AGREEMENT).await;
    let partner = app.partner("cambs-police", "manager", "audit").told_by("fail");
    let reply = partner
        .ask("{ families(first: 1) { nodes { id } pageInfo { hasNextPage endCursor } } }")
        .await;
    let info = &reply.data()["families"]["pageInfo"];
    assert_eq!(info["hasNextPage"], true, "{}", reply.body);
    assert_ne!(info["endCursor"], Value::Null);
    assert!(partner.page("/schema.graphql").await.1.contains("type PageInfo"));
}
on_both!(where_a_page_ends_is_told_with_the_page);
