//! The manifests that other people's generators make are registered as they are, and what they name is answered.

use std::{collections::BTreeMap, fs};

use serde_json::{Value, json};
use thinkfamily::auth::TokenRequest;

use super::{Place, asked, said};
use crate::{
    support::{
        database::{TestDatabase, on_both},
        process::someone,
    },
    tools::{Copy, clients::compiled_by_relay, on_node},
};

fn coordinator() -> TokenRequest {
    someone("tff-team", "coordinator", "programme_management", "somebody")
}

async fn manifests_of_generators_are_registered_as_they_are(database: &TestDatabase) {
    let Some(tools) = on_node() else { return };
    let place = Place::new(database);
    let client = place.site.client(&place.serving, &coordinator());
    let sdl = client.get("/schema.graphql").await.unwrap().text();

    let relay = Copy::of("relay", &tools, &sdl);
    compiled_by_relay(&relay);
    let codegen = Copy::of("codegen", &tools, &sdl);
    let mut generate = codegen.tool("graphql-codegen");
    generate.args(["--config", "codegen.json"]);
    codegen.must(generate);

    let of_relay: BTreeMap<String, String> = read(&relay.path("persisted.json"));
    let of_codegen: BTreeMap<String, String> = read(&codegen.path("src/gql/persisted-documents.json"));
    let apollo = json!({ "format": "apollo-persisted-query-manifest", "version": 1, "operations":
        of_codegen.iter().map(|(id, body)| json!({ "id": id, "name": "", "type": "query", "body": body })).collect::<Vec<_>>()
    });
    let apollo = place.file("apollo.json", &apollo.to_string());
    for (manifest, new, before) in [
        (relay.path("persisted.json"), of_relay.len(), 0),
        (codegen.path("src/gql/persisted-documents.json"), of_codegen.len(), 0),
        (apollo, 0, of_codegen.len()),
    ] {
        let command = [
            &[
                "documents",
                "register",
                "--agency",
                "tff-team",
                "--client",
                "test-client",
                "--from",
            ],
            &[manifest.to_str().unwrap()][..],
            &["--role", "coordinator", "--purpose", "programme_management"],
        ];
        let told = said(&place.site.run(&command.concat()));
        assert_eq!(
            told,
            format!("{new} documents registered for test-client, {before} were before\n")
        );
    }
    said(&place.site.run(&[
        "documents",
        "require",
        "--agency",
        "tff-team",
        "--client",
        "test-client",
    ]));
    for (manifest, name) in [(&of_relay, "query FamiliesQuery("), (&of_codegen, "query Families(")] {
        let (id, _) = manifest.iter().find(|(_, text)| text.starts_with(name)).unwrap();
        let variables = json!({ "count": 1, "first": 1 });
        let body = json!({ "documentId": format!("sha256:{id}"), "variables": variables });
        assert!(asked(&client, &body).await["families"].is_object(), "{name}");
    }
}
on_both!(manifests_of_generators_are_registered_as_they_are);

fn read<T: serde::de::DeserializeOwned>(path: &std::path::Path) -> T {
    let value: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    serde_json::from_value(value).unwrap()
}
