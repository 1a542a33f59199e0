//! Tests of `sign_in`.

use super::*;
use crate::wire::services::Challenge;

#[test]
fn refusals_beyond_the_rate_limit_are_counted_and_written_later() {
    let mut rate_limit = RateLimit::default();
    let admit = (0..1000).filter(|_| rate_limit.admit(7, "expired").is_some()).count();
    assert_eq!(admit, 2);
    assert_eq!(
        rate_limit.admit(7, "key_unknown"),
        Some(0),
        "other reasons have their own room"
    );
    assert_eq!(rate_limit.admit(8, "expired"), Some(998));
    assert_eq!(rate_limit.admit(8, "expired"), Some(0));
    assert!(rate_limit.take_unwritten().is_empty());
}

#[test]
fn the_rate_limit_holds_for_all_reasons_together() {
    let reasons = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
    let mut rate_limit = RateLimit::default();
    let admit = reasons
        .iter()
        .flat_map(|reason| [rate_limit.admit(7, reason), rate_limit.admit(7, reason)])
        .flatten()
        .count();
    assert_eq!(admit, 10);
    assert_eq!(
        rate_limit.take_unwritten().iter().map(|(_, count)| count).sum::<u64>(),
        14
    );
    assert_eq!(rate_limit.admit(8, "l"), Some(0), "what was told is not told twice");
}

#[test]
fn refusals_disclose_no_cause_to_the_client() {
    use http::{HeaderValue, header::AUTHORIZATION};
    let by = |scheme: &'static str| HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static(scheme))]);
    let told = |refusal| wire_refusal(refusal, &by("Bearer a.b.c"));
    for refusal in [
        AuthRefusal::SignatureInvalid,
        AuthRefusal::Expired,
        AuthRefusal::BindingMissing,
        AuthRefusal::BindingUnproven,
    ] {
        assert_eq!(told(refusal), Refusal::Unauthenticated(Challenge::Bearer));
    }
    for (refusal, challenge) in [
        (AuthRefusal::Expired, Challenge::DpopToken),
        (AuthRefusal::BindingMismatch, Challenge::DpopToken),
        (AuthRefusal::ProofInvalid("htu"), Challenge::DpopProof),
        (AuthRefusal::ProofShownBefore, Challenge::DpopProof),
    ] {
        let told = wire_refusal(refusal, &by("DPoP a.b.c"));
        assert_eq!(told, Refusal::Unauthenticated(challenge));
    }
    for refusal in [
        AuthRefusal::KeysUnavailable,
        AuthRefusal::DirectoryUnavailable,
        AuthRefusal::ProofsTooMany,
    ] {
        assert_eq!(told(refusal), Refusal::Unavailable);
    }
    for refusal in [AuthRefusal::PurposeRequired, AuthRefusal::PurposeNotAllowed] {
        assert!(matches!(told(refusal), Refusal::Purpose(_)));
    }
}
