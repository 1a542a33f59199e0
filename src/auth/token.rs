//! Parses the JWT format: three parts, a header that is checked before anything else, and a signature.
//!
//! `jsonwebtoken` only verifies signatures here: it ignores `b64`, and reads the clock itself.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use super::{
    jwks::{KeyName, PublicKey},
    refusal::AuthRefusal,
};
use crate::{config::TokenAlgorithm, json};

/// A JWT split into its parts, none of it trusted yet.
#[derive(Debug)]
pub(super) struct Parts<'t> {
    pub(super) header: Map<String, Value>,
    pub(super) payload: Map<String, Value>,
    /// The signed text.
    pub(super) signed: &'t str,
    pub(super) signature: &'t str,
}

impl<'t> Parts<'t> {
    /// Splits a text of three parts in unpadded base64url, the first two of them JSON objects. Callers limit
    /// its length.
    pub(super) fn split(text: &'t str) -> Result<Self, AuthRefusal> {
        if text.is_empty() {
            return Err(AuthRefusal::TokenEmpty);
        }
        let mut parts = text.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(AuthRefusal::TokenMalformed);
        };
        let signed = &text[..header.len() + 1 + payload.len()];
        let decode = |part: &str| {
            URL_SAFE_NO_PAD
                .decode(part)
                .ok()
                .filter(|bytes| !bytes.is_empty())
                .ok_or(AuthRefusal::TokenMalformed)
        };
        let header = decode(header)?;
        let payload = decode(payload)?;
        decode(signature)?;
        Ok(Self {
            header: json::object(&header).map_err(|_| AuthRefusal::HeaderMalformed)?,
            payload: json::object(&payload).map_err(|_| AuthRefusal::PayloadMalformed)?,
            signed,
            signature,
        })
    }
}

/// Whether the signature is valid for this key and its algorithm.
pub(super) fn is_valid_signature(key: &PublicKey, signed: &str, signature: &str) -> bool {
    let algorithm = match key.algorithm() {
        TokenAlgorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
        TokenAlgorithm::Es256 => jsonwebtoken::Algorithm::ES256,
        TokenAlgorithm::EdDsa => jsonwebtoken::Algorithm::EdDSA,
    };
    jsonwebtoken::crypto::verify(signature, signed.as_bytes(), key.decoding(), algorithm).unwrap_or(false)
}

/// A token with a valid header whose signature has not been verified yet. Its payload is not to be trusted.
#[derive(Debug)]
pub(super) struct Unverified<'t> {
    /// The algorithm in the header.
    pub(super) algorithm: TokenAlgorithm,
    /// The name of the key in the header: only to look it up.
    pub(super) key: KeyName,
    /// The issuer that the token claims: only to choose the keys.
    pub(super) issuer: String,
    parts: Parts<'t>,
}

impl<'t> Unverified<'t> {
    /// Parses a token and checks its header.
    pub(super) fn parse(token: &'t str) -> Result<Self, AuthRefusal> {
        let parts = Parts::split(token)?;
        let (algorithm, key) = read_header(&parts.header)?;
        let issuer = match parts.payload.get("iss") {
            None => return Err(AuthRefusal::ClaimMissing("iss")),
            Some(Value::String(issuer)) => issuer.clone(),
            Some(_) => return Err(AuthRefusal::ClaimMalformed("iss")),
        };
        Ok(Self {
            algorithm,
            key,
            issuer,
            parts,
        })
    }

    /// The payload, if the signature is valid.
    pub(super) fn verify(self, key: &PublicKey) -> Result<Map<String, Value>, AuthRefusal> {
        if key.algorithm() != self.algorithm {
            return Err(AuthRefusal::KeyAlgorithmMismatch);
        }
        if !is_valid_signature(key, self.parts.signed, self.parts.signature) {
            return Err(AuthRefusal::SignatureInvalid);
        }
        Ok(self.parts.payload)
    }
}

/// The algorithm and the key's name, which is its certificate's if the header has no `kid`. `jku`, `x5u`,
/// `jwk` and `x5c` are ignored: keys come from configuration only.
fn read_header(header: &Map<String, Value>) -> Result<(TokenAlgorithm, KeyName), AuthRefusal> {
    if header.contains_key("crit") || header.contains_key("b64") {
        return Err(AuthRefusal::HeaderCritical);
    }
    let accepted_type = |typ: &str| {
        ["at+jwt", "application/at+jwt", "JWT"]
            .iter()
            .any(|accepted| typ.eq_ignore_ascii_case(accepted))
    };
    if !header.get("typ").and_then(Value::as_str).is_some_and(accepted_type) {
        return Err(AuthRefusal::TypeNotAccepted);
    }
    let algorithm = header
        .get("alg")
        .and_then(Value::as_str)
        .and_then(TokenAlgorithm::from_name)
        .ok_or(AuthRefusal::AlgorithmNotAllowed)?;
    let key = KeyName::from_header(header).ok_or(AuthRefusal::KeyIdMissing)?;
    Ok((algorithm, key))
}
