//! Tokens that are bound to a certificate (RFC 8705), with a proxy in front that says which certificate the client showed (RFC 9440).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

use super::{
    exchange::{Got, post},
    keys::sha256,
    world::{Issuers, officer_but},
};
use crate::support::{
    database::{TestDatabase, on_both},
    process::{Serving, Site},
};

fn sent(serving: &Serving, token: &str, certificates: &[&str]) -> Got {
    let mut headers = vec![format!("authorization: Bearer {token}").into_bytes()];
    headers.extend(
        certificates
            .iter()
            .map(|value| format!("client-cert: {value}").into_bytes()),
    );
    post(serving, "/graphql", &headers)
}

async fn a_token_bound_to_a_certificate_needs_it_from_a_trusted_proxy(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let issuers = Issuers::new();
    let settings = issuers.settle(folder.path());
    let site = Site::new(folder.path(), Some(database.text()));
    let bound = officer_but(|claims| claims["cnf"] = json!({"x5t#S256": sha256("a certificate")}));
    let token = issuers.ed.token("ed", &bound);
    let item = |der: &str| format!(":{}:", STANDARD.encode(der));
    let right = item("a certificate");

    let header = [
        "--config",
        settings,
        "--client-certificate-header",
        "Client-Cert",
        "--trusted-proxies",
    ];
    let near = site.serve(&[&header[..], &["127.0.0.0/8"]].concat());
    assert_eq!(sent(&near, &token, &[&right]).status(), 200);
    let refused = sent(&near, &token, &[]);
    assert_eq!((refused.status(), refused.header("www-authenticate")), (401, "Bearer"));
    for values in [
        vec![item("another certificate")],
        vec![right.clone(), right.clone()],
        vec![right.trim_matches(':').to_owned()],
        vec![format!("{right}, {right}")],
        vec![format!("{right};a")],
        vec![sha256("a certificate")],
        vec![String::new()],
    ] {
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        assert_eq!(sent(&near, &token, &values), refused, "{values:?}");
    }
    let free = issuers.ed.token("ed", &officer_but(|_| ()));
    assert_eq!(sent(&near, &free, &[&right]).status(), 200, "others need none");
    drop(near);

    // The same header from anybody else counts for nothing.
    let far = site.serve(&[&header[..], &["192.0.2.0/24"]].concat());
    assert_eq!(sent(&far, &token, &[&right]), refused);
    assert_eq!(sent(&far, &free, &[&right]).status(), 200);
    drop(far);
    let unset = site.serve(&["--config", settings]);
    assert_eq!(sent(&unset, &token, &[&right]), refused);
    drop(unset);

    // Without a proxy anybody could set the header.
    let alone = site.run(&["serve", "--client-certificate-header", "Client-Cert"]);
    let said = String::from_utf8_lossy(&alone.stderr).into_owned();
    assert!(!alone.status.success() && said.contains("trusted_proxies"), "{said}");
}
on_both!(a_token_bound_to_a_certificate_needs_it_from_a_trusted_proxy);
