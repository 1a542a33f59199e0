//! Authentication: from a request's headers to a [`Caller`](crate::sharing::caller::Caller), or a refusal
//! with its cause.
//!
//! It knows access tokens, issuers and keys (RFC 9068, validated as RFC 8725 says). May use `config`,
//! `clock`, `error` and the types of `sharing::caller`; no SQL and no GraphQL. The register of agencies is
//! read through [`Directory`], which others implement.

mod authenticator;
pub mod bearer;
mod binding;
mod claims;
mod credentials;
mod dev_issuer;
mod dev_issuer_error;
mod directory;
mod issuer;
mod jwks;
mod key_file;
mod keys;
pub mod proof;
mod refusal;
mod replay_cache;
mod token;
mod token_cache;

#[cfg(test)]
mod tests;

pub use self::{
    authenticator::{Authenticator, SignedIn},
    claims::{PORTAL_ROLE, ROLES},
    credentials::{Credentials, Thumbprint, thumbprint},
    dev_issuer::{DevIssuer, MAX_TOKEN_MINUTES, PortalRequest, TokenRequest},
    dev_issuer_error::DevIssuerError,
    directory::{AgencyEntry, AgencyLookup, Directory, DirectoryError},
    issuer::{IssuerError, TrustedIssuer},
    jwks::KeySetError,
    keys::KeysError,
    refusal::AuthRefusal,
};
