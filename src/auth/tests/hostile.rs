//! Tests of tokens that must be refused, each for its own cause, and all with the same public answer.

use aws_lc_rs::{hmac, rand::SystemRandom, signature::RSA_PSS_SHA256};
use http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use serde_json::{Value, json};

use super::kit::{COUNCIL, Key, Scene, base64, bearer, officer, officer_with};
use crate::{
    auth::{AuthRefusal, bearer::DEFAULT_MAX_TOKEN_BYTES},
    error::{ErrorCode, RequestError},
};

/// Asserts a refusal with this cause and the one public answer.
#[track_caller]
pub(super) fn assert_refused(what: &str, result: Result<impl std::fmt::Debug, AuthRefusal>, expected: AuthRefusal) {
    let refusal = result.expect_err(what);
    assert_eq!(refusal, expected, "{what}");
    let public = RequestError::from(refusal);
    assert_eq!(public.code, ErrorCode::Unauthenticated, "{what}");
    assert_eq!(public.message, "A valid access token is needed.", "{what}");
}

/// A token with another header, signed by the police's Ed25519 key.
fn with_header(scene: &Scene, header: &Value) -> String {
    scene.police_ed.token_of(header.to_string(), officer().to_string())
}

#[tokio::test]
async fn headers_without_exactly_one_bearer_token_are_refused() {
    use AuthRefusal::{
        NoAuthorization, SchemeNotAccepted, SeveralAuthorizations, TokenEmpty, TokenMalformed, TokenTooLong,
    };
    let scene = Scene::new();
    let token = scene.police_ed.token("police-ed", &officer());
    let with = |values: &[&[u8]]| {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_bytes(value).unwrap());
        }
        headers
    };
    let good = format!("Bearer {token}");
    let long = format!("Bearer {}", "a".repeat(DEFAULT_MAX_TOKEN_BYTES + 1));
    for (what, headers, expected) in [
        ("none", with(&[]), NoAuthorization),
        ("two", with(&[good.as_bytes(), good.as_bytes()]), SeveralAuthorizations),
        (
            "two in one",
            with(&[format!("{good}, {good}").as_bytes()]),
            TokenMalformed,
        ),
        ("empty value", with(&[b""]), SchemeNotAccepted),
        ("basic", with(&[b"Basic b2ZmaWNlcjpzZWNyZXQ="]), SchemeNotAccepted),
        ("no scheme", with(&[token.as_bytes()]), SchemeNotAccepted),
        ("scheme only", with(&[b"Bearer"]), TokenEmpty),
        ("scheme and space", with(&[b"Bearer "]), TokenEmpty),
        ("scheme and spaces", with(&[b"Bearer   "]), TokenEmpty),
        ("tab", with(&[format!("Bearer\t{token}").as_bytes()]), SchemeNotAccepted),
        (
            "space at the end",
            with(&[format!("{good} ").as_bytes()]),
            TokenMalformed,
        ),
        ("not text", with(&[b"Bearer \xff\xfe"]), TokenMalformed),
        ("oversize", with(&[long.as_bytes()]), TokenTooLong),
    ] {
        assert_refused(what, scene.authenticator.authenticate(&headers).await, expected);
    }
    assert_refused(
        "oversize outside of headers",
        scene.authenticator.sign_in_with(&long, None).await,
        TokenTooLong,
    );
}

#[tokio::test]
async fn malformed_tokens_are_refused() {
    let scene = Scene::new();
    let token = scene.police_ed.token("police-ed", &officer());
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (header, payload) = signed.split_once('.').unwrap();
    for (what, broken) in [
        ("one part", header.to_owned()),
        ("two parts", signed.to_owned()),
        ("no signature", format!("{signed}.")),
        ("extra dot at the end", format!("{token}.")),
        ("extra dot in front", format!(".{token}")),
        ("five parts (JWE)", format!("{token}.{payload}.{signature}")),
        ("empty payload", format!("{header}..{signature}")),
        ("padding", format!("{token}==")),
        ("padding in the header", format!("{header}=.{payload}.{signature}")),
        ("standard alphabet", format!("{header}.{payload}.+/{signature}")),
        ("the same bytes spelt otherwise", {
            let last = char::from(*token.as_bytes().last().unwrap());
            let next = char::from(u8::try_from(last).unwrap() + 1);
            format!("{}{next}", &token[..token.len() - 1])
        }),
        ("space inside", format!("{header}.{payload}. {signature}")),
    ] {
        assert_refused(what, scene.try_token(&broken).await, AuthRefusal::TokenMalformed);
    }
}

#[tokio::test]
async fn invalid_signatures_are_refused() {
    let scene = Scene::new();
    let token = scene.police_ed.token("police-ed", &officer());
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let other = base64(officer_with(|claims| claims["role"] = json!("manager")).to_string());
    let header = signed.split_once('.').unwrap().0;
    for (what, broken) in [
        ("truncated", token[..token.len() - 2].to_owned()),
        ("longer", format!("{token}AAAA")),
        ("another payload", format!("{header}.{other}.{signature}")),
        ("zeros", format!("{signed}.{}", base64([0; 64]))),
        ("another key of that kid", Key::ed().token("police-ed", &officer())),
        ("another issuer's key", scene.council.token("police-ed", &officer())),
        ("zeros for ES256", {
            let token = scene.police_ec.token("police-ec", &officer());
            format!("{}.{}", token.rsplit_once('.').unwrap().0, base64([0; 64]))
        }),
        ("RSA with PSS padding under RS256", {
            let header = json!({"typ": "JWT", "alg": "RS256", "kid": "police-rsa"}).to_string();
            let signed = format!("{}.{}", base64(header), base64(officer().to_string()));
            let Key::Rsa(key) = scene.police_rsa else { panic!() };
            let mut signature = vec![0; key.public_modulus_len()];
            key.sign(&RSA_PSS_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
                .unwrap();
            format!("{signed}.{}", base64(signature))
        }),
    ] {
        assert_refused(what, scene.try_token(&broken).await, AuthRefusal::SignatureInvalid);
    }
}

#[tokio::test]
async fn mismatched_algorithms_and_keys_are_refused() {
    use AuthRefusal::{AlgorithmNotAllowed, KeyAlgorithmMismatch, KeyIdMissing, KeyUnknown};
    let scene = Scene::new();
    let header = |alg: &str, kid: &str| json!({"typ": "at+jwt", "alg": alg, "kid": kid});
    for alg in [
        "none", "None", "NONE", "HS256", "HS512", "PS256", "RS512", "ES384", "eddsa", "Ed25519", "",
    ] {
        assert_refused(
            alg,
            scene.try_token(&with_header(&scene, &header(alg, "police-ed"))).await,
            AlgorithmNotAllowed,
        );
    }
    let unsigned = format!(
        "{}.{}.",
        base64(header("none", "police-ed").to_string()),
        base64(officer().to_string())
    );
    assert_refused(
        "none, unsigned",
        scene.try_token(&unsigned).await,
        AuthRefusal::TokenMalformed,
    );
    for public in ["n", "e"] {
        // Algorithm confusion: the public key as the secret of a symmetric algorithm.
        let secret = scene.police_rsa.jwk("police-rsa")[public].as_str().unwrap().to_owned();
        let signed = format!(
            "{}.{}",
            base64(header("HS256", "police-rsa").to_string()),
            base64(officer().to_string())
        );
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), signed.as_bytes());
        assert_refused(
            "HS256",
            scene.try_token(&format!("{signed}.{}", base64(tag))).await,
            AlgorithmNotAllowed,
        );
    }
    for (alg, kid) in [
        ("RS256", "police-ec"),
        ("RS256", "police-ed"),
        ("ES256", "police-rsa"),
        ("EdDSA", "police-ec"),
    ] {
        let token = scene
            .police_ec
            .token_of(header(alg, kid).to_string(), officer().to_string());
        assert_refused(kid, scene.try_token(&token).await, KeyAlgorithmMismatch);
    }
    for kid in [
        "police",
        "council-ed",
        "../../../etc/passwd",
        "/dev/null",
        "' or 1=1 --",
        "police-ed\u{0}",
    ] {
        assert_refused(
            kid,
            scene.try_token(&with_header(&scene, &header("EdDSA", kid))).await,
            KeyUnknown,
        );
    }
    for kid in [
        json!(null),
        json!(1),
        json!(""),
        json!(["police-ed"]),
        json!("k".repeat(201)),
    ] {
        let header = json!({"typ": "at+jwt", "alg": "EdDSA", "kid": kid});
        assert_refused(
            "kid",
            scene.try_token(&with_header(&scene, &header)).await,
            KeyIdMissing,
        );
    }
    let without_alg = json!({"typ": "at+jwt", "kid": "police-ed"});
    assert_refused(
        "no alg",
        scene.try_token(&with_header(&scene, &without_alg)).await,
        AlgorithmNotAllowed,
    );
    let without_kid = json!({"typ": "at+jwt", "alg": "EdDSA"});
    assert_refused(
        "no kid",
        scene.try_token(&with_header(&scene, &without_kid)).await,
        KeyIdMissing,
    );
    // The council may use EdDSA only.
    let council = officer_with(|claims| claims["iss"] = json!(COUNCIL));
    let token = scene.police_ec.token("council-ed", &council);
    assert_refused(
        "ES256 for an EdDSA issuer",
        scene.try_token(&token).await,
        AlgorithmNotAllowed,
    );
}

#[tokio::test]
async fn unsupported_headers_are_refused() {
    use AuthRefusal::{HeaderCritical, HeaderMalformed, SignatureInvalid, TypeNotAccepted};
    let scene = Scene::new();
    let plain = r#""alg":"EdDSA","kid":"police-ed""#;
    let typed = format!(r#""typ":"at+jwt",{plain}"#);
    let unknown_key = Key::ed();
    for (what, header, expected) in [
        ("crit", format!(r#"{{{typed},"crit":["exp"]}}"#), HeaderCritical),
        ("empty crit", format!(r#"{{{typed},"crit":[]}}"#), HeaderCritical),
        ("crit of null", format!(r#"{{{typed},"crit":null}}"#), HeaderCritical),
        (
            "b64",
            format!(r#"{{{typed},"b64":false,"crit":["b64"]}}"#),
            HeaderCritical,
        ),
        ("b64 alone", format!(r#"{{{typed},"b64":true}}"#), HeaderCritical),
        ("no typ", format!("{{{plain}}}"), TypeNotAccepted),
        (
            "identity token",
            format!(r#"{{"typ":"id+jwt",{plain}}}"#),
            TypeNotAccepted,
        ),
        (
            "logout token",
            format!(r#"{{"typ":"logout+jwt",{plain}}}"#),
            TypeNotAccepted,
        ),
        ("typ of null", format!(r#"{{"typ":null,{plain}}}"#), TypeNotAccepted),
        (
            "typ and space",
            format!(r#"{{"typ":"at+jwt ",{plain}}}"#),
            TypeNotAccepted,
        ),
        ("repeated alg", format!(r#"{{{typed},"alg":"none"}}"#), HeaderMalformed),
        (
            "repeated kid",
            format!(r#"{{{typed},"kid":"police-ec"}}"#),
            HeaderMalformed,
        ),
        ("list", format!("[{{{typed}}}]"), HeaderMalformed),
        ("text", r#""at+jwt""#.to_owned(), HeaderMalformed),
        ("two objects", format!("{{{typed}}}{{}}"), HeaderMalformed),
    ] {
        let token = scene.police_ed.token_of(&header, officer().to_string());
        assert_refused(what, scene.try_token(&token).await, expected);
    }
    let embedded = json!({"typ": "at+jwt", "alg": "EdDSA", "kid": "police-ed", "jwk": unknown_key.jwk("police-ed")});
    let token = unknown_key.token_of(embedded.to_string(), officer().to_string());
    assert_refused(
        "signed by the key it brings",
        scene.try_token(&token).await,
        SignatureInvalid,
    );
    let elsewhere = json!({"typ": "at+jwt", "alg": "EdDSA", "kid": "police-ed", "jku": "https://evil.example/keys"});
    let token = unknown_key.token_of(elsewhere.to_string(), officer().to_string());
    assert_refused("jku", scene.try_token(&token).await, SignatureInvalid);
    let mut bytes = format!("{{{typed},\"x\":\"").into_bytes();
    bytes.extend_from_slice(b"\xff\"}");
    let token = scene.police_ed.token_of(bytes, officer().to_string());
    assert_refused("header not UTF-8", scene.try_token(&token).await, HeaderMalformed);
}

#[tokio::test]
async fn malformed_payloads_are_refused() {
    let scene = Scene::new();
    let header = json!({"typ": "at+jwt", "alg": "EdDSA", "kid": "police-ed"}).to_string();
    let good = officer().to_string();
    let repeated = good.replacen('{', r#"{"role":"manager","#, 1);
    let repeated_deep = good.replacen('{', r#"{"act":{"sub":"a","sub":"b"},"#, 1);
    let mut not_utf8 = good.clone().into_bytes();
    let at = good.find("officer-17").unwrap();
    not_utf8[at] = 0xff;
    for (what, payload) in [
        ("repeated key", repeated.into_bytes()),
        ("repeated key inside", repeated_deep.into_bytes()),
        ("not UTF-8", not_utf8),
        ("list", b"[]".to_vec()),
        ("null", b"null".to_vec()),
        (
            "nested token",
            scene.police_ed.token("police-ed", &officer()).into_bytes(),
        ),
        ("cut off", good.as_bytes()[..good.len() - 1].to_vec()),
    ] {
        let token = scene.police_ed.token_of(&header, payload);
        assert_refused(what, scene.try_token(&token).await, AuthRefusal::PayloadMalformed);
    }
}

#[tokio::test]
async fn a_refused_token_is_not_cached() {
    let scene = Scene::new();
    let token = scene.council.token("police-ed", &officer());
    for _ in 0..3 {
        assert_refused(
            "again",
            scene.authenticator.authenticate(&bearer(&token)).await,
            AuthRefusal::SignatureInvalid,
        );
    }
}
