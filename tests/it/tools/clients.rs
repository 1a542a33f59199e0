//! Clients with types, made by other people's generators from the schema of a role: Relay, GraphQL Code Generator, ariadne-codegen.

use super::{Copy, on_node, on_python, partners, schema_for};
use crate::support::{
    app::{App, Partner},
    database::{TestDatabase, on_both},
};

async fn relay_compiles_its_conventions(database: &TestDatabase) {
    let Some(tools) = on_node() else { return };
    let app = App::start(database).await;
    let coordinator = app.partner("tff-team", "coordinator", "programme_management");
    let documents = compiled_by_relay(&Copy::of("relay", &tools, &schema_for(&coordinator).await));
    assert_eq!(documents.len(), 5, "pages, refetching and the live one");
    // What it made is answered: a page, the same fragment again by the id that came with it, and the next page.
    let of = |name: &str| {
        let text = documents.iter().find(|text| text.contains(&format!(" {name}(")));
        text.unwrap_or_else(|| panic!("{name} in {documents:?}")).clone()
    };
    let first = ask(&coordinator, &of("FamiliesQuery"), serde_json::json!({ "count": 1 })).await;
    let edge = &first["families"]["edges"][0];
    assert_eq!(edge["node"]["__typename"], "Family");
    let id = serde_json::json!({ "id": edge["node"]["id"] });
    for name in ["FamilyCardRefetchQuery", "FamilyByIdQuery"] {
        let again = ask(&coordinator, &of(name), id.clone()).await;
        assert_eq!(again["node"]["reference"], edge["node"]["reference"], "{name}");
        assert_eq!(again["node"]["id"], edge["node"]["id"], "{name}");
    }
    let after = &first["families"]["pageInfo"]["endCursor"];
    assert_eq!(after, &edge["cursor"]);
    let variables = serde_json::json!({ "count": 1, "cursor": after });
    let second = ask(&coordinator, &of("FamiliesPaginationQuery"), variables).await;
    assert_ne!(second["families"]["edges"][0]["node"]["id"], edge["node"]["id"]);
}
on_both!(relay_compiles_its_conventions);

/// The documents that Relay makes of its project, as it would have them registered.
pub(crate) fn compiled_by_relay(copy: &Copy) -> Vec<String> {
    std::fs::write(copy.path("persisted.json"), "{}").unwrap();
    copy.must(copy.tool("relay-compiler"));
    let made = std::fs::read_to_string(copy.path("persisted.json")).unwrap();
    let made: std::collections::BTreeMap<String, String> = serde_json::from_str(&made).unwrap();
    made.into_values().collect()
}

async fn ask(partner: &Partner, document: &str, variables: serde_json::Value) -> serde_json::Value {
    partner.ask_with(document, variables).await.data().clone()
}

async fn a_client_in_typescript_has_types(database: &TestDatabase) {
    let Some(tools) = on_node() else { return };
    let app = App::start(database).await;
    for (name, partner) in partners(&app) {
        // Each role has its own schema; the project asks for what these two may see.
        if !["lead professional", "coordinator"].contains(&name) {
            continue;
        }
        let copy = Copy::of("codegen", &tools, &schema_for(&partner).await);
        let mut generate = copy.tool("graphql-codegen");
        generate.args(["--config", "codegen.json"]);
        copy.must(generate);
        let mut check = copy.tool("tsc");
        check.args(["-p", "."]);
        copy.must(check);
        // Types that could be anything would pass whatever is written.
        let app = std::fs::read_to_string(copy.path("src/app.ts")).unwrap();
        std::fs::write(
            copy.path("src/app.ts"),
            app.replace("member.givenName", "member.givenNames"),
        )
        .unwrap();
        let mut check = copy.tool("tsc");
        check.args(["-p", "."]);
        let (well, said) = copy.run(check);
        assert!(!well && said.contains("givenNames"), "{said}");
    }
    // A role that is not given what the project asks for learns so when its client is generated.
    let police = app.partner("cambs-police", "marker_lookup", "safeguarding");
    let copy = Copy::of("codegen", &tools, &schema_for(&police).await);
    let mut generate = copy.tool("graphql-codegen");
    generate.args(["--config", "codegen.json"]);
    let (well, said) = copy.run(generate);
    assert!(!well && said.contains("Cannot query field"), "{said}");
}
on_both!(a_client_in_typescript_has_types);

async fn a_client_in_python_has_types(database: &TestDatabase) {
    let Some(tools) = on_python() else { return };
    let app = App::start(database).await;
    let copy = Copy::of("ariadne", &tools, &schema_for(&app.lead_professional()).await);
    copy.must(copy.module(&["-m", "ariadne_codegen"]));
    copy.must(copy.module(&["-c", "import use"]));
    copy.must(copy.module(&["-m", "mypy", "use.py", "think_family"]));
    let used = std::fs::read_to_string(copy.path("use.py")).unwrap();
    std::fs::write(
        copy.path("use.py"),
        used.replace("member.given_name", "member.given_names"),
    )
    .unwrap();
    let (well, said) = copy.run(copy.module(&["-m", "mypy", "use.py", "think_family"]));
    assert!(!well && said.contains("given_names"), "{said}");
}
on_both!(a_client_in_python_has_types);
