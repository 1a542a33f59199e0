//! Why the development issuer cannot start, or cannot issue a token.

use super::{jwks::KeySetError, refusal::AuthRefusal};

/// Why the development issuer cannot start, or cannot issue a token.
#[derive(Debug, thiserror::Error)]
pub enum DevIssuerError {
    /// The key file cannot be read or created.
    #[error("the development issuer's key in the data directory cannot be used: {0}")]
    Io(#[from] std::io::Error),
    /// The key file is readable by others.
    #[error("the development issuer's key may be read by others: want mode 0600")]
    ReadableByOthers,
    /// The file is not an Ed25519 key, or none could be generated.
    #[error("the development issuer's key is not an Ed25519 key")]
    NotAKey,
    /// Its own key is refused as a public key.
    #[error(transparent)]
    KeySet(#[from] KeySetError),
    /// Such a token would be refused.
    #[error("such a token would be refused: {}", match .0.claim() {
        Some(claim) => format!("{claim} is not acceptable"),
        None => .0.log_code().replace('_', " "),
    })]
    Claims(AuthRefusal),
}
