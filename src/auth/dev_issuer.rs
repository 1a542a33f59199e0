//! The development issuer: issues access tokens for development and demonstration, with its own key in the
//! data directory.
//!
//! It is trusted for every agency, so the configuration keeps it off in production and off public addresses.

use std::{collections::BTreeSet, path::Path, sync::Arc, time::Duration};

use aws_lc_rs::{
    digest,
    signature::{Ed25519KeyPair, KeyPair as _},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{
    claims::Claims,
    dev_issuer_error::DevIssuerError,
    issuer::{Trust, TrustedIssuer},
    jwks::KeySet,
    key_file,
    keys::Keys,
    refusal::AuthRefusal,
};
use crate::{
    clock::{Clock, Ids},
    config::{DEVELOPMENT_ISSUER, TokenAlgorithm, TokenBinding},
};

/// The key's file in the data directory.
const KEY_FILE: &str = "development-issuer.key";
/// Allowed clock skew.
const LEEWAY: Duration = Duration::from_secs(5);
/// Longest lifetime of its tokens, in minutes.
pub const MAX_TOKEN_MINUTES: u32 = 24 * 60;

/// A portal that acts for the token's subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortalRequest {
    /// The code of the portal's agency.
    pub agency: String,
    /// The portal's own `sub`.
    pub subject: String,
    /// The portal's client.
    pub client: String,
}

/// The content of a token to be issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRequest {
    /// The authority's code.
    pub authority: String,
    /// The agency's code.
    pub agency: String,
    /// The role.
    pub role: String,
    /// The purposes, 1 to 20.
    pub purposes: Vec<String>,
    /// The subject (`sub`).
    pub subject: String,
    /// The client it is issued to.
    pub client: String,
    /// The portal that acts for the subject.
    pub portal: Option<PortalRequest>,
    /// Lifetime in minutes; at most a day.
    pub minutes: u32,
}

/// The development issuer. Clones share the key.
#[derive(Clone)]
pub struct DevIssuer {
    key: Arc<Ed25519KeyPair>,
    key_id: String,
    audience: String,
    clock: Clock,
    ids: Ids,
}

impl std::fmt::Debug for DevIssuer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("DevIssuer").field(&self.key_id).finish()
    }
}

impl DevIssuer {
    /// Opens the issuer with its key in the data directory; both are created if missing.
    pub fn open(data_dir: &Path, audience: &str, clock: Clock, ids: Ids) -> Result<Self, DevIssuerError> {
        let key = key_file::open_or_create(data_dir, KEY_FILE)?;
        let key = Ed25519KeyPair::from_pkcs8(&key).map_err(|_| DevIssuerError::NotAKey)?;
        let thumbprint = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, public_part(&key));
        let digest = digest::digest(&digest::SHA256, thumbprint.as_bytes());
        Ok(Self {
            key: Arc::new(key),
            key_id: URL_SAFE_NO_PAD.encode(digest),
            audience: audience.to_owned(),
            clock,
            ids,
        })
    }

    /// The public key as a JSON Web Key Set.
    pub fn jwks(&self) -> Value {
        json!({"keys": [{
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA",
            "kid": self.key_id, "x": public_part(&self.key),
        }]})
    }

    /// The issuer as a trusted issuer for every agency.
    pub fn trusted(&self) -> Result<TrustedIssuer, DevIssuerError> {
        let algorithms = BTreeSet::from([TokenAlgorithm::EdDsa]);
        let set = KeySet::parse(self.jwks().to_string().as_bytes(), &algorithms)?;
        Ok(TrustedIssuer {
            name: DEVELOPMENT_ISSUER.to_owned(),
            audience: self.audience.clone(),
            algorithms,
            keys: Keys::fixed(set, self.clock.clone()),
            trust: Trust::AllAgencies,
            leeway: LEEWAY,
            max_lifetime: Duration::from_secs(60 * u64::from(MAX_TOKEN_MINUTES)),
            binding: TokenBinding::Optional,
        })
    }

    /// Issues a token (`at+jwt`). Refused: claims that authentication would refuse.
    pub fn mint(&self, request: &TokenRequest) -> Result<String, DevIssuerError> {
        let now = self.clock.now().timestamp();
        let mut payload = json!({
            "iss": DEVELOPMENT_ISSUER,
            "aud": self.audience,
            "iat": now,
            "exp": now.saturating_add(60 * i64::from(request.minutes)),
            "jti": self.ids.uuid(),
            "sub": request.subject,
            "client_id": request.client,
            "authority": request.authority,
            "agency": request.agency,
            "role": request.role,
            "purposes": request.purposes,
        });
        if let Some(portal) = &request.portal {
            payload["act"] = json!({"sub": portal.subject, "client_id": portal.client, "agency": portal.agency});
        }
        let max_lifetime = Duration::from_secs(60 * u64::from(MAX_TOKEN_MINUTES));
        payload
            .as_object()
            .ok_or(AuthRefusal::PayloadMalformed)
            .and_then(Claims::read)
            .and_then(|claims| claims.check(&self.audience, now, Duration::ZERO, max_lifetime))
            .map_err(DevIssuerError::Claims)?;
        let header = json!({"typ": "at+jwt", "alg": "EdDSA", "kid": self.key_id});
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(&header), encode(&payload));
        let signature = self
            .key
            .try_sign(signed.as_bytes())
            .map_err(|_| DevIssuerError::NotAKey)?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

fn public_part(key: &Ed25519KeyPair) -> String {
    URL_SAFE_NO_PAD.encode(key.public_key())
}
