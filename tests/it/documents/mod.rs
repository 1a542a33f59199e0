//! Documents that a client registers, and a client that may send no others, through the commands and the wire.

mod generated;
mod refused;

use std::{fs, path::PathBuf, process::Output, time::Duration};

use serde_json::{Value, json};
use thinkfamily::{auth::PortalRequest, graphql::documents::sha256};

use crate::{
    live::{environment, police},
    support::{
        client::Client,
        database::{TestDatabase, on_both},
        node::Node,
        process::{Serving, Site, someone},
    },
};

const VIEWER: &str = "{ viewer { purpose } }";
const LOOKUP: &str = "query Look($who: MarkerLookupInput!) { markerLookup(input: $who) { status } }";
const UNREGISTERED: &str = "DOCUMENT_NOT_REGISTERED";

/// A server that runs, and the commands beside it.
struct Place {
    folder: tempfile::TempDir,
    site: Site,
    serving: Serving,
}

impl Place {
    fn new(database: &TestDatabase) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let site = Site::new(folder.path(), Some(database.text()));
        let serving = site.serve(&[]);
        Self { folder, site, serving }
    }

    /// A file with a manifest of these texts.
    fn manifest(&self, texts: &[&str]) -> PathBuf {
        let members: serde_json::Map<String, Value> = texts.iter().map(|text| (sha256(text), json!(text))).collect();
        self.file("manifest.json", &Value::Object(members).to_string())
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// Runs `documents` for a client of the police.
    fn command(&self, verb: &str, more: &[&str]) -> Output {
        let mut arguments = vec!["documents", verb, "--agency", "cambs-police", "--client", "test-client"];
        arguments.extend(more);
        self.site.run(&arguments)
    }

    /// The same, which must go well.
    #[track_caller]
    fn done(&self, verb: &str, more: &[&str]) -> String {
        said(&self.command(verb, more))
    }

    /// Registers a manifest for the client of the police.
    #[track_caller]
    fn register(&self, manifest: &std::path::Path, more: &[&str]) -> String {
        let mut all = vec!["--from", manifest.to_str().unwrap()];
        all.extend(more);
        self.done("register", &all)
    }
}

/// What a command that went well printed.
#[track_caller]
fn said(output: &Output) -> String {
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// By its identifier as the specification has it.
fn by_id(text: &str) -> Value {
    json!({ "documentId": format!("sha256:{}", sha256(text)) })
}

/// `data`, or the code of the error.
async fn asked(client: &Client, body: &Value) -> Value {
    let answer = client.send(&[], body.to_string()).await.unwrap().json();
    match &answer["errors"][0]["extensions"]["code"] {
        Value::Null => answer["data"].clone(),
        code => code.clone(),
    }
}

async fn a_client_sends_what_was_registered_for_it(database: &TestDatabase) {
    let place = Place::new(database);
    let client = place.site.client(&place.serving, &police());
    let answered = json!({ "viewer": { "purpose": "safeguarding" } });
    assert_eq!(asked(&client, &by_id(VIEWER)).await, UNREGISTERED);

    let manifest = place.manifest(&[VIEWER, LOOKUP]);
    let role = ["--role", "marker_lookup", "--purpose", "safeguarding"];
    assert_eq!(
        place.register(&manifest, &role),
        "2 documents registered for test-client, 0 were before\n"
    );
    assert_eq!(
        place.register(&manifest, &[]),
        "0 documents registered for test-client, 2 were before\n"
    );
    let persisted = json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": sha256(VIEWER) } } });
    for body in [by_id(VIEWER), persisted.clone(), json!({ "query": VIEWER })] {
        assert_eq!(asked(&client, &body).await, answered, "{body}");
    }
    let mut look = by_id(LOOKUP);
    look["variables"] = json!({ "who": { "familyName": "Nobody", "dateOfBirth": "1990-01-01" } });
    assert_eq!(asked(&client, &look).await["markerLookup"]["status"], "NOT_FOUND");

    // It is this client's of this agency, and nobody else's.
    let other_client = thinkfamily::auth::TokenRequest {
        client: "another-client".to_owned(),
        ..police()
    };
    let other_agency = someone("fenbrook-school", "practitioner", "education_support", "somebody");
    for who in [other_client, other_agency] {
        let other = place.site.client(&place.serving, &who);
        assert_eq!(asked(&other, &by_id(VIEWER)).await, UNREGISTERED);
        assert!(asked(&other, &json!({ "query": VIEWER })).await.is_object());
    }

    assert_eq!(
        place.done("retire", &[&sha256(VIEWER)]),
        "1 documents of test-client retired\n"
    );
    assert_eq!(asked(&client, &by_id(VIEWER)).await, UNREGISTERED);
    assert_eq!(asked(&client, &look).await["markerLookup"]["status"], "NOT_FOUND");
    let again = place.command("retire", &[&sha256(VIEWER)]);
    assert_eq!(again.status.code(), Some(1));
    place.done("retire", &["--all"]);
    assert_eq!(asked(&client, &look).await, UNREGISTERED);
}
on_both!(a_client_sends_what_was_registered_for_it);

/// Asks until it is so; it will be soon.
async fn until<F: Future<Output = bool>>(is_so: impl Fn() -> F) {
    let waited = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waited)
        .await
        .expect("it is not so");
}

async fn a_client_that_is_held_to_them_sends_nothing_else(database: &TestDatabase) {
    let place = Place::new(database);
    place.register(&place.manifest(&[VIEWER]), &[]);
    let persisted = json!({ "version": 1, "sha256Hash": sha256(VIEWER) });
    let text = json!({ "query": VIEWER });
    let with_text = json!({ "query": VIEWER, "extensions": { "persistedQuery": persisted } });
    // In every role, since it is the client that is held to them.
    let practitioner = someone("cambs-police", "practitioner", "safeguarding", "somebody");
    let clients = [police(), practitioner].map(|who| place.site.client(&place.serving, &who));
    for client in &clients {
        assert!(asked(client, &text).await.is_object());
    }
    assert_eq!(
        place.done("require", &[]),
        "test-client may send registered documents only\n"
    );
    place.done("require", &[]);
    for client in &clients {
        // A server notices within a second.
        until(|| async { asked(client, &text).await == UNREGISTERED }).await;
        assert!(asked(client, &by_id(VIEWER)).await.is_object());
        for body in [&text, &with_text, &by_id(LOOKUP)] {
            assert_eq!(asked(client, body).await, UNREGISTERED, "{body}");
        }
    }
    // A portal is the client of those for whom it asks; their own is not, and the other way round.
    let portal = |client: &str, agency: &str, portal: &str| thinkfamily::auth::TokenRequest {
        client: client.to_owned(),
        portal: Some(PortalRequest {
            agency: agency.to_owned(),
            subject: "a-portal".to_owned(),
            client: portal.to_owned(),
        }),
        ..police()
    };
    for (who, held) in [
        (portal("test-client", "tff-team", "team-portal"), false),
        (portal("test-client", "tff-team", "test-client"), false),
        (portal("another", "cambs-police", "test-client"), true),
    ] {
        let through = place.site.client(&place.serving, &who);
        assert_eq!(asked(&through, &text).await == UNREGISTERED, held);
        assert_eq!(asked(&through, &by_id(VIEWER)).await == UNREGISTERED, !held);
    }
    if let Some(node) = Node::ready() {
        let mut given = environment(&place.site, &place.serving, place.site.token(&police()));
        given.push(("TF_DOCUMENT", sha256(VIEWER)));
        node.run("documents.mjs", &given);
    }
    let listed = said(&place.site.run(&["documents", "list"]));
    let lines: Vec<&str> = listed.lines().collect();
    assert!(
        lines[0].starts_with("cambs-police test-client: registered documents only, since "),
        "{listed}"
    );
    assert!(
        lines[1].starts_with(&format!("cambs-police test-client {}", sha256(VIEWER))),
        "{listed}"
    );
    assert_eq!(lines.len(), 2, "{listed}");

    assert_eq!(place.done("release", &[]), "test-client may send any document\n");
    until(|| async { asked(&clients[0], &text).await.is_object() }).await;
}
on_both!(a_client_that_is_held_to_them_sends_nothing_else);
