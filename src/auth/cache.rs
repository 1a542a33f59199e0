//! Tokens that have been verified, by their hash, so that a signature is checked once and not with every request.

use std::sync::Arc;

use quick_cache::sync::Cache;

use super::claims::Claims;

/// The SHA-256 of a token.
pub(super) type TokenHash = [u8; 32];

/// A token that was verified.
#[derive(Clone, Debug)]
pub(super) struct Verified {
    pub(super) claims: Arc<Claims>,
    /// The place of the token's issuer in the list of trusted ones.
    pub(super) issuer: usize,
    /// The version of the issuer's keys that it was verified with; with others it is verified anew.
    pub(super) keys_version: u64,
}

/// Verified tokens. Bounded: what is asked for least makes room.
pub(super) type TokenCache = Cache<TokenHash, Verified>;

/// The hash of a token.
pub(super) fn hash(token: &str) -> TokenHash {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, token.as_bytes());
    let mut hash = TokenHash::default();
    hash.copy_from_slice(digest.as_ref());
    hash
}
