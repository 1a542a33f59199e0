//! Secrets and signatures: HMAC-SHA256 over id, moment and body, as Standard Webhooks 1.0.0 writes them. Pure but for drawing a new secret.

use std::fmt;

use aws_lc_rs::{error::Unspecified, hmac};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, Utc};

/// What a secret begins with where people see it.
const PREFIX: &str = "whsec_";
/// How long a new secret is, in bytes: the specification asks for 24 to 64.
const BYTES: usize = 32;
/// How far the moment of an attempt may lie from the receiver's own.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);
/// The most signatures that are looked at.
const SIGNATURES: usize = 16;

/// A secret that an endpoint shares with this server. It does not show itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// A new one, drawn by the cryptography library.
    ///
    /// # Errors
    /// When the system has no random bytes to give.
    pub fn draw() -> Result<Self, Unspecified> {
        let mut bytes = vec![0; BYTES];
        aws_lc_rs::rand::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// The secret of these bytes; none if they are too few or too many.
    pub fn of(bytes: Vec<u8>) -> Option<Self> {
        (24..=64).contains(&bytes.len()).then_some(Self(bytes))
    }

    /// The secret as it is shown once to whoever asked for it: `whsec_` and base64.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// Reads what [`reveal`](Self::reveal) wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::of(STANDARD.decode(text.strip_prefix(PREFIX)?).ok()?)
    }

    /// Its bytes, to be sealed.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &self.0)
    }
}

/// What is signed: `id.timestamp.body`.
fn signed(id: &str, at: i64, body: &[u8]) -> Vec<u8> {
    let mut content = format!("{id}.{at}.").into_bytes();
    content.extend_from_slice(body);
    content
}

/// The value of `webhook-signature`: one signature for each secret, so that a receiver may know either while one takes the other's place.
pub fn sign<'a>(secrets: impl IntoIterator<Item = &'a Secret>, id: &str, at: DateTime<Utc>, body: &[u8]) -> String {
    let content = signed(id, at.timestamp(), body);
    let signatures = secrets.into_iter().map(|secret| {
        let tag = hmac::sign(&secret.key(), &content);
        format!("v1,{}", STANDARD.encode(tag.as_ref()))
    });
    signatures.collect::<Vec<_>>().join(" ")
}

/// Why a webhook is not taken for ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    /// The moment is not a whole number of seconds, or is too long ago or to come.
    #[error("the webhook is not of now")]
    Moment,
    /// No signature is of this secret.
    #[error("the webhook is not signed with this secret")]
    Signature,
}

/// What a receiver does: looks at the moment, and for a signature of its secret. Comparing takes the same time whatever differs.
pub fn verify(
    secret: &Secret,
    id: &str,
    timestamp: &str,
    signatures: &str,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<(), Unverified> {
    let at: i64 = timestamp.parse().map_err(|_| Unverified::Moment)?;
    if now.timestamp().abs_diff(at) > TOLERANCE.num_seconds().unsigned_abs() {
        return Err(Unverified::Moment);
    }
    let content = signed(id, at, body);
    let key = secret.key();
    let good = signatures
        .split(' ')
        .take(SIGNATURES)
        .filter_map(|signature| STANDARD.decode(signature.strip_prefix("v1,")?).ok())
        .any(|tag| hmac::verify(&key, &content, &tag).is_ok());
    if good { Ok(()) } else { Err(Unverified::Signature) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("an instant")
    }

    /// The example that the reference libraries test themselves with.
    #[test]
    fn a_signature_is_that_of_the_reference() {
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a secret");
        let body = br#"{"test": 2432232314}"#;
        let signature = sign([&secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", at(1_614_265_330), body);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn whoever_has_the_secret_takes_it_and_nobody_else() {
        let (one, other) = (Secret::draw().expect("chance"), Secret::draw().expect("chance"));
        let signature = sign([&one], "msg_1", at(1000), b"{}");
        let verified =
            |secret, id, moment: &str, body: &[u8], now| verify(secret, id, moment, &signature, body, at(now));
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
    fn either_secret_is_enough_while_one_takes_the_others_place() {
        let (new, old) = (Secret::draw().expect("chance"), Secret::draw().expect("chance"));
        let both = sign([&new, &old], "msg_1", at(1000), b"{}");
        for secret in [&new, &old] {
            assert_eq!(verify(secret, "msg_1", "1000", &both, b"{}", at(1000)), Ok(()));
        }
        let only_new = sign([&new], "msg_1", at(1000), b"{}");
        assert!(verify(&old, "msg_1", "1000", &only_new, b"{}", at(1000)).is_err());
    }

    #[test]
    fn a_secret_is_written_as_it_is_read_and_does_not_show_itself() {
        let secret = Secret::draw().expect("chance");
        let text = secret.reveal();
        assert!(text.starts_with("whsec_") && text.len() > 40);
        assert_eq!(Secret::parse(&text), Some(secret.clone()));
        assert_ne!(Secret::draw().expect("chance"), secret);
        assert_eq!(format!("{secret:?}"), "Secret");
        for bad in ["", "whsec_", "whsec_AAAA", &text[6..], "whsk_AAAA", "whsec_***"] {
            assert_eq!(Secret::parse(bad), None, "{bad:?}");
        }
        assert!(Secret::of(vec![1; 24]).is_some() && Secret::of(vec![1; 64]).is_some());
        assert!(Secret::of(vec![1; 23]).is_none() && Secret::of(vec![1; 65]).is_none());
    }
}
