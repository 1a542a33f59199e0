//! Who is asking: from a request's headers to a [`Caller`](crate::sharing::caller::Caller), or a refusal with its cause.
//!
//! Knows tokens, issuers and keys (RFC 9068, checked as RFC 8725 says). May use `config`, `clock`, `error` and the types of
//! `sharing::caller`; no SQL and no GraphQL. The register of agencies is asked through [`Directory`], which others implement.

mod asking;
mod authenticator;
pub mod bearer;
mod binding;
mod cache;
mod claims;
mod dev_issuer;
mod dev_issuer_error;
mod directory;
mod issuer;
mod jwks;
mod key_file;
mod keys;
pub mod proof;
mod refusal;
mod replays;
mod token;

#[cfg(test)]
mod tests;

pub use self::{
    asking::{Asking, Thumbprint, thumbprint},
    authenticator::{Authenticator, SignedIn},
    claims::{PORTAL_ROLE, ROLES},
    dev_issuer::{DevIssuer, LONGEST_MINUTES, PortalRequest, TokenRequest},
    dev_issuer_error::DevIssuerError,
    directory::{AgencyEntry, AgencyLookup, Directory, DirectoryError},
    issuer::{IssuerError, TrustedIssuer},
    jwks::KeySetError,
    keys::KeysError,
    refusal::AuthRefusal,
};
