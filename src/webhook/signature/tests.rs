//! Tests of `signature`.

use super::*;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).expect("an instant")
}

/// The example from the test suites of the reference libraries.
#[test]
fn the_signature_matches_the_reference() {
    let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a secret");
    let body = br#"{"test": 2432232314}"#;
    let signature = sign([&secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", at(1_614_265_330), body);
    assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

#[test]
fn only_the_holder_of_the_secret_can_verify() {
    let (one, other) = (Secret::generate().expect("chance"), Secret::generate().expect("chance"));
    let signature = sign([&one], "msg_1", at(1000), b"{}");
    let verified = |secret, id, moment: &str, body: &[u8], now| verify(secret, id, moment, &signature, body, at(now));
    assert_eq!(verified(&one, "msg_1", "1000", b"{}", 1000), Ok(()));
    assert_eq!(
        verified(&other, "msg_1", "1000", b"{}", 1000),
        Err(Unverified::Signature)
    );
    assert_eq!(verified(&one, "msg_2", "1000", b"{}", 1000), Err(Unverified::Signature));
    assert_eq!(verified(&one, "msg_1", "1001", b"{}", 1000), Err(Unverified::Signature));
    assert_eq!(
        verified(&one, "msg_1", "1000", b"{ }", 1000),
        Err(Unverified::Signature)
    );
    assert_eq!(verified(&one, "msg_1", "1000", b"{}", 1300), Ok(()), "the last second");
    assert_eq!(verified(&one, "msg_1", "1000", b"{}", 1301), Err(Unverified::Moment));
    assert_eq!(
        verified(&one, "msg_1", "1000", b"{}", 700),
        Ok(()),
        "a clock that is slow"
    );
    assert_eq!(verified(&one, "msg_1", "1000", b"{}", 699), Err(Unverified::Moment));
    assert_eq!(verified(&one, "msg_1", "now", b"{}", 1000), Err(Unverified::Moment));
    for none in ["", "v1", "v1,", "v2,abc", "v1,!!!"] {
        let refused = verify(&one, "msg_1", "1000", none, b"{}", at(1000));
        assert_eq!(refused, Err(Unverified::Signature), "{none:?}");
    }
}

#[test]
fn either_secret_verifies_during_rotation() {
    let (new, old) = (Secret::generate().expect("chance"), Secret::generate().expect("chance"));
    let both = sign([&new, &old], "msg_1", at(1000), b"{}");
    for secret in [&new, &old] {
        assert_eq!(verify(secret, "msg_1", "1000", &both, b"{}", at(1000)), Ok(()));
    }
    let only_new = sign([&new], "msg_1", at(1000), b"{}");
    assert!(verify(&old, "msg_1", "1000", &only_new, b"{}", at(1000)).is_err());
}

#[test]
fn a_secret_survives_a_round_trip_and_debug_hides_it() {
    let secret = Secret::generate().expect("chance");
    let text = secret.reveal();
    assert!(text.starts_with("whsec_") && text.len() > 40);
    assert_eq!(Secret::parse(&text), Some(secret.clone()));
    assert_ne!(Secret::generate().expect("chance"), secret);
    assert_eq!(format!("{secret:?}"), "Secret");
    for bad in ["", "whsec_", "whsec_AAAA", &text[6..], "whsk_AAAA", "whsec_***"] {
        assert_eq!(Secret::parse(bad), None, "{bad:?}");
    }
    assert!(Secret::of(vec![1; 24]).is_some() && Secret::of(vec![1; 64]).is_some());
    assert!(Secret::of(vec![1; 23]).is_none() && Secret::of(vec![1; 65]).is_none());
}
