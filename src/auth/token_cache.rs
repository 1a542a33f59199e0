//! The cache of verified access tokens by hash, so that a signature is not checked with every request.

use std::sync::Arc;

use quick_cache::sync::Cache;

use super::claims::Claims;

/// The SHA-256 of a token.
pub(super) type TokenHash = [u8; 32];

/// A verified token.
#[derive(Clone, Debug)]
pub(super) struct Verified {
    pub(super) claims: Arc<Claims>,
    /// The index of the token's issuer among the trusted ones.
    pub(super) issuer: usize,
    /// The version of the issuer's keys that verified it; with another version it is verified again.
    pub(super) keys_version: u64,
}

/// The cache of verified tokens, bounded: the least used are evicted.
pub(super) type TokenCache = Cache<TokenHash, Verified>;

/// The hash of a token.
pub(super) fn hash(token: &str) -> TokenHash {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, token.as_bytes());
    let mut hash = TokenHash::default();
    hash.copy_from_slice(digest.as_ref());
    hash
}
