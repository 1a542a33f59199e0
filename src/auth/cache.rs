//! Tokens that have been verified, by their hash, so that a signature is checked once and not with every request.
//!
//! Two generations stand in for a least-recently-used list: when the young one is full, the old one is forgotten. What is
//! used moves to the young one. So what is held is bounded, and each step costs the same.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

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

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<TokenHash, Verified>,
    old: HashMap<TokenHash, Verified>,
}

/// At most about ten thousand verified tokens.
#[derive(Debug)]
pub(super) struct TokenCache {
    generations: Mutex<Generations>,
    per_generation: usize,
}

impl TokenCache {
    pub(super) fn new(most: usize) -> Self {
        Self {
            generations: Mutex::default(),
            per_generation: (most / 2).max(1),
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

    pub(super) fn put(&self, hash: TokenHash, verified: Verified) {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        self.add(&mut generations, hash, verified);
    }

    pub(super) fn forget(&self, hash: &TokenHash) {
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
