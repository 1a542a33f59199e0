//! Rightly signed tokens whose payload must be refused.

use serde_json::{Value, json};

use super::{Case, token};
use crate::tokens::world::{AUDIENCE, COUNCIL, Issuers, POLICE, officer, officer_but};

/// Payloads that are not one plain object.
pub(super) fn payloads(issuers: &Issuers) -> Vec<Case> {
    let header = json!({"typ": "at+jwt", "alg": "EdDSA", "kid": "ed"}).to_string();
    let good = officer().to_string();
    let mut no_text = good.clone().into_bytes();
    no_text[good.find("zebra7").unwrap()] = 0xff;
    [
        (
            "a claim twice",
            good.replacen('{', r#"{"role":"manager","#, 1).into_bytes(),
        ),
        (
            "a claim twice, once escaped",
            good.replacen('{', r#"{"\u0072ole":"manager","#, 1).into_bytes(),
        ),
        (
            "a claim twice inside",
            good.replacen('{', r#"{"act":{"sub":"a","sub":"b"},"#, 1).into_bytes(),
        ),
        ("a payload that is no text", no_text),
        ("a list for a payload", b"[]".to_vec()),
        ("null for a payload", b"null".to_vec()),
        (
            "a token inside the token",
            issuers.ed.token("ed", &officer()).into_bytes(),
        ),
        ("half a payload", good.as_bytes()[..good.len() - 1].to_vec()),
        ("something behind the payload", format!("{good} {{}}").into_bytes()),
        ("a bare NaN", good.replacen('{', r#"{"x":NaN,"#, 1).into_bytes()),
    ]
    .into_iter()
    .map(|(name, payload)| token(name, issuers.ed.token_of(&header, payload), "payload_malformed"))
    .collect()
}

/// A kind's name, the claim that is spoilt, its value and the cause.
type Spoilt = (&'static str, &'static str, Value, &'static str);

fn with(issuers: &Issuers, spoilt: Vec<Spoilt>) -> impl Iterator<Item = Case> {
    spoilt.into_iter().map(|(name, claim, value, cause)| {
        let spoilt = officer_but(|claims| claims[claim] = value);
        token(name, issuers.ed.token("ed", &spoilt), cause)
    })
}

/// Claims that are missing, and issuers and audiences that are not ours.
pub(super) fn claims(issuers: &Issuers) -> Vec<Case> {
    let (malformed, audience, issuer) = ("claim_malformed", "audience_mismatch", "issuer_unknown");
    let mut cases: Vec<Case> = [
        "iss",
        "aud",
        "exp",
        "sub",
        "client_id",
        "authority",
        "agency",
        "role",
        "purposes",
    ]
    .into_iter()
    .map(|claim| {
        let spoilt = officer_but(|claims| drop(claims.as_object_mut().unwrap().remove(claim)));
        token(claim, issuers.ed.token("ed", &spoilt), "claim_missing")
    })
    .collect();
    let spoilt: Vec<Spoilt> = vec![
        (
            "an issuer and more",
            "iss",
            json!(format!("{POLICE}.evil.example")),
            issuer,
        ),
        ("an issuer and a slash", "iss", json!(format!("{POLICE}/")), issuer),
        ("half an issuer", "iss", json!(&POLICE[..POLICE.len() - 1]), issuer),
        ("an issuer in capitals", "iss", json!(POLICE.to_uppercase()), issuer),
        ("a list of issuers", "iss", json!([POLICE]), malformed),
        (
            "the development issuer by another's key",
            "iss",
            json!("urn:thinkfamily:development-issuer"),
            "key_unknown",
        ),
        ("another issuer by this one's key", "iss", json!(COUNCIL), "key_unknown"),
        ("another audience", "aud", json!("https://other.example"), audience),
        (
            "an audience and a slash",
            "aud",
            json!(format!("{AUDIENCE}/")),
            audience,
        ),
        (
            "half an audience",
            "aud",
            json!(&AUDIENCE[..AUDIENCE.len() - 1]),
            audience,
        ),
        (
            "other audiences",
            "aud",
            json!(["https://a.example", "https://b.example"]),
            audience,
        ),
        ("no audience", "aud", json!([]), malformed),
        ("an object for an audience", "aud", json!({ AUDIENCE: true }), malformed),
        ("an audience among numbers", "aud", json!([AUDIENCE, 1]), malformed),
    ];
    cases.extend(with(issuers, spoilt));
    cases
}

/// Times at which the token does not hold, and what are no times.
pub(super) fn times(issuers: &Issuers) -> Vec<Case> {
    let now = officer()["iat"].as_i64().unwrap();
    let malformed = "claim_malformed";
    let spoilt: Vec<Spoilt> = vec![
        ("expired", "exp", json!(now - 3600), "expired"),
        (
            "expired by a fraction",
            "exp",
            json!(f64::from(u32::try_from(now - 60).unwrap()) + 0.5),
            "expired",
        ),
        ("expired in 1970", "exp", json!(0), "expired"),
        ("an end as text", "exp", json!((now + 600).to_string()), malformed),
        ("an end before time", "exp", json!(-1), malformed),
        ("an end beyond time", "exp", json!(1e300), malformed),
        ("the largest number as an end", "exp", json!(u64::MAX), malformed),
        ("null as an end", "exp", json!(null), malformed),
        ("a life of a year", "exp", json!(now + 366 * 86_400), "lives_too_long"),
        ("not yet valid", "nbf", json!(now + 3600), "not_yet_valid"),
        ("a beginning as text", "nbf", json!(now.to_string()), malformed),
        ("issued in an hour", "iat", json!(now + 3600), "issued_in_future"),
        ("issued at an object", "iat", json!({}), malformed),
    ];
    with(issuers, spoilt).collect()
}

/// People, roles, agencies and bindings that are not theirs to claim, or are none.
pub(super) fn people(issuers: &Issuers) -> Vec<Case> {
    let malformed = "claim_malformed";
    let spoilt: Vec<Spoilt> = vec![
        ("nobody", "sub", json!(""), malformed),
        ("somebody with a NUL", "sub", json!("officer\u{0}"), malformed),
        ("somebody with a line's end", "sub", json!("officer\nadmin"), malformed),
        ("somebody with spaces around", "sub", json!(" officer "), malformed),
        ("somebody very long", "sub", json!("z".repeat(201)), malformed),
        ("a number for somebody", "sub", json!(17), malformed),
        ("a list of programs", "client_id", json!(["a"]), malformed),
        ("an identity of the token that is none", "jti", json!(7), malformed),
        ("an unknown role", "role", json!("chief"), "role_unknown"),
        ("a role in capitals", "role", json!("MARKER_LOOKUP"), "role_unknown"),
        (
            "a portal that acts for nobody",
            "role",
            json!("portal"),
            "role_is_portal",
        ),
        (
            "purposes as a text that is none",
            "purposes",
            json!(" safeguarding"),
            malformed,
        ),
        ("no purpose", "purposes", json!([]), malformed),
        (
            "an agency of another issuer",
            "agency",
            json!("cambs-early-help"),
            "agency_not_trusted",
        ),
        ("another authority", "authority", json!("suffolk"), "agency_not_trusted"),
        ("an actor that is none", "act", json!("portal"), malformed),
        ("an actor of an actor", "act", json!({"act": {}}), "actor_nested"),
        (
            "a portal that may not act",
            "act",
            json!({"sub": "p", "client_id": "p", "agency": "tff-team"}),
            "portal_not_trusted",
        ),
        ("a binding that is none", "cnf", json!("key"), malformed),
        ("a binding to nothing", "cnf", json!({}), "binding_unknown"),
        (
            "a binding that we cannot check",
            "cnf",
            json!({"jwk": {}}),
            "binding_unknown",
        ),
        (
            "bound to a key, without a proof",
            "cnf",
            json!({"jkt": "A".repeat(43)}),
            "binding_unproven",
        ),
        (
            "bound to a key that is no thumbprint",
            "cnf",
            json!({"jkt": "short"}),
            malformed,
        ),
        (
            "bound to a certificate, without one",
            "cnf",
            json!({"x5t#S256": "A".repeat(43)}),
            "binding_unproven",
        ),
    ];
    with(issuers, spoilt).collect()
}
