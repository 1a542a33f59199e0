//! Why the development issuer cannot start or mint.

use super::{jwks::KeySetError, refusal::AuthRefusal};

/// Why the development issuer cannot start or mint.
#[derive(Debug, thiserror::Error)]
pub enum DevIssuerError {
    /// The key's file cannot be read or made.
    #[error("the development issuer's key in the data directory cannot be used: {0}")]
    Io(#[from] std::io::Error),
    /// Others may read the key's file.
    #[error("the development issuer's key may be read by others: want mode 0600")]
    ReadableByOthers,
    /// The file holds no Ed25519 key, or none could be made.
    #[error("the development issuer's key is not an Ed25519 key")]
    NotAKey,
    /// Its own key is refused as a public key.
    #[error(transparent)]
    KeySet(#[from] KeySetError),
    /// The token would be refused.
    #[error("such a token would be refused: {}", match .0.claim() {
        Some(claim) => format!("{claim} is not acceptable"),
        None => .0.log_code().replace('_', " "),
    })]
    Claims(AuthRefusal),
}
