//! Headers that name an algorithm or key that is not theirs, or ask for more than we do.

use aws_lc_rs::hmac;
use serde_json::{Value, json};

use super::{Case, token};
use crate::tokens::{
    keys::{Key, base64},
    world::{COUNCIL, Issuers, officer, officer_but},
};

/// A payload under another header, signed by the key `ed` all the same.
fn under(issuers: &Issuers, header: &Value) -> String {
    issuers.ed.token_of(header.to_string(), officer().to_string())
}

/// A token signed by HMAC with that secret.
fn by_hmac(secret: &[u8], kid: &str) -> String {
    let header = json!({"typ": "at+jwt", "alg": "HS256", "kid": kid}).to_string();
    let signed = format!("{}.{}", base64(header), base64(officer().to_string()));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes());
    format!("{signed}.{}", base64(tag))
}

/// Algorithms, and keys that are not theirs.
pub(super) fn algorithms(issuers: &Issuers) -> Vec<Case> {
    let header = |alg: Value, kid: Value| json!({"typ": "at+jwt", "alg": alg, "kid": kid});
    let none = header(json!("none"), json!("ed")).to_string();
    let unsigned = format!("{}.{}.", base64(none), base64(officer().to_string()));
    let not_allowed = "algorithm_not_allowed";
    let mut cases = vec![
        token("no algorithm and no signature", unsigned, "token_malformed"),
        token(
            "the public key's DER as a secret",
            by_hmac(&issuers.rsa.der(), "rsa"),
            not_allowed,
        ),
        token(
            "the public key's JSON as a secret",
            by_hmac(issuers.rsa.jwk("rsa").to_string().as_bytes(), "rsa"),
            not_allowed,
        ),
        token("an empty secret", by_hmac(b"", "ed"), not_allowed),
        token(
            "an algorithm that this issuer may not use",
            {
                let council = officer_but(|claims| claims["iss"] = json!(COUNCIL));
                issuers.ec.token("council", &council)
            },
            not_allowed,
        ),
        token(
            "RS256 for a key on a curve",
            {
                let header = header(json!("RS256"), json!("ec")).to_string();
                issuers.rsa.token_of(header, officer().to_string())
            },
            "key_algorithm_mismatch",
        ),
        token(
            "ES256 for an RSA key",
            {
                let header = header(json!("ES256"), json!("rsa")).to_string();
                issuers.ec.token_of(header, officer().to_string())
            },
            "key_algorithm_mismatch",
        ),
        token(
            "EdDSA for an RSA key",
            under(issuers, &header(json!("EdDSA"), json!("rsa"))),
            "key_algorithm_mismatch",
        ),
    ];
    for (name, alg) in [
        ("none", json!("none")),
        ("None", json!("None")),
        ("nOnE", json!("nOnE")),
        ("lower-case rs256", json!("rs256")),
        ("lower-case eddsa", json!("eddsa")),
        ("a space behind the algorithm", json!("EdDSA ")),
        ("PS256", json!("PS256")),
        ("ES384", json!("ES384")),
        ("HS512", json!("HS512")),
        ("an empty algorithm", json!("")),
        ("the algorithm null", json!(null)),
        ("a list of algorithms", json!(["EdDSA"])),
        ("the algorithm a number", json!(1)),
    ] {
        cases.push(token(name, under(issuers, &header(alg, json!("ed"))), not_allowed));
    }
    let without = json!({"typ": "at+jwt", "kid": "ed"});
    cases.push(token("without an algorithm", under(issuers, &without), not_allowed));
    for (name, kid, cause) in [
        ("an unknown key", json!("nobody"), "key_unknown"),
        ("another issuer's key by name", json!("council"), "key_unknown"),
        ("a path for a key", json!("../../../../dev/null"), "key_unknown"),
        ("SQL for a key", json!("' OR 1=1 --"), "key_unknown"),
        ("a key with a NUL", json!("ed\u{0}"), "key_unknown"),
        ("the key's name in capitals", json!("ED"), "key_unknown"),
        ("an empty key", json!(""), "key_id_missing"),
        ("the key a number", json!(1), "key_id_missing"),
        ("a list of keys", json!(["ed"]), "key_id_missing"),
        ("a very long key", json!("k".repeat(300)), "key_id_missing"),
    ] {
        cases.push(token(name, under(issuers, &header(json!("EdDSA"), kid)), cause));
    }
    let without = json!({"typ": "at+jwt", "alg": "EdDSA"});
    cases.push(token("without a key", under(issuers, &without), "key_id_missing"));
    cases
}

/// Types, extensions, and keys that the token brings along.
pub(super) fn others(issuers: &Issuers) -> Vec<Case> {
    let plain = r#""alg":"EdDSA","kid":"ed""#;
    let typed = format!(r#""typ":"at+jwt",{plain}"#);
    let mut cases: Vec<Case> = [
        ("crit", format!(r#"{{{typed},"crit":["exp"]}}"#), "header_critical"),
        (
            "crit of an unknown name",
            format!(r#"{{{typed},"crit":["x"],"x":1}}"#),
            "header_critical",
        ),
        ("empty crit", format!(r#"{{{typed},"crit":[]}}"#), "header_critical"),
        (
            "b64",
            format!(r#"{{{typed},"b64":false,"crit":["b64"]}}"#),
            "header_critical",
        ),
        ("b64 alone", format!(r#"{{{typed},"b64":true}}"#), "header_critical"),
        ("no type", format!("{{{plain}}}"), "type_not_accepted"),
        (
            "an identity token",
            format!(r#"{{"typ":"id+jwt",{plain}}}"#),
            "type_not_accepted",
        ),
        (
            "a logout token",
            format!(r#"{{"typ":"logout+jwt",{plain}}}"#),
            "type_not_accepted",
        ),
        (
            "a proof",
            format!(r#"{{"typ":"dpop+jwt",{plain}}}"#),
            "type_not_accepted",
        ),
        (
            "a type and a space",
            format!(r#"{{"typ":"at+jwt ",{plain}}}"#),
            "type_not_accepted",
        ),
        (
            "a list of types",
            format!(r#"{{"typ":["at+jwt"],{plain}}}"#),
            "type_not_accepted",
        ),
        (
            "the algorithm twice",
            format!(r#"{{{typed},"alg":"none"}}"#),
            "header_malformed",
        ),
        (
            "the algorithm twice, once escaped",
            format!(r#"{{{typed},"\u0061lg":"none"}}"#),
            "header_malformed",
        ),
        (
            "the key twice",
            format!(r#"{{{typed},"kid":"ec"}}"#),
            "header_malformed",
        ),
        ("a list", format!("[{{{typed}}}]"), "header_malformed"),
        ("two objects", format!("{{{typed}}}{{}}"), "header_malformed"),
        ("a comma too many", format!("{{{typed},}}"), "header_malformed"),
        (
            "a mark of byte order",
            format!("\u{feff}{{{typed}}}"),
            "header_malformed",
        ),
        ("a NUL behind it", format!("{{{typed}}}\u{0}"), "header_malformed"),
    ]
    .into_iter()
    .map(|(name, header, cause)| token(name, issuers.ed.token_of(header, officer().to_string()), cause))
    .collect();
    let mut bytes = format!("{{{typed},\"x\":\"").into_bytes();
    bytes.extend_from_slice(b"\xff\"}");
    let broken = issuers.ed.token_of(bytes, officer().to_string());
    cases.push(token("a header that is no text", broken, "header_malformed"));
    let stranger = Key::ed();
    for (name, member, value) in [
        ("signed by the key that it brings", "jwk", stranger.jwk("ed")),
        ("keys from elsewhere", "jku", json!("https://evil.example/keys")),
        (
            "a certificate from elsewhere",
            "x5u",
            json!("https://evil.example/certificate"),
        ),
        ("a certificate of its own", "x5c", json!(["MIIBszCCAVmgAwIBAgIUe"])),
    ] {
        let mut header = json!({"typ": "at+jwt", "alg": "EdDSA", "kid": "ed"});
        header[member] = value;
        let text = stranger.token_of(header.to_string(), officer().to_string());
        cases.push(token(name, text, "signature_invalid"));
    }
    cases
}
