//! Encryption of endpoint secrets at rest, with a key that is not in the database, and bound to their
//! endpoint.

use aws_lc_rs::{
    aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    error::Unspecified,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use uuid::Uuid;

use super::signature::Secret;

/// Seals (encrypts) secrets for the database, and opens them again.
pub struct Sealer(LessSafeKey);

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer")
    }
}

impl Sealer {
    /// A sealer with a 32-byte key.
    pub fn new(key: &[u8; 32]) -> Result<Self, Unspecified> {
        Ok(Self(LessSafeKey::new(UnboundKey::new(&AES_256_GCM_SIV, key)?)))
    }

    /// Encrypts a secret, bound to that endpoint of that authority.
    pub fn seal(&self, authority: i32, endpoint: Uuid, secret: &Secret) -> Result<String, Unspecified> {
        let mut nonce = [0; NONCE_LEN];
        aws_lc_rs::rand::fill(&mut nonce)?;
        let mut sealed = secret.bytes().to_vec();
        let of = Nonce::assume_unique_for_key(nonce);
        self.0
            .seal_in_place_append_tag(of, associated_data(authority, endpoint), &mut sealed)?;
        Ok(STANDARD.encode([&nonce[..], &sealed].concat()))
    }

    /// Decrypts the secret of that endpoint; `None` if it was sealed for another endpoint, with another key,
    /// or was changed.
    pub fn open(&self, authority: i32, endpoint: Uuid, sealed: &str) -> Option<Secret> {
        let sealed = STANDARD.decode(sealed).ok()?;
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut plain = rest.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let plain = self
            .0
            .open_in_place(nonce, associated_data(authority, endpoint), &mut plain)
            .ok()?;
        Secret::of(plain.to_vec())
    }
}

fn associated_data(authority: i32, endpoint: Uuid) -> Aad<Vec<u8>> {
    Aad::from(
        [
            b"thinkfamily webhook 1",
            &authority.to_be_bytes()[..],
            endpoint.as_bytes(),
        ]
        .concat(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_secret_opens_for_its_endpoint_only() {
        let key = Sealer::new(&[1; 32]).expect("a key");
        let secret = Secret::generate().expect("chance");
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let sealed = key.seal(7, one, &secret).expect("it is sealed");
        assert_eq!(key.open(7, one, &sealed), Some(secret.clone()));
        assert_eq!(key.open(7, other, &sealed), None, "another endpoint");
        assert_eq!(key.open(8, one, &sealed), None, "another authority");
        assert_eq!(
            Sealer::new(&[2; 32]).expect("a key").open(7, one, &sealed),
            None,
            "another key"
        );
        assert_ne!(
            key.seal(7, one, &secret).expect("it is sealed"),
            sealed,
            "it looks different each time"
        );
        let plain = secret.reveal();
        assert!(!sealed.contains(plain.trim_start_matches("whsec_")));
        for bad in ["", "AAAA", "!", &sealed[..sealed.len() - 4]] {
            assert_eq!(key.open(7, one, bad), None, "{bad:?}");
        }
    }
}
