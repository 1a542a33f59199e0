//! Tokens that are bound to a key, with proofs of possession (RFC 9449), over every transport; and every proof that is not one.

use serde_json::{Value, json};

use super::{
    exchange::{Got, ask, post},
    keys::{Key, base64},
    world::{Issuers, officer, officer_but, proof, proof_but},
};
use crate::support::{
    database::{TestDatabase, on_both},
    process::{Serving, Site},
};

const TOKEN_REFUSED: &str = "DPoP error=\"invalid_token\", algs=\"RS256 ES256 EdDSA\"";
const PROOF_REFUSED: &str = "DPoP error=\"invalid_dpop_proof\", algs=\"RS256 ES256 EdDSA\"";

fn sent(serving: &Serving, scheme: &str, token: &str, proofs: &[&str]) -> Got {
    let mut headers = vec![format!("authorization: {scheme} {token}").into_bytes()];
    headers.extend(proofs.iter().map(|proof| format!("dpop: {proof}").into_bytes()));
    post(serving, "/graphql", &headers)
}

fn bound_to(issuers: &Issuers, key: &Key) -> String {
    let claims = officer_but(|claims| claims["cnf"] = json!({"jkt": key.thumbprint()}));
    issuers.ec.token("ec", &claims)
}

/// A change to a proof's header and claims.
type Change = Box<dyn Fn(&mut Value, &mut Value)>;

/// Proofs that are not one, each with its name.
fn spoilt(token: &str, url: &str) -> Vec<(&'static str, Change)> {
    fn claim(name: &'static str, value: Value) -> Change {
        Box::new(move |_, claims| claims[name] = value.clone())
    }
    fn header(name: &'static str, value: Value) -> Change {
        Box::new(move |header, _| header[name] = value.clone())
    }
    fn without(name: &'static str) -> Change {
        Box::new(move |_, claims| drop(claims.as_object_mut().unwrap().remove(name)))
    }
    let now = officer()["iat"].as_i64().unwrap() + 10;
    let other = token.replacen('e', "f", 1);
    vec![
        ("another method", claim("htm", json!("GET"))),
        ("the method in small letters", claim("htm", json!("post"))),
        ("no method", without("htm")),
        ("another path", claim("htu", json!(format!("{url}/stream")))),
        ("another host", claim("htu", json!("https://evil.example/graphql"))),
        ("another scheme", claim("htu", json!(url.replacen("http", "https", 1)))),
        (
            "a name in the address",
            claim("htu", json!(url.replacen("//", "//me@", 1))),
        ),
        ("a path alone", claim("htu", json!("/graphql"))),
        ("no address", without("htu")),
        ("too old", claim("iat", json!(now - 90))),
        ("of the future", claim("iat", json!(now + 60))),
        ("a time as text", claim("iat", json!(now.to_string()))),
        ("no time", without("iat")),
        ("for another token", claim("ath", json!(super::keys::sha256(other)))),
        ("for no token", without("ath")),
        ("the token itself", claim("ath", json!(token))),
        ("no identifier", without("jti")),
        ("an empty identifier", claim("jti", json!(""))),
        ("a number for an identifier", claim("jti", json!(1))),
        ("a very long identifier", claim("jti", json!("j".repeat(201)))),
        ("of the type of tokens", header("typ", json!("at+jwt"))),
        (
            "of no type",
            Box::new(|header, _| drop(header.as_object_mut().unwrap().remove("typ"))),
        ),
        ("without an algorithm's name", header("alg", json!("none"))),
        ("by a secret", header("alg", json!("HS256"))),
        ("of another algorithm", header("alg", json!("EdDSA"))),
        ("with crit", header("crit", json!(["exp"]))),
        (
            "no key",
            Box::new(|header, _| drop(header.as_object_mut().unwrap().remove("jwk"))),
        ),
        ("another key than it was signed by", header("jwk", Key::ec().public())),
        (
            "a private key",
            Box::new(|header, _| header["jwk"]["d"] = json!("AAAA")),
        ),
        ("a secret for a key", header("jwk", json!({"kty": "oct", "k": "AAAA"}))),
    ]
}

async fn a_token_bound_to_a_key_needs_a_proof_of_this_request(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let issuers = Issuers::new();
    let settings = issuers.settle(folder.path());
    let site = Site::new(folder.path(), Some(database.text()));
    let serving = site.serve(&["--config", settings, "--log-format", "json"]);
    let url = format!("{}/graphql", serving.url);
    for key in [Key::rsa(), &Key::ec(), &Key::ed()] {
        let token = bound_to(&issuers, key);
        for scheme in ["DPoP", "dpop"] {
            let once = proof(key, "POST", &url, &token);
            assert_eq!(
                sent(&serving, scheme, &token, &[&once]).status(),
                200,
                "{}",
                key.algorithm()
            );
            let again = sent(&serving, scheme, &token, &[&once]);
            assert_eq!((again.status(), again.header("www-authenticate")), (401, PROOF_REFUSED));
        }
    }
    let key = Key::ec();
    let token = bound_to(&issuers, &key);
    let also = proof_but(
        &key,
        "POST",
        &format!("{}?a=b#c", url.to_uppercase().replace("GRAPHQL", "graphql")),
        &token,
        |_, _| (),
    );
    assert_eq!(
        sent(&serving, "DPoP", &token, &[&also]).status(),
        200,
        "query, fragment and case of the host count for nothing"
    );
    // What is wrong with a proof.
    let body = sent(&serving, "DPoP", &token, &[]).body;
    let refused = |name: &str, got: &Got, challenge: &str| {
        assert_eq!(
            (got.status(), got.header("www-authenticate")),
            (401, challenge),
            "{name}"
        );
        assert_eq!(got.body, body, "{name}");
    };
    for (name, change) in spoilt(&token, &url) {
        let bad = proof_but(&key, "POST", &url, &token, change);
        refused(name, &sent(&serving, "DPoP", &token, &[&bad]), PROOF_REFUSED);
    }
    let good = || proof(&key, "POST", &url, &token);
    let (one, two) = (good(), good());
    refused("none", &sent(&serving, "DPoP", &token, &[]), PROOF_REFUSED);
    refused("two", &sent(&serving, "DPoP", &token, &[&one, &two]), PROOF_REFUSED);
    refused(
        "two in one",
        &sent(&serving, "DPoP", &token, &[&format!("{one}, {two}")]),
        PROOF_REFUSED,
    );
    refused("no proof", &sent(&serving, "DPoP", &token, &["a.b.c"]), PROOF_REFUSED);
    refused(
        "cut off",
        &sent(&serving, "DPoP", &token, &[&one[..one.len() - 4]]),
        PROOF_REFUSED,
    );
    refused(
        "too long",
        &sent(&serving, "DPoP", &token, &[&base64([b'a'; 7000])]),
        PROOF_REFUSED,
    );
    // What is wrong with the token, or with the two together. A thief with a key of their own learns nothing of the token.
    let thief = Key::ec();
    let stolen = proof(&thief, "POST", &url, &token);
    refused(
        "another's key",
        &sent(&serving, "DPoP", &token, &[&stolen]),
        TOKEN_REFUSED,
    );
    let cut = &token[..token.len() - 4];
    refused(
        "a bad token",
        &sent(&serving, "DPoP", cut, &[&proof(&key, "POST", &url, cut)]),
        TOKEN_REFUSED,
    );
    let free = issuers.ed.token("ed", &officer());
    refused(
        "an unbound token",
        &sent(&serving, "DPoP", &free, &[&proof(&key, "POST", &url, &free)]),
        TOKEN_REFUSED,
    );
    refused("as a bearer", &sent(&serving, "Bearer", &token, &[&good()]), "Bearer");
    refused(
        "as a bearer without proof",
        &sent(&serving, "Bearer", &token, &[]),
        "Bearer",
    );
    assert_eq!(
        sent(&serving, "Bearer", &free, &[&good()]).status(),
        200,
        "a bearer's proof counts for nothing"
    );
    // Other addresses and methods.
    let schema = proof(&key, "GET", &format!("{}/schema.graphql", serving.url), &token);
    let authorization = format!("authorization: DPoP {token}");
    let got = ask(
        &serving,
        "GET /schema.graphql",
        &[&authorization, &format!("dpop: {schema}")],
    );
    assert_eq!(got.status(), 200);
    let stream = proof(&key, "POST", &format!("{url}/stream"), &token);
    let events = [&*authorization, "accept: text/event-stream", &format!("dpop: {stream}")];
    let got = post(
        &serving,
        "/graphql/stream",
        &events.map(|line| line.as_bytes().to_vec()),
    );
    assert_eq!(got.status(), 200, "{got:?}");
    assert!(got.body.contains("MARKER_LOOKUP"), "{got:?}");
    let (_, log) = serving.ended();
    for secret in ["zebra7", "eyJ"] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}
on_both!(a_token_bound_to_a_key_needs_a_proof_of_this_request);
