//! Parses a JSON Web Key Set (JWKS) and checks it key by key. Fetching and key rotation are in `keys.rs`.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::DecodingKey;
use serde_json::{Map, Value};

use crate::{config::TokenAlgorithm, json};

/// Maximum size of a document, in bytes.
pub(super) const MAX_DOCUMENT_BYTES: usize = 64 * 1024;
/// Most keys in a document, including those of other uses.
const MAX_KEYS: usize = 50;
/// Longest name of a key, in bytes.
const MAX_KEY_NAME_BYTES: usize = 200;

/// A public key and its only algorithm.
#[derive(Clone)]
pub(super) struct PublicKey {
    algorithm: TokenAlgorithm,
    decoding: DecodingKey,
    /// The key's bytes, to detect whether a set has changed.
    material: Vec<u8>,
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "PublicKey({})", self.algorithm.name())
    }
}

impl PublicKey {
    /// The key in a JSON Web Key, if it is public, for signatures, and fits its algorithm.
    pub(super) fn of(jwk: &Map<String, Value>) -> Option<Self> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let for_signatures = jwk.get("use").is_none_or(|usage| usage == "sig");
        let for_verifying = jwk.get("key_ops").is_none_or(|operations| {
            operations
                .as_array()
                .is_some_and(|all| all.iter().any(|one| one == "verify"))
        });
        // A private or shared key that has been published is compromised.
        let public = !["d", "p", "q", "k"].iter().any(|private| jwk.contains_key(*private));
        if !(for_signatures && for_verifying && public) {
            return None;
        }
        let bytes = |name: &str| text(name).and_then(|value| URL_SAFE_NO_PAD.decode(value).ok());
        let (algorithm, decoding, material) = match (text("kty")?, text("crv")) {
            ("RSA", None) => {
                let (modulus, exponent) = (bytes("n")?, bytes("e")?);
                if !is_strong_rsa(&modulus, &exponent) {
                    return None;
                }
                let decoding = DecodingKey::from_rsa_raw_components(&modulus, &exponent);
                (TokenAlgorithm::Rs256, decoding, [modulus, exponent].concat())
            }
            ("EC", Some("P-256")) => {
                let (x, y) = (bytes("x")?, bytes("y")?);
                if x.len() != 32 || y.len() != 32 {
                    return None;
                }
                let point = [&[4], x.as_slice(), y.as_slice()].concat();
                (TokenAlgorithm::Es256, DecodingKey::from_ec_der(&point), point)
            }
            ("OKP", Some("Ed25519")) => {
                let point = bytes("x").filter(|x| x.len() == 32)?;
                (TokenAlgorithm::EdDsa, DecodingKey::from_ed_der(&point), point)
            }
            _ => return None,
        };
        if jwk.get("alg").is_some_and(|named| named != algorithm.name()) {
            return None;
        }
        Some(Self {
            algorithm,
            decoding,
            material,
        })
    }

    pub(super) fn algorithm(&self) -> TokenAlgorithm {
        self.algorithm
    }

    pub(super) fn decoding(&self) -> &DecodingKey {
        &self.decoding
    }

    /// Whether both are the same key.
    fn is_same(&self, other: &Self) -> bool {
        self.algorithm == other.algorithm && self.material == other.material
    }
}

/// The name of a key in a token's header or a key set. Only looked up, never trusted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum KeyName {
    /// `kid`.
    Id(String),
    /// `x5t`: the SHA-1 of the key's certificate, which some providers use as the only name.
    Sha1(String),
    /// `x5t#S256`: the SHA-256 of the key's certificate.
    Sha256(String),
}

type MakeName = fn(String) -> KeyName;

impl KeyName {
    /// The member of each kind of name, in a header as in a key set.
    const MEMBERS: [(&'static str, MakeName); 3] = [("kid", Self::Id), ("x5t#S256", Self::Sha256), ("x5t", Self::Sha1)];

    /// All names in an object.
    pub(super) fn all(object: &Map<String, Value>) -> impl Iterator<Item = Self> {
        Self::MEMBERS.into_iter().filter_map(|(place, name)| {
            let text = object.get(place)?.as_str()?;
            (1..=MAX_KEY_NAME_BYTES)
                .contains(&text.len())
                .then(|| name(text.to_owned()))
        })
    }

    /// The name by which a token's key is looked up: the certificate's only if there is no `kid` at all.
    pub(super) fn from_header(header: &Map<String, Value>) -> Option<Self> {
        let mut names = Self::all(header);
        if header.contains_key("kid") {
            names.find(|name| matches!(name, Self::Id(_)))
        } else {
            names.next()
        }
    }
}

/// The usable keys of a document, by each of their names.
#[derive(Clone, Debug)]
pub(super) struct KeySet(BTreeMap<KeyName, PublicKey>);

/// Why a document is not a usable key set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// Larger than 64 KiB.
    #[error("the key set is larger than {MAX_DOCUMENT_BYTES} bytes")]
    TooLarge,
    /// Not a JSON object with a list `keys`, or with repeated names.
    #[error("not a JSON Web Key Set")]
    Malformed,
    /// More than 50 keys.
    #[error("more than {MAX_KEYS} keys")]
    TooManyKeys,
    /// Two different usable keys of one name.
    #[error("two different keys of one kid, x5t or x5t#S256")]
    RepeatedKeyId,
    /// No key with a name, for signatures, of an accepted algorithm and strength.
    #[error("no usable key: want keys with a kid or x5t, for signatures, of an algorithm that the issuer may use")]
    NoUsableKey,
}

impl KeySet {
    /// Parses a document and keeps the keys for verifying signatures by one of the `accepted` algorithms.
    pub(super) fn parse(document: &[u8], accepted: &BTreeSet<TokenAlgorithm>) -> Result<Self, KeySetError> {
        if document.len() > MAX_DOCUMENT_BYTES {
            return Err(KeySetError::TooLarge);
        }
        let document = json::object(document).map_err(|_| KeySetError::Malformed)?;
        let listed = document
            .get("keys")
            .and_then(Value::as_array)
            .ok_or(KeySetError::Malformed)?;
        if listed.len() > MAX_KEYS {
            return Err(KeySetError::TooManyKeys);
        }
        let mut keys: BTreeMap<KeyName, PublicKey> = BTreeMap::new();
        for jwk in listed.iter().filter_map(Value::as_object) {
            let Some(key) = PublicKey::of(jwk).filter(|key| accepted.contains(&key.algorithm)) else {
                continue;
            };
            for name in KeyName::all(jwk) {
                // The same key may be listed twice: providers do so during key rotation.
                if keys.get(&name).is_some_and(|known| !known.is_same(&key)) {
                    return Err(KeySetError::RepeatedKeyId);
                }
                keys.insert(name, key.clone());
            }
        }
        if keys.is_empty() {
            return Err(KeySetError::NoUsableKey);
        }
        Ok(Self(keys))
    }

    pub(super) fn get(&self, name: &KeyName) -> Option<&PublicKey> {
        self.0.get(name)
    }

    /// Whether both sets hold the same keys under the same names.
    pub(super) fn same_as(&self, other: &Self) -> bool {
        self.0.len() == other.0.len()
            && self
                .0
                .iter()
                .all(|(name, key)| other.get(name).is_some_and(|their| their.is_same(key)))
    }
}

/// A modulus of 2048 to 8192 bits and an odd exponent of at least 3.
fn is_strong_rsa(modulus: &[u8], exponent: &[u8]) -> bool {
    let significant = |number: &[u8]| number.iter().skip_while(|byte| **byte == 0).count();
    let odd = exponent.last().is_some_and(|byte| byte & 1 == 1);
    let one = significant(exponent) == 1 && exponent.last() == Some(&1);
    (256..=1024).contains(&significant(modulus)) && (1..=8).contains(&significant(exponent)) && odd && !one
}
