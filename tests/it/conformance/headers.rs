//! What every answer carries, whatever was asked and whatever became of it.

use super::raw::send;
use crate::{
    live::police,
    support::{
        database::{TestDatabase, on_both},
        process::Site,
    },
};

const PATHS: [&str; 17] = [
    "/",
    "/style.css",
    "/graphql",
    "/graphql?query=%7B__typename%7D",
    "/graphql/stream",
    "/graphql/nothing",
    "/schema.graphql",
    "/sharing",
    "/healthz",
    "/readyz",
    "/metrics",
    "/.well-known/jwks.json",
    "/graphiql",
    "/graphiql/app.js",
    "/graphiql/roles.json",
    "/graphiql/nothing",
    "/nothing/at/all?a=%ff",
];

async fn nothing_is_kept_sniffed_or_framed(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let serving = site.serve(&[]);
    let token = site.token(&police());
    let mut statuses = std::collections::BTreeSet::new();
    for path in PATHS {
        for method in ["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE"] {
            for who in [
                vec![],
                vec!["authorization: Bearer nonsense".to_owned()],
                vec![
                    format!("authorization: Bearer {token}"),
                    "x-purpose-of-use: safeguarding".to_owned(),
                ],
            ] {
                let line = format!("{method} {path}");
                let got = send(&serving, &line, &who, if method == "POST" { "{" } else { "" });
                statuses.insert(got.status);
                assert!(got.status >= 200, "{line}");
                for (name, value) in [
                    ("cache-control", "no-store"),
                    ("x-content-type-options", "nosniff"),
                    ("referrer-policy", "no-referrer"),
                    ("x-frame-options", "DENY"),
                ] {
                    assert_eq!(got.header(name), value, "{line}: {}", got.status);
                }
                assert!(
                    got.header("content-security-policy").contains("frame-ancestors 'none'"),
                    "{line}"
                );
                assert!(got.header("x-request-id").parse::<uuid::Uuid>().is_ok(), "{line}");
                assert_eq!(got.header("access-control-allow-origin"), "", "{line}");
                assert_eq!(got.header("server"), "", "{line}: nobody needs to know");
                assert_eq!(
                    got.header("www-authenticate"),
                    if got.status == 401 { "Bearer" } else { "" },
                    "{line}"
                );
            }
        }
    }
    for status in [200, 400, 401, 403, 404, 405, 415] {
        assert!(statuses.contains(&status), "{status} was tried: {statuses:?}");
    }
}
on_both!(nothing_is_kept_sniffed_or_framed);
