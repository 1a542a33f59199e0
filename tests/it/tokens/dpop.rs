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

/// A server, and somebody with a key and a token that is bound to it.
struct Scene {
    serving: Serving,
    issuers: Issuers,
    key: Key,
    token: String,
    url: String,
    /// What everybody is told who is refused.
    body: String,
}

impl Scene {
    fn of(site: &Site, issuers: Issuers, settings: &str) -> Self {
        let serving = site.serve(&["--config", settings, "--log-format", "json"]);
        let key = Key::ec();
        let token = bound_to(&issuers, &key);
        let body = sent(&serving, "DPoP", &token, &[]).body;
        Self {
            url: format!("{}/graphql", serving.url),
            serving,
            issuers,
            key,
            token,
            body,
        }
    }

    fn proof(&self) -> String {
        proof(&self.key, "POST", &self.url, &self.token)
    }

    #[track_caller]
    fn refuses(&self, name: &str, scheme: &str, token: &str, proofs: &[&str], challenge: &str) {
        let got = sent(&self.serving, scheme, token, proofs);
        assert_eq!(
            (got.status(), got.header("www-authenticate")),
            (401, challenge),
            "{name}"
        );
        assert_eq!(got.body, self.body, "{name}");
    }

    /// Keys of every kind, the scheme in any case, an address that is written otherwise; once each.
    fn proofs_count_once(&self) {
        for key in [Key::rsa(), &Key::ec(), &Key::ed()] {
            let token = bound_to(&self.issuers, key);
            for scheme in ["DPoP", "dpop"] {
                let once = proof(key, "POST", &self.url, &token);
                let got = sent(&self.serving, scheme, &token, &[&once]);
                assert_eq!(got.status(), 200, "{}", key.algorithm());
                self.refuses("shown before", scheme, &token, &[&once], PROOF_REFUSED);
            }
        }
        let otherwise = format!("{}?a=b#c", self.url.replacen("http", "HTTP", 1));
        let also = proof(&self.key, "POST", &otherwise, &self.token);
        let got = sent(&self.serving, "DPoP", &self.token, &[&also]);
        assert_eq!(
            got.status(),
            200,
            "query, fragment and case of the scheme count for nothing"
        );
    }

    /// What is wrong with a proof.
    fn what_is_no_proof_is_refused(&self) {
        for (name, change) in spoilt(&self.token, &self.url) {
            let bad = proof_but(&self.key, "POST", &self.url, &self.token, change);
            self.refuses(name, "DPoP", &self.token, &[&bad], PROOF_REFUSED);
        }
        let (one, two) = (self.proof(), self.proof());
        let both = format!("{one}, {two}");
        let long = base64([b'a'; 7000]);
        for (name, proofs) in [
            ("none", &[][..]),
            ("two", &[&*one, &two]),
            ("two in one", &[&both]),
            ("no proof", &["a.b.c"]),
            ("cut off", &[&one[..one.len() - 4]]),
            ("too long", &[&long]),
        ] {
            self.refuses(name, "DPoP", &self.token, proofs, PROOF_REFUSED);
        }
    }

    /// What is wrong with the token, or with the two together. A thief with a key of their own learns nothing of the token.
    fn what_does_not_belong_together_is_refused(&self) {
        let (url, token) = (&self.url, &*self.token);
        let stolen = proof(&Key::ec(), "POST", url, token);
        self.refuses("another's key", "DPoP", token, &[&stolen], TOKEN_REFUSED);
        let cut = &token[..token.len() - 4];
        let of_cut = proof(&self.key, "POST", url, cut);
        self.refuses("a bad token", "DPoP", cut, &[&of_cut], TOKEN_REFUSED);
        let free = self.issuers.ed.token("ed", &officer());
        let of_free = proof(&self.key, "POST", url, &free);
        self.refuses("an unbound token", "DPoP", &free, &[&of_free], TOKEN_REFUSED);
        self.refuses("as a bearer", "Bearer", token, &[&self.proof()], "Bearer");
        self.refuses("as a bearer without proof", "Bearer", token, &[], "Bearer");
        let got = sent(&self.serving, "Bearer", &free, &[&self.proof()]);
        assert_eq!(got.status(), 200, "a bearer's proof counts for nothing");
    }

    /// Other addresses and methods.
    fn every_address_has_its_own_proofs(&self) {
        let authorization = format!("authorization: DPoP {}", self.token);
        let schema = proof(
            &self.key,
            "GET",
            &format!("{}/schema.graphql", self.serving.url),
            &self.token,
        );
        let headers = [&*authorization, &format!("dpop: {schema}")];
        assert_eq!(ask(&self.serving, "GET /schema.graphql", &headers).status(), 200);
        let stream = proof(&self.key, "POST", &format!("{}/stream", self.url), &self.token);
        let events = [&*authorization, "accept: text/event-stream", &format!("dpop: {stream}")];
        let got = post(
            &self.serving,
            "/graphql/stream",
            &events.map(|line| line.as_bytes().to_vec()),
        );
        assert_eq!(got.status(), 200, "{got:?}");
        assert!(got.body.contains("MARKER_LOOKUP"), "{got:?}");
    }
}

async fn a_token_bound_to_a_key_needs_a_proof_of_this_request(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let issuers = Issuers::new();
    let settings = issuers.settle(folder.path());
    let site = Site::new(folder.path(), Some(database.text()));
    let scene = Scene::of(&site, issuers, settings);
    scene.proofs_count_once();
    scene.what_is_no_proof_is_refused();
    scene.what_does_not_belong_together_is_refused();
    scene.every_address_has_its_own_proofs();
    let (_, log) = scene.serving.ended();
    for secret in ["zebra7", "eyJ"] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}
on_both!(a_token_bound_to_a_key_needs_a_proof_of_this_request);
