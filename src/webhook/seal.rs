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
mod tests;
