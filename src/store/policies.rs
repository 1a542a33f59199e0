//! The agreements of an authority, as they are cached.

use uuid::Uuid;

use crate::sharing::agreement::{Agreement, Policy};

/// A stored version of an agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAgreement {
    /// Its key.
    pub key: Uuid,
    /// What it says.
    pub agreement: Agreement,
    /// The SHA-256 of the text that was loaded.
    pub text_sha256: [u8; 32],
}

/// All agreements of an authority, as of one version of the set.
#[derive(Debug, Default)]
pub struct Policies {
    /// Rises with every change.
    pub version: i64,
    /// For decisions.
    pub policy: Policy,
    /// For display: by code and version.
    pub stored: Vec<StoredAgreement>,
}
