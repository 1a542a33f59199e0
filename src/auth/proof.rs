//! `DPoP` proofs (RFC 9449): a small JWT signed by the key that the token is bound to, over this method, URL,
//! token and moment.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::HeaderName;
use reqwest::Url;
use serde_json::{Map, Value};

use super::{
    credentials::{Credentials, Thumbprint, thumbprint},
    jwks::PublicKey,
    refusal::AuthRefusal,
    token::{self, Parts},
};
use crate::config::TokenAlgorithm;

/// The header that carries the proof.
pub const PROOF_HEADER: HeaderName = HeaderName::from_static("dpop");
/// Maximum age of a proof, in seconds. The replay cache keeps it as long.
pub(super) const MAX_AGE_SECONDS: i64 = 60;
/// How far the client's clock may be ahead, in seconds.
pub(super) const MAX_CLOCK_AHEAD_SECONDS: i64 = 5;
/// Longest proof, in bytes.
const MAX_PROOF_BYTES: usize = 8 * 1024;
/// Longest identifier of a proof, in characters.
const MAX_ID_CHARS: usize = 200;
/// Longest URL in a proof, in bytes.
const MAX_URL_BYTES: usize = 2048;

/// A proof valid for its request; replays are detected elsewhere (`replay_cache`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Proof {
    /// The key that signed it.
    pub(super) key: Thumbprint,
    /// A hash of the key and the proof's `jti`.
    pub(super) id: Thumbprint,
}

impl Proof {
    /// Verifies the proof of a request for this token at `now` (seconds since 1970).
    pub(super) fn verify(credentials: &Credentials<'_>, token: &str, now: i64) -> Result<Self, AuthRefusal> {
        let mut all = credentials.headers.get_all(PROOF_HEADER).iter();
        let (text, None) = (all.next().ok_or(AuthRefusal::ProofMissing)?, all.next()) else {
            return Err(AuthRefusal::ProofInvalid("several"));
        };
        if text.len() > MAX_PROOF_BYTES {
            return Err(AuthRefusal::ProofInvalid("form"));
        }
        let text = text.to_str().map_err(|_| AuthRefusal::ProofInvalid("form"))?;
        let parts = Parts::split(text).map_err(|_| AuthRefusal::ProofInvalid("form"))?;
        let (public, key_thumbprint) = key(&parts.header)?;
        let is_valid = token::is_valid_signature(&public, parts.signed, parts.signature);
        if !is_valid {
            return Err(AuthRefusal::ProofInvalid("signature"));
        }
        let claims = &parts.payload;
        let text = |name| claims.get(name).and_then(Value::as_str);
        if text("htm") != Some(credentials.method.as_str()) {
            return Err(AuthRefusal::ProofInvalid("htm"));
        }
        if !text("htu").is_some_and(|address| is_request_url(address, credentials)) {
            return Err(AuthRefusal::ProofInvalid("htu"));
        }
        let issued_at = claims.get("iat").and_then(Value::as_f64);
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are far below 2^52")]
        let (oldest, newest) = ((now - MAX_AGE_SECONDS) as f64, (now + MAX_CLOCK_AHEAD_SECONDS) as f64);
        if !issued_at.is_some_and(|issued_at| (oldest..=newest).contains(&issued_at)) {
            return Err(AuthRefusal::ProofInvalid("iat"));
        }
        if text("ath") != Some(URL_SAFE_NO_PAD.encode(thumbprint(token.as_bytes())).as_str()) {
            return Err(AuthRefusal::ProofInvalid("ath"));
        }
        let id = text("jti")
            .filter(|id| (1..=MAX_ID_CHARS).contains(&id.chars().count()))
            .ok_or(AuthRefusal::ProofInvalid("jti"))?;
        Ok(Self {
            key: key_thumbprint,
            id: thumbprint(&[&key_thumbprint, id.as_bytes()].concat()),
        })
    }
}

/// The key in a proof's header, and its thumbprint.
fn key(header: &Map<String, Value>) -> Result<(PublicKey, Thumbprint), AuthRefusal> {
    if header.get("typ") != Some(&Value::from("dpop+jwt")) {
        return Err(AuthRefusal::ProofInvalid("typ"));
    }
    if header.contains_key("crit") || header.contains_key("b64") {
        return Err(AuthRefusal::ProofInvalid("crit"));
    }
    let algorithm = header
        .get("alg")
        .and_then(Value::as_str)
        .and_then(TokenAlgorithm::from_name)
        .ok_or(AuthRefusal::ProofInvalid("alg"))?;
    let jwk = header.get("jwk").and_then(Value::as_object);
    let key = jwk
        .and_then(|jwk| Some((PublicKey::of(jwk)?, jwk_thumbprint(jwk)?)))
        .filter(|(key, _)| key.algorithm() == algorithm);
    key.ok_or(AuthRefusal::ProofInvalid("jwk"))
}

/// The thumbprint of a public key (RFC 7638) that `PublicKey` has accepted: its members are base64url and
/// names of curves, which need no JSON escaping.
fn jwk_thumbprint(jwk: &Map<String, Value>) -> Option<Thumbprint> {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str);
    let json = match text("kty")? {
        "RSA" => format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, text("e")?, text("n")?),
        "EC" => format!(
            r#"{{"crv":"{}","kty":"EC","x":"{}","y":"{}"}}"#,
            text("crv")?,
            text("x")?,
            text("y")?
        ),
        "OKP" => format!(r#"{{"crv":"{}","kty":"OKP","x":"{}"}}"#, text("crv")?, text("x")?),
        _ => return None,
    };
    Some(thumbprint(json.as_bytes()))
}

/// Whether a URL is that of the request, ignoring query and fragment.
fn is_request_url(named: &str, credentials: &Credentials<'_>) -> bool {
    if named.len() > MAX_URL_BYTES {
        return false;
    }
    let expected = format!("{}{}", credentials.public_url, credentials.path);
    let (Ok(mut named), Ok(expected)) = (Url::parse(named), Url::parse(&expected)) else {
        return false;
    };
    named.set_query(None);
    named.set_fragment(None);
    named == expected
}
