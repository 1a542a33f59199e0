//! Sender-constrained tokens (`cnf`): bound to a key by a proof of possession (RFC 9449), or to a client
//! certificate (RFC 8705). A stolen token is useless without that key or certificate.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use super::{credentials::Thumbprint, refusal::AuthRefusal};
use crate::config::TokenBinding;

/// What a token is bound to: at least one of the two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Confirmation {
    /// `jkt`: the thumbprint of the key that signs proofs.
    key: Option<Thumbprint>,
    /// `x5t#S256`: the thumbprint of the certificate.
    certificate: Option<Thumbprint>,
}

impl Confirmation {
    /// Parses `cnf`. A token bound in a way that cannot be checked is refused.
    pub(super) fn read(payload: &Map<String, Value>) -> Result<Option<Self>, AuthRefusal> {
        let Some(value) = payload.get("cnf") else {
            return Ok(None);
        };
        let object = value.as_object().ok_or(AuthRefusal::ClaimMalformed("cnf"))?;
        if object.is_empty() || object.keys().any(|key| key != "jkt" && key != "x5t#S256") {
            return Err(AuthRefusal::BindingUnknown);
        }
        let thumbprint = |name: &str| match object.get(name) {
            None => Ok(None),
            Some(value) => value
                .as_str()
                .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
                .and_then(|bytes| Thumbprint::try_from(bytes).ok())
                .map(Some)
                .ok_or(AuthRefusal::ClaimMalformed("cnf")),
        };
        Ok(Some(Self {
            key: thumbprint("jkt")?,
            certificate: thumbprint("x5t#S256")?,
        }))
    }

    /// Checks a token's binding against the issuer's requirement and the key and certificate that the client
    /// has proved.
    pub(super) fn check(
        bound: Option<&Self>,
        required: TokenBinding,
        key: Option<&Thumbprint>,
        certificate: Option<&Thumbprint>,
    ) -> Result<(), AuthRefusal> {
        let by_key = bound.and_then(|bound| bound.key.as_ref());
        let by_certificate = bound.and_then(|bound| bound.certificate.as_ref());
        let satisfied = match required {
            TokenBinding::Optional => true,
            TokenBinding::Required => bound.is_some(),
            TokenBinding::Dpop => by_key.is_some(),
            TokenBinding::Certificate => by_certificate.is_some(),
        };
        if !satisfied {
            return Err(AuthRefusal::BindingMissing);
        }
        match (by_key, key) {
            (Some(_), None) => return Err(AuthRefusal::BindingUnproven),
            (None, Some(_)) => return Err(AuthRefusal::ProofForUnboundToken),
            (Some(expected), Some(proved)) if expected != proved => return Err(AuthRefusal::BindingMismatch),
            _ => {}
        }
        match (by_certificate, certificate) {
            (Some(_), None) => Err(AuthRefusal::BindingUnproven),
            (Some(expected), Some(presented)) if expected != presented => Err(AuthRefusal::BindingMismatch),
            _ => Ok(()),
        }
    }
}
