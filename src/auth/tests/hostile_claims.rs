//! Tests of correctly signed tokens whose claims must be refused.

use serde_json::{Value, json};

use super::{
    hostile::assert_refused,
    kit::{AUDIENCE, COUNCIL, POLICE, Scene, noon, officer_with},
};
use crate::auth::AuthRefusal;

#[tokio::test]
async fn missing_or_malformed_claims_are_refused() {
    use AuthRefusal::{ClaimMalformed, ClaimMissing};
    let scene = Scene::new();
    let required = [
        "iss",
        "aud",
        "exp",
        "sub",
        "client_id",
        "authority",
        "agency",
        "role",
        "purposes",
    ];
    for claim in required {
        let spoilt = officer_with(|claims| drop(claims.as_object_mut().unwrap().remove(claim)));
        assert_refused(claim, scene.try_claims(&spoilt).await, ClaimMissing(claim));
        for value in [json!(null), json!({}), json!(true)] {
            let spoilt = officer_with(|claims| claims[claim] = value);
            assert_refused(claim, scene.try_claims(&spoilt).await, ClaimMalformed(claim));
        }
    }
    for claim in ["sub", "client_id", "authority", "agency", "role", "jti"] {
        for value in ["", " ", " a", "a ", "a\nb", "a\u{0}", "a\u{85}b", &"é".repeat(201)] {
            let spoilt = officer_with(|claims| claims[claim] = json!(value));
            assert_refused(claim, scene.try_claims(&spoilt).await, ClaimMalformed(claim));
        }
    }
    for claim in ["exp", "nbf", "iat"] {
        let as_text = noon().timestamp().to_string();
        for value in [
            json!(as_text),
            json!(-1),
            json!(-0.5),
            json!(1e300),
            json!(u64::MAX),
            json!(null),
            json!([1]),
        ] {
            let spoilt = officer_with(|claims| claims[claim] = value);
            assert_refused(claim, scene.try_claims(&spoilt).await, ClaimMalformed(claim));
        }
    }
    let many: Vec<String> = (0..21).map(|number| format!("purpose-{number}")).collect();
    for value in [
        json!([]),
        json!(""),
        json!(" safeguarding"),
        json!({ "safeguarding": true }),
        json!(1),
        json!(["safeguarding", 1]),
        json!([""]),
        json!([null]),
        json!(many),
    ] {
        let spoilt = officer_with(|claims| claims["purposes"] = value);
        assert_refused("purposes", scene.try_claims(&spoilt).await, ClaimMalformed("purposes"));
    }
}

#[tokio::test]
async fn tokens_for_another_time_or_audience_are_refused() {
    use AuthRefusal::{
        AudienceMismatch, ClaimMalformed, Expired, IssuedInFuture, IssuerUnknown, LivesTooLong, NotYetValid,
    };
    let scene = Scene::new();
    let now = noon().timestamp();
    for (claim, value, expected) in [
        ("exp", json!(now - 3600), Expired),
        ("exp", json!(0), Expired),
        ("nbf", json!(now + 3600), NotYetValid),
        ("iat", json!(now + 3600), IssuedInFuture),
        ("exp", json!(now + 40 * 86_400), LivesTooLong),
        ("aud", json!(format!("{AUDIENCE}/")), AudienceMismatch),
        ("aud", json!(&AUDIENCE[..AUDIENCE.len() - 1]), AudienceMismatch),
        ("aud", json!(AUDIENCE.to_uppercase()), AudienceMismatch),
        (
            "aud",
            json!(["https://a.example", "https://b.example"]),
            AudienceMismatch,
        ),
        ("aud", json!([]), ClaimMalformed("aud")),
        ("iss", json!(format!("{POLICE}/")), IssuerUnknown),
        ("iss", json!(format!("{POLICE}.evil.example")), IssuerUnknown),
        ("iss", json!(&POLICE[..POLICE.len() - 1]), IssuerUnknown),
        ("iss", json!(POLICE.to_uppercase()), IssuerUnknown),
        ("iss", json!(""), IssuerUnknown),
        ("iss", json!([POLICE]), ClaimMalformed("iss")),
    ] {
        let spoilt = officer_with(|claims| claims[claim] = value);
        assert_refused(claim, scene.try_claims(&spoilt).await, expected);
    }
}

#[tokio::test]
async fn agencies_that_the_issuer_may_not_speak_for_are_refused() {
    use AuthRefusal::{AgencyNotTrusted, AgencyUnknown, RoleIsPortal, RoleUnknown};
    let scene = Scene::new();
    for (claim, value, expected) in [
        ("role", "chief", RoleUnknown),
        ("role", "Practitioner", RoleUnknown),
        ("role", "portal", RoleIsPortal),
        ("agency", "cambs-council", AgencyNotTrusted),
        ("agency", "cambs-police ltd", AgencyNotTrusted),
        ("agency", "CAMBS-POLICE", AgencyNotTrusted),
        // The portal's agency is trusted for portals, not for users.
        ("agency", "cambs-portal", AgencyNotTrusted),
        ("authority", "suffolk", AgencyNotTrusted),
        ("agency", "cambs-ghost", AgencyUnknown),
    ] {
        let spoilt = officer_with(|claims| claims[claim] = json!(value));
        assert_refused(value, scene.try_claims(&spoilt).await, expected);
    }
    let impostor = officer_with(|claims| claims["iss"] = json!(COUNCIL));
    let token = scene.council.token("council-ed", &impostor);
    assert_refused(
        "the council for the police",
        scene.try_token(&token).await,
        AgencyNotTrusted,
    );
}

#[tokio::test]
async fn portals_that_may_not_act_are_refused() {
    use AuthRefusal::{ActorNested, ClaimMalformed, ClaimMissing, PortalNotTrusted, PortalUnknown};
    let scene = Scene::new();
    let act = |change: &dyn Fn(&mut Value)| {
        let mut actor = json!({"sub": "portal-1", "client_id": "family-portal", "agency": "cambs-portal"});
        change(&mut actor);
        officer_with(|claims| claims["act"] = actor)
    };
    let nested = json!({"sub": "portal-2", "client_id": "other", "agency": "cambs-portal"});
    for (what, claims, expected) in [
        ("nested", act(&|actor| actor["act"] = nested.clone()), ActorNested),
        ("nested null", act(&|actor| actor["act"] = json!(null)), ActorNested),
        (
            "not an object",
            act(&|actor| *actor = json!("portal-1")),
            ClaimMalformed("act"),
        ),
        ("null", act(&|actor| *actor = json!(null)), ClaimMalformed("act")),
        (
            "nothing in it",
            act(&|actor| *actor = json!({})),
            ClaimMissing("act.sub"),
        ),
        (
            "no program",
            act(&|actor| drop(actor.as_object_mut().unwrap().remove("client_id"))),
            ClaimMissing("act.client_id"),
        ),
        (
            "no agency",
            act(&|actor| drop(actor.as_object_mut().unwrap().remove("agency"))),
            ClaimMissing("act.agency"),
        ),
        (
            "empty sub",
            act(&|actor| actor["sub"] = json!("")),
            ClaimMalformed("act.sub"),
        ),
        (
            "another role",
            act(&|actor| actor["role"] = json!("manager")),
            ClaimMalformed("act.role"),
        ),
        (
            "another agency",
            act(&|actor| actor["agency"] = json!("cambs-council")),
            PortalNotTrusted,
        ),
        (
            "unknown agency",
            act(&|actor| actor["agency"] = json!("cambs-ghost")),
            PortalUnknown,
        ),
    ] {
        assert_refused(what, scene.try_claims(&claims).await, expected);
    }
}
