//! Tests of valid tokens and purposes, and of the resulting caller.

use std::sync::atomic::Ordering;

use chrono::TimeDelta;
use http::HeaderValue;
use serde_json::json;
use uuid::Uuid;

use super::kit::{AUDIENCE, COUNCIL, Key, Scene, bearer, noon, officer, officer_with};
use crate::{
    auth::{AuthRefusal, Authenticator, IssuerError, bearer::PURPOSE_HEADER},
    error::ErrorCode,
};

#[tokio::test]
async fn each_algorithm_is_accepted_with_its_own_key() {
    let scene = Scene::new();
    let keys: [(&str, &Key); 3] = [
        ("police-rsa", scene.police_rsa),
        ("police-ec", &scene.police_ec),
        ("police-ed", &scene.police_ed),
    ];
    for (kid, key) in keys {
        let signed_in = scene.try_token(&key.token(kid, &officer())).await.unwrap();
        let caller = signed_in.caller;
        assert_eq!(caller.authority, 7, "{kid}");
        assert_eq!(caller.authority_code, "cambridgeshire");
        assert_eq!(caller.principal.agency, Uuid::from_u128(1));
        assert_eq!(caller.principal.agency_kind, "police");
        assert_eq!(caller.principal.role, "practitioner");
        assert_eq!(caller.principal.subject, "officer-17");
        assert_eq!(caller.client, "police-records");
        assert_eq!(caller.purpose, "safeguarding");
        assert_eq!(caller.portal, None);
        assert_eq!(signed_in.expires_at, noon() + TimeDelta::seconds(600));
    }
}

#[tokio::test]
async fn type_scheme_and_audiences_are_read_leniently_where_the_standards_say_so() {
    let scene = Scene::new();
    for typ in ["at+jwt", "AT+JWT", "application/at+jwt", "JWT", "jwt"] {
        let header = json!({"typ": typ, "alg": "EdDSA", "kid": "police-ed"}).to_string();
        let token = scene.police_ed.token_of(header, officer().to_string());
        assert!(scene.try_token(&token).await.is_ok(), "{typ}");
        let mut headers = bearer("");
        let value = HeaderValue::from_str(&format!("bEARER {token}")).unwrap();
        headers.insert(http::header::AUTHORIZATION, value);
        assert!(scene.authenticator.authenticate(&headers).await.is_ok());
    }
    let listed = officer_with(|claims| claims["aud"] = json!(["https://other.example", AUDIENCE]));
    assert!(scene.try_claims(&listed).await.is_ok());
    let sparse = officer_with(|claims| {
        for optional in ["iat", "nbf", "jti"] {
            claims.as_object_mut().unwrap().remove(optional);
        }
        claims["exp"] = json!(1_768_478_460.5);
    });
    assert!(scene.try_claims(&sparse).await.is_ok());
}

#[tokio::test]
async fn a_single_purpose_may_be_a_string_and_the_client_claim_has_alternatives() {
    let scene = Scene::new();
    let claims = officer_with(|claims| claims["purposes"] = json!("safeguarding"));
    let caller = scene.try_claims(&claims).await.unwrap().caller;
    assert_eq!(caller.purposes, ["safeguarding"]);
    for name in ["azp", "appid"] {
        let claims = officer_with(|claims| {
            claims.as_object_mut().unwrap().remove("client_id");
            claims[name] = json!("by-another-name");
        });
        assert_eq!(
            scene.try_claims(&claims).await.unwrap().caller.client,
            "by-another-name"
        );
        // Beside the standard claim it is ignored, and an invalid standard claim has no substitute.
        let both = officer_with(|claims| claims[name] = json!("by-another-name"));
        assert_eq!(scene.try_claims(&both).await.unwrap().caller.client, "police-records");
        let wrong = officer_with(|claims| {
            claims["client_id"] = json!(1);
            claims[name] = json!("by-another-name");
        });
        let refused = scene.try_claims(&wrong).await.unwrap_err();
        assert_eq!(refused, AuthRefusal::ClaimMalformed("client_id"));
    }
}

#[tokio::test]
async fn keys_in_the_header_are_ignored() {
    let scene = Scene::new();
    let header = json!({
        "typ": "at+jwt", "alg": "EdDSA", "kid": "police-ed", "jku": "https://evil.example/keys",
        "x5u": "https://evil.example/chain", "jwk": Key::ed().jwk("police-ed"), "x5c": ["AAAA"],
    });
    let token = scene.police_ed.token_of(header.to_string(), officer().to_string());
    assert!(scene.try_token(&token).await.is_ok());
}

#[tokio::test]
async fn a_portal_acts_for_a_user() {
    let scene = Scene::new();
    let claims = officer_with(|claims| {
        claims["act"] = json!({"sub": "portal-1", "client_id": "family-portal", "agency": "cambs-portal"});
    });
    let caller = scene.try_claims(&claims).await.unwrap().caller;
    let portal = caller.portal.unwrap();
    assert_eq!((portal.role.as_str(), portal.subject.as_str()), ("portal", "portal-1"));
    assert_eq!(
        (portal.agency, portal.agency_kind.as_str()),
        (Uuid::from_u128(3), "tff_team")
    );
    assert_eq!(caller.principal.subject, "officer-17");
    assert_eq!(caller.client, "family-portal");
}

#[tokio::test]
async fn with_a_portal_the_portal_decides_about_registered_documents() {
    let scene = Scene::new();
    for (own, portal, held) in [
        ("police-records", None, false),
        ("registered-records", None, true),
        ("registered-records", Some("family-portal"), false),
        ("police-records", Some("registered-portal"), true),
    ] {
        let claims = officer_with(|claims| {
            claims["client_id"] = json!(own);
            if let Some(portal) = portal {
                claims["act"] = json!({"sub": "portal-1", "client_id": portal, "agency": "cambs-portal"});
            }
        });
        assert_eq!(
            scene.try_claims(&claims).await.unwrap().only_registered,
            held,
            "{own} {portal:?}"
        );
    }
}

#[tokio::test]
async fn clock_skew_is_allowed_up_to_the_leeway() {
    let scene = Scene::new();
    let now = noon().timestamp();
    for (claim, within, beyond, refusal) in [
        ("exp", now - 4, now - 5, AuthRefusal::Expired),
        ("nbf", now + 5, now + 6, AuthRefusal::NotYetValid),
        ("iat", now + 5, now + 6, AuthRefusal::IssuedInFuture),
        ("exp", now + 86_405, now + 86_406, AuthRefusal::LivesTooLong),
    ] {
        let accepted = scene
            .try_claims(&officer_with(|claims| claims[claim] = json!(within)))
            .await;
        assert!(accepted.is_ok(), "{claim} {accepted:?}");
        let refused = scene
            .try_claims(&officer_with(|claims| claims[claim] = json!(beyond)))
            .await;
        assert_eq!(refused.unwrap_err(), refusal);
    }
}

#[tokio::test]
async fn a_cached_token_still_expires_and_its_agency_is_looked_up_each_time() {
    let scene = Scene::new();
    let token = scene.police_ed.token("police-ed", &officer());
    assert!(scene.try_token(&token).await.is_ok());
    assert!(scene.try_token(&token).await.is_ok());
    assert_eq!(scene.register.asked.load(Ordering::SeqCst), 2);
    scene.register.down.store(true, Ordering::SeqCst);
    let refusal = scene.try_token(&token).await.unwrap_err();
    assert_eq!(refusal, AuthRefusal::DirectoryUnavailable);
    assert_eq!(refusal.error_code(), ErrorCode::Unavailable);
    scene.register.down.store(false, Ordering::SeqCst);
    scene.clock.set(noon() + TimeDelta::seconds(604));
    assert!(scene.try_token(&token).await.is_ok());
    scene.clock.set(noon() + TimeDelta::seconds(605));
    assert_eq!(scene.try_token(&token).await.unwrap_err(), AuthRefusal::Expired);
}

#[tokio::test]
async fn the_purpose_comes_from_the_header_or_is_the_tokens_only_one() {
    let scene = Scene::new();
    let several = officer_with(|claims| claims["purposes"] = json!(["safeguarding", "early_help", "safeguarding"]));
    let token = scene.police_ed.token("police-ed", &several);
    let with = |purposes: &[&[u8]]| {
        let mut headers = bearer(&token);
        for purpose in purposes {
            headers.append(PURPOSE_HEADER, HeaderValue::from_bytes(purpose).unwrap());
        }
        headers
    };
    let sign_in = |headers| {
        let authenticator: Authenticator = scene.authenticator.clone();
        async move { authenticator.authenticate(&headers).await }
    };
    let caller = sign_in(with(&[b"early_help"])).await.unwrap();
    assert_eq!(caller.purpose, "early_help");
    assert_eq!(caller.purposes, ["safeguarding", "early_help"]);
    for (purposes, refusal, code) in [
        (&[][..], AuthRefusal::PurposeRequired, ErrorCode::PurposeRequired),
        (
            &[&b"statistics"[..]],
            AuthRefusal::PurposeNotAllowed,
            ErrorCode::NotInAgreement,
        ),
        (
            &[&b"Safeguarding"[..]],
            AuthRefusal::PurposeNotAllowed,
            ErrorCode::NotInAgreement,
        ),
        (&[&b""[..]], AuthRefusal::PurposeMalformed, ErrorCode::BadUserInput),
        (&[&b"\xff"[..]], AuthRefusal::PurposeMalformed, ErrorCode::BadUserInput),
        (
            &[&b"safeguarding"[..], b"early_help"],
            AuthRefusal::PurposeMalformed,
            ErrorCode::BadUserInput,
        ),
    ] {
        let refused = sign_in(with(purposes)).await.unwrap_err();
        assert_eq!((refused, refused.error_code()), (refusal, code));
    }
    // A refused token is refused for its own cause, whatever purpose is named.
    let mut headers = with(&[b"statistics"]);
    headers.remove(http::header::AUTHORIZATION);
    assert_eq!(sign_in(headers).await.unwrap_err(), AuthRefusal::NoAuthorization);
}

#[tokio::test]
async fn a_token_outside_headers_is_checked_the_same() {
    let scene = Scene::new();
    let token = scene.police_ec.token("police-ec", &officer());
    let signed_in = scene
        .authenticator
        .sign_in_with(&token, Some("safeguarding"))
        .await
        .unwrap();
    assert_eq!(signed_in, scene.try_token(&token).await.unwrap());
    let refused = scene.authenticator.sign_in_with("", None).await.unwrap_err();
    assert_eq!(refused, AuthRefusal::TokenEmpty);
    let council = officer_with(|claims| {
        claims["iss"] = json!(COUNCIL);
        claims["agency"] = json!("cambs-council");
    });
    let token = scene.council.token("council-ed", &council);
    let caller = scene.authenticator.sign_in_with(&token, None).await.unwrap().caller;
    assert_eq!(caller.principal.agency_kind, "childrens_social_care");
}

#[test]
fn starting_without_an_issuer_is_refused() {
    let scene = Scene::new();
    let refused = Authenticator::new(Vec::new(), scene.register.clone(), scene.clock.clone());
    assert!(matches!(refused, Err(IssuerError::None)));
}
