//! Tokens that must be refused, each with its name and the cause that the log must give.

mod claims;
mod form;
mod header;
mod signature;

use super::world::Issuers;

/// What is sent.
pub(super) enum Sent {
    /// A bearer token in the one header where it belongs.
    Token(String),
    /// These header lines.
    Headers(Vec<Vec<u8>>),
    /// No header, and this address.
    Address(String),
}

/// One kind of hostile request.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) sent: Sent,
    pub(super) cause: &'static str,
}

fn token(name: &'static str, token: impl Into<String>, cause: &'static str) -> Case {
    Case {
        name,
        sent: Sent::Token(token.into()),
        cause,
    }
}

/// All of them; `good` is a token that is accepted.
pub(super) fn every_case(issuers: &Issuers, good: &str) -> Vec<Case> {
    [
        form::headers(good),
        form::parts(good),
        signature::cases(issuers, good),
        header::algorithms(issuers),
        header::others(issuers),
        claims::payloads(issuers),
        claims::claims(issuers),
        claims::times(issuers),
        claims::people(issuers),
    ]
    .into_iter()
    .flatten()
    .collect()
}
