//! The cache of verified access tokens by hash, so that a signature is not checked with every request.
//!
//! Two generations approximate a least-recently-used list: when the young one is full, the old one is
//! dropped; an entry that is used moves to the young one. So memory is bounded, and each step costs the same.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

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

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<TokenHash, Verified>,
    old: HashMap<TokenHash, Verified>,
}

/// The cache of verified tokens, of bounded size.
#[derive(Debug)]
pub(super) struct TokenCache {
    generations: Mutex<Generations>,
    per_generation: usize,
}

impl TokenCache {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            generations: Mutex::default(),
            per_generation: (capacity / 2).max(1),
        }
    }

    pub(super) fn hash(token: &str) -> TokenHash {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, token.as_bytes());
        let mut hash = TokenHash::default();
        hash.copy_from_slice(digest.as_ref());
        hash
    }

    pub(super) fn get(&self, hash: &TokenHash) -> Option<Verified> {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(verified) = generations.young.get(hash) {
            return Some(verified.clone());
        }
        let verified = generations.old.remove(hash)?;
        self.add(&mut generations, *hash, verified.clone());
        Some(verified)
    }

    pub(super) fn insert(&self, hash: TokenHash, verified: Verified) {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        self.add(&mut generations, hash, verified);
    }

    pub(super) fn remove(&self, hash: &TokenHash) {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        generations.young.remove(hash);
        generations.old.remove(hash);
    }

    fn add(&self, generations: &mut Generations, hash: TokenHash, verified: Verified) {
        if generations.young.len() >= self.per_generation {
            generations.old = std::mem::take(&mut generations.young);
        }
        generations.young.insert(hash, verified);
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        let generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        generations.young.len() + generations.old.len()
    }
}
