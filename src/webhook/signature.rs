//! Secrets and signatures: HMAC-SHA256 over id, timestamp and body, as defined by Standard Webhooks 1.0.0.
//! Pure except for generating secrets.

use std::fmt;

use aws_lc_rs::{error::Unspecified, hmac};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, Utc};

/// The prefix of a secret as people see it.
const PREFIX: &str = "whsec_";
/// The length of a new secret, in bytes: the specification asks for 24 to 64.
const BYTES: usize = 32;
/// The largest difference between a webhook's timestamp and the receiver's clock.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);
/// The most signatures examined.
const SIGNATURES: usize = 16;

/// A secret that an endpoint shares with this server. `Debug` does not reveal it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// Generates a new secret with the cryptography library.
    ///
    /// # Errors
    /// If the operating system gives no random bytes.
    pub fn generate() -> Result<Self, Unspecified> {
        let mut bytes = vec![0; BYTES];
        aws_lc_rs::rand::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// A secret of these bytes; `None` if there are too few or too many.
    pub fn of(bytes: Vec<u8>) -> Option<Self> {
        (24..=64).contains(&bytes.len()).then_some(Self(bytes))
    }

    /// The secret as shown once to the person who asked for it: `whsec_` and base64.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// Parses what [`reveal`](Self::reveal) wrote.
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

/// The signed content: `id.timestamp.body`.
fn signed(id: &str, at: i64, body: &[u8]) -> Vec<u8> {
    let mut content = format!("{id}.{at}.").into_bytes();
    content.extend_from_slice(body);
    content
}

/// The value of `webhook-signature`: one signature for each secret, so that receivers may know either during
/// key rotation.
pub fn sign<'a>(secrets: impl IntoIterator<Item = &'a Secret>, id: &str, at: DateTime<Utc>, body: &[u8]) -> String {
    let content = signed(id, at.timestamp(), body);
    let signatures = secrets.into_iter().map(|secret| {
        let tag = hmac::sign(&secret.key(), &content);
        format!("v1,{}", STANDARD.encode(tag.as_ref()))
    });
    signatures.collect::<Vec<_>>().join(" ")
}

/// Why a webhook's signature is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    /// The timestamp is not a whole number of seconds, or is too far in the past or the future.
    #[error("the webhook is not of now")]
    Moment,
    /// No signature matches this secret.
    #[error("the webhook is not signed with this secret")]
    Signature,
}

/// Verifies a webhook as a receiver does: the timestamp, and a signature by its secret. The comparison takes
/// constant time.
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
mod tests;
