//! Keys of issuers and of clients, and tokens signed with them: right ones, and whatever a test makes of them.

use std::sync::OnceLock;

use aws_lc_rs::{
    digest,
    encoding::AsDer as _,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
        RsaKeyPair, RsaPublicKeyComponents,
    },
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// Base64url without padding.
pub(crate) fn base64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// SHA-256 in base64url.
pub(crate) fn sha256(bytes: impl AsRef<[u8]>) -> String {
    base64(digest::digest(&digest::SHA256, bytes.as_ref()))
}

/// A private key.
pub(crate) enum Key {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl Key {
    /// One RSA key for all tests: they take long to make.
    pub(crate) fn rsa() -> &'static Self {
        static KEY: OnceLock<Key> = OnceLock::new();
        KEY.get_or_init(|| Self::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()))
    }

    pub(crate) fn ec() -> Self {
        Self::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    pub(crate) fn ed() -> Self {
        Self::Ed(Ed25519KeyPair::generate().unwrap())
    }

    /// The algorithm's name.
    pub(crate) fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "RS256",
            Self::Ec(_) => "ES256",
            Self::Ed(_) => "EdDSA",
        }
    }

    /// The public key without a name.
    pub(crate) fn public(&self) -> Value {
        match self {
            Self::Rsa(key) => {
                let public = RsaPublicKeyComponents::<Vec<u8>>::from(key.public_key());
                json!({"kty": "RSA", "n": base64(public.n), "e": base64(public.e)})
            }
            Self::Ec(key) => {
                let (x, y) = key.public_key().as_ref()[1..].split_at(32);
                json!({"kty": "EC", "crv": "P-256", "x": base64(x), "y": base64(y)})
            }
            Self::Ed(key) => json!({"kty": "OKP", "crv": "Ed25519", "x": base64(key.public_key())}),
        }
    }

    /// The public key with a name, as it stands in a key set.
    pub(crate) fn jwk(&self, kid: &str) -> Value {
        let mut jwk = self.public();
        jwk["kid"] = json!(kid);
        jwk["use"] = json!("sig");
        jwk
    }

    /// The thumbprint of RFC 7638: of the members that count, by their names' order.
    pub(crate) fn thumbprint(&self) -> String {
        let public = self.public();
        let members: std::collections::BTreeMap<_, _> = public.as_object().unwrap().iter().collect();
        sha256(serde_json::to_string(&members).unwrap())
    }

    /// The signature of a message.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
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

    /// The same with the padding of PSS, of an RSA key.
    pub(crate) fn sign_by_pss(&self, message: &[u8]) -> Vec<u8> {
        let Self::Rsa(key) = self else { panic!("an RSA key") };
        let mut signature = vec![0; key.public_modulus_len()];
        key.sign(&RSA_PSS_SHA256, &SystemRandom::new(), message, &mut signature)
            .unwrap();
        signature
    }

    /// The public key in DER, of an RSA key.
    pub(crate) fn der(&self) -> Vec<u8> {
        let Self::Rsa(key) = self else { panic!("an RSA key") };
        key.public_key().as_der().unwrap().as_ref().to_vec()
    }

    /// A token of exactly these texts, signed.
    pub(crate) fn token_of(&self, header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
        let signed = format!("{}.{}", base64(header), base64(payload));
        format!("{signed}.{}", base64(self.sign(signed.as_bytes())))
    }

    /// An access token with this payload and a right header.
    pub(crate) fn token(&self, kid: &str, payload: &Value) -> String {
        let header = json!({"typ": "at+jwt", "alg": self.algorithm(), "kid": kid});
        self.token_of(header.to_string(), payload.to_string())
    }
}
