//! Issuers whose tokens must be bound to their sender.

use serde_json::{Value, json};

use super::{
    exchange::post,
    keys::{Key, sha256},
    world::{Issuers, officer_but, proof},
};
use crate::support::{
    database::{TestDatabase, on_both},
    process::Site,
};

async fn an_issuers_tokens_can_be_required_to_be_bound(database: &TestDatabase) {
    let key = Key::ec();
    let (jkt, x5t) = (
        json!({"jkt": key.thumbprint()}),
        json!({"x5t#S256": sha256("a certificate")}),
    );
    let both = json!({"jkt": key.thumbprint(), "x5t#S256": sha256("a certificate")});
    // What the tokens must be bound to, and of tokens bound to nothing, a key, a certificate and both, which are accepted.
    for (binding, accepted) in [
        ("optional", [true, true, true, true]),
        ("required", [false, true, true, true]),
        ("dpop", [false, true, false, true]),
        ("certificate", [false, false, true, true]),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let issuers = Issuers::new();
        let settings = issuers.settle_bound(folder.path(), binding);
        let site = Site::new(folder.path(), Some(database.text()));
        let serving = site.serve(&[
            "--config",
            settings,
            "--trusted-proxies",
            "127.0.0.1, ::1",
            "--client-certificate-header",
            "Client-Cert",
        ]);
        let url = format!("{}/graphql", serving.url);
        for (cnf, accepted) in [&Value::Null, &jkt, &x5t, &both].into_iter().zip(accepted) {
            let claims = officer_but(|claims| {
                if cnf.is_object() {
                    claims["cnf"] = cnf.clone();
                }
            });
            let token = issuers.ed.token("ed", &claims);
            let by_key = cnf.get("jkt").is_some();
            let mut headers = vec![format!(
                "authorization: {} {token}",
                if by_key { "DPoP" } else { "Bearer" }
            )];
            if by_key {
                headers.push(format!("dpop: {}", proof(&key, "POST", &url, &token)));
            }
            // "a certificate", as RFC 9440 has it.
            headers.push("client-cert: :YSBjZXJ0aWZpY2F0ZQ==:".to_owned());
            let headers: Vec<Vec<u8>> = headers.into_iter().map(String::into_bytes).collect();
            let status = post(&serving, "/graphql", &headers).status();
            assert_eq!(status == 200, accepted, "{binding}, {cnf}: {status}");
        }
    }
}
on_both!(an_issuers_tokens_can_be_required_to_be_bound);
