//! Test fixtures: issuers with fresh keys, a register of made-up agencies, and tokens that are valid until a
//! test alters them.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
        RsaPublicKeyComponents,
    },
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeZone as _, Utc};
use http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    auth::{
        AgencyEntry, AgencyLookup, AuthRefusal, Authenticator, Credentials, Directory, DirectoryError, SignedIn,
        TrustedIssuer, issuer::Trust, jwks::KeySet, keys::Keys,
    },
    clock::Clock,
    config::{AgencyName, TokenAlgorithm, TokenBinding},
    sharing::caller::Caller,
};

pub(super) const AUDIENCE: &str = "https://thinkfamily.example/graphql";
pub(super) const POLICE: &str = "https://login.police.example";
pub(super) const COUNCIL: &str = "https://login.council.example";

pub(super) fn base64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(super) fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, 15, 12, 0, 0).single().unwrap()
}

/// A private key.
pub(super) enum Key {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl Key {
    /// One RSA key for all tests: generating one is slow.
    pub(super) fn rsa() -> &'static Self {
        static KEY: OnceLock<Key> = OnceLock::new();
        KEY.get_or_init(|| Self::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()))
    }

    pub(super) fn ec() -> Self {
        Self::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    pub(super) fn ed() -> Self {
        Self::Ed(Ed25519KeyPair::generate().unwrap())
    }

    pub(super) fn algorithm(&self) -> TokenAlgorithm {
        match self {
            Self::Rsa(_) => TokenAlgorithm::Rs256,
            Self::Ec(_) => TokenAlgorithm::Es256,
            Self::Ed(_) => TokenAlgorithm::EdDsa,
        }
    }

    pub(super) fn jwk(&self, kid: &str) -> Value {
        match self {
            Self::Rsa(key) => {
                let public = RsaPublicKeyComponents::<Vec<u8>>::from(key.public_key());
                json!({"kty": "RSA", "kid": kid, "use": "sig", "n": base64(public.n), "e": base64(public.e)})
            }
            Self::Ec(key) => {
                let (x, y) = key.public_key().as_ref()[1..].split_at(32);
                json!({"kty": "EC", "crv": "P-256", "kid": kid, "x": base64(x), "y": base64(y)})
            }
            Self::Ed(key) => {
                json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "alg": "EdDSA", "x": base64(key.public_key())})
            }
        }
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let chance = SystemRandom::new();
        match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &chance, message, &mut signature).unwrap();
                signature
            }
            Self::Ec(key) => key.sign(&chance, message).unwrap().as_ref().to_vec(),
            Self::Ed(key) => key.sign(message).as_ref().to_vec(),
        }
    }

    /// A signed token of exactly these texts.
    pub(super) fn token_of(&self, header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
        let signed = format!("{}.{}", base64(header), base64(payload));
        format!("{signed}.{}", base64(self.sign(signed.as_bytes())))
    }

    /// A token with this payload and a valid header.
    pub(super) fn token(&self, kid: &str, payload: &Value) -> String {
        self.token_of(
            json!({"typ": "at+jwt", "alg": self.algorithm().name(), "kid": kid}).to_string(),
            payload.to_string(),
        )
    }
}

/// The claims of a police officer who is accepted.
pub(super) fn officer() -> Value {
    let now = noon().timestamp();
    json!({
        "iss": POLICE, "aud": AUDIENCE, "iat": now - 10, "nbf": now - 10, "exp": now + 600, "jti": "one",
        "sub": "officer-17", "client_id": "police-records", "authority": "cambridgeshire", "agency": "cambs-police",
        "role": "practitioner", "purposes": ["safeguarding"],
    })
}

/// The same claims, altered.
pub(super) fn officer_with(alter: impl FnOnce(&mut Value)) -> Value {
    let mut claims = officer();
    alter(&mut claims);
    claims
}

/// A register of a few made-up agencies.
#[derive(Default)]
pub(super) struct Register {
    pub(super) down: AtomicBool,
    pub(super) asked: AtomicUsize,
}

impl Directory for Register {
    fn agency<'a>(&'a self, authority_code: &'a str, agency_code: &'a str, client: &'a str) -> AgencyLookup<'a> {
        Box::pin(async move {
            self.asked.fetch_add(1, Ordering::SeqCst);
            if self.down.load(Ordering::SeqCst) {
                return Err(DirectoryError {
                    cause: "down".to_owned(),
                });
            }
            let (number, kind) = match (authority_code, agency_code) {
                ("cambridgeshire", "cambs-police") => (1, "police"),
                ("cambridgeshire", "cambs-council") => (2, "childrens_social_care"),
                ("cambridgeshire", "cambs-portal") => (3, "tff_team"),
                _ => return Ok(None),
            };
            Ok(Some(AgencyEntry {
                authority: 7,
                agency: Uuid::from_u128(number),
                kind: kind.to_owned(),
                only_registered: client.starts_with("registered-"),
            }))
        })
    }
}

/// Two issuers and their keys.
pub(super) struct Scene {
    pub(super) authenticator: Authenticator,
    pub(super) register: Arc<Register>,
    pub(super) clock: Clock,
    pub(super) police_rsa: &'static Key,
    pub(super) police_ec: Key,
    pub(super) police_ed: Key,
    pub(super) council: Key,
}

pub(super) fn names(names: &[&str]) -> BTreeSet<AgencyName> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

fn issuer(name: &str, keys: &[(&str, &Key)], agencies: &[&str], clock: &Clock) -> TrustedIssuer {
    let algorithms: BTreeSet<_> = keys.iter().map(|(_, key)| key.algorithm()).collect();
    let listed: Vec<Value> = keys.iter().map(|(kid, key)| key.jwk(kid)).collect();
    let set = KeySet::parse(json!({"keys": listed}).to_string().as_bytes(), &algorithms).unwrap();
    TrustedIssuer {
        name: name.to_owned(),
        audience: AUDIENCE.to_owned(),
        algorithms,
        keys: Keys::fixed(set, clock.clone()),
        trust: Trust::Named {
            agencies: names(agencies),
            portals: names(&["cambridgeshire/cambs-portal"]),
        },
        leeway: Duration::from_secs(5),
        max_lifetime: Duration::from_hours(24),
        binding: TokenBinding::Optional,
    }
}

impl Scene {
    pub(super) fn new() -> Self {
        let clock = Clock::fixed(noon());
        let register = Arc::new(Register::default());
        let (rsa, ec, ed, council) = (Key::rsa(), Key::ec(), Key::ed(), Key::ed());
        let police_keys = [("police-rsa", rsa), ("police-ec", &ec), ("police-ed", &ed)];
        let police_agencies = ["cambridgeshire/cambs-police", "cambridgeshire/cambs-ghost"];
        let issuers = vec![
            issuer(POLICE, &police_keys, &police_agencies, &clock),
            issuer(
                COUNCIL,
                &[("council-ed", &council)],
                &["cambridgeshire/cambs-council"],
                &clock,
            ),
        ];
        let directory: Arc<dyn Directory> = register.clone();
        Self {
            authenticator: Authenticator::new(issuers, directory, clock.clone()).unwrap(),
            register,
            clock,
            police_rsa: rsa,
            police_ec: ec,
            police_ed: ed,
            council,
        }
    }

    /// Authenticates with a token and nothing else.
    pub(super) async fn try_token(&self, token: &str) -> Result<SignedIn, AuthRefusal> {
        self.authenticator.by_headers(&bearer(token)).await
    }

    /// Authenticates with these claims, correctly signed by the police's Ed25519 key.
    pub(super) async fn try_claims(&self, claims: &Value) -> Result<SignedIn, AuthRefusal> {
        self.try_token(&self.police_ed.token("police-ed", claims)).await
    }
}

/// Headers with one bearer token.
pub(super) fn bearer(token: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let value = HeaderValue::from_bytes(format!("Bearer {token}").as_bytes()).unwrap();
    headers.insert(AUTHORIZATION, value);
    headers
}

impl Authenticator {
    /// Authenticates by headers alone.
    pub(super) async fn by_headers(&self, headers: &HeaderMap) -> Result<SignedIn, AuthRefusal> {
        self.sign_in(&Credentials::from_headers(headers)).await
    }

    /// The caller of a request with these headers.
    pub(super) async fn authenticate(&self, headers: &HeaderMap) -> Result<Caller, AuthRefusal> {
        self.by_headers(headers).await.map(|signed_in| signed_in.caller)
    }

    /// Authenticates with a token, and perhaps a purpose.
    pub(super) async fn sign_in_with(&self, token: &str, purpose: Option<&str>) -> Result<SignedIn, AuthRefusal> {
        let mut headers = bearer(token);
        if let Some(purpose) = purpose {
            headers.insert("x-purpose-of-use", HeaderValue::from_str(purpose).unwrap());
        }
        self.by_headers(&headers).await
    }
}
