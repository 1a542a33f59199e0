//! A proof of possession that comes with a request (`DPoP`, RFC 9449): a small signed statement, by the key that the token is bound to,
//! of this method, this address, this token and this moment.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::HeaderName;
use reqwest::Url;
use serde_json::{Map, Value};

use super::{
    asking::{Asking, Thumbprint, thumbprint},
    jwks::PublicKey,
    refusal::AuthRefusal,
    token::{self, Parts},
};
use crate::config::TokenAlgorithm;

/// The header that carries the proof.
pub const PROOF_HEADER: HeaderName = HeaderName::from_static("dpop");
/// How old a proof may be, in seconds. It is remembered for as long.
pub(super) const LONGEST_AGE: i64 = 60;
/// How far the client's clock may be ahead, in seconds.
pub(super) const AHEAD: i64 = 5;
/// The longest proof, in bytes.
const PROOF_BYTES: usize = 8 * 1024;
/// The longest identifier of a proof, in characters.
const ID_CHARS: usize = 200;
/// The longest address in a proof, in bytes.
const ADDRESS_BYTES: usize = 2048;

/// A proof that holds for its request; whether it was shown before is for others to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Proof {
    /// The key that made it.
    pub(super) key: Thumbprint,
    /// The key and the proof's own `jti` together.
    pub(super) id: Thumbprint,
}

impl Proof {
    /// The proof of a request for this token at `now` (seconds since 1970).
    pub(super) fn check(asking: &Asking<'_>, token: &str, now: i64) -> Result<Self, AuthRefusal> {
        let mut all = asking.headers.get_all(PROOF_HEADER).iter();
        let (text, None) = (all.next().ok_or(AuthRefusal::ProofMissing)?, all.next()) else {
            return Err(AuthRefusal::ProofInvalid("several"));
        };
        if text.len() > PROOF_BYTES {
            return Err(AuthRefusal::ProofInvalid("form"));
        }
        let text = text.to_str().map_err(|_| AuthRefusal::ProofInvalid("form"))?;
        let parts = Parts::split(text).map_err(|_| AuthRefusal::ProofInvalid("form"))?;
        let (public, thumb) = key(&parts.header)?;
        let fits = token::fits(&public, parts.signed, parts.signature);
        if !fits {
            return Err(AuthRefusal::ProofInvalid("signature"));
        }
        let claims = &parts.payload;
        let text = |name| claims.get(name).and_then(Value::as_str);
        if text("htm") != Some(asking.method.as_str()) {
            return Err(AuthRefusal::ProofInvalid("htm"));
        }
        if !text("htu").is_some_and(|address| is_address(address, asking)) {
            return Err(AuthRefusal::ProofInvalid("htu"));
        }
        let made_at = claims.get("iat").and_then(Value::as_f64);
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are far below 2^52")]
        let (oldest, newest) = ((now - LONGEST_AGE) as f64, (now + AHEAD) as f64);
        if !made_at.is_some_and(|made_at| (oldest..=newest).contains(&made_at)) {
            return Err(AuthRefusal::ProofInvalid("iat"));
        }
        if text("ath") != Some(URL_SAFE_NO_PAD.encode(thumbprint(token.as_bytes())).as_str()) {
            return Err(AuthRefusal::ProofInvalid("ath"));
        }
        let id = text("jti")
            .filter(|id| (1..=ID_CHARS).contains(&id.chars().count()))
            .ok_or(AuthRefusal::ProofInvalid("jti"))?;
        Ok(Self {
            key: thumb,
            id: thumbprint(&[&thumb, id.as_bytes()].concat()),
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
        .and_then(|jwk| Some((PublicKey::of(jwk)?, rfc7638(jwk)?)))
        .filter(|(key, _)| key.algorithm() == algorithm);
    key.ok_or(AuthRefusal::ProofInvalid("jwk"))
}

/// The thumbprint of a public key (RFC 7638), which `PublicKey` found to be one: its members are base64url and names of curves, which JSON
/// writes as they are.
fn rfc7638(jwk: &Map<String, Value>) -> Option<Thumbprint> {
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

/// Whether an address is that of the request, its query and fragment aside.
fn is_address(named: &str, asking: &Asking<'_>) -> bool {
    if named.len() > ADDRESS_BYTES {
        return false;
    }
    let here = format!("{}{}", asking.public_url, asking.path);
    let (Ok(mut named), Ok(here)) = (Url::parse(named), Url::parse(&here)) else {
        return false;
    };
    named.set_query(None);
    named.set_fragment(None);
    named == here
}
