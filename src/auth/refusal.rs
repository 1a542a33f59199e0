//! Every reason for which authentication can fail.
//!
//! The client gets the same answer for all token errors; the true cause is logged by its code.

use crate::error::{ErrorCode, RequestError};

/// Why a request is not authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{}", self.log_code())]
pub enum AuthRefusal {
    /// No Authorization header.
    NoAuthorization,
    /// More than one Authorization header.
    SeveralAuthorizations,
    /// A scheme other than Bearer and `DPoP`.
    SchemeNotAccepted,
    /// The scheme without a token.
    TokenEmpty,
    /// Longer than the maximum token size.
    TokenTooLong,
    /// Not three parts in unpadded base64url.
    TokenMalformed,
    /// The header is not one JSON object without repeated keys.
    HeaderMalformed,
    /// The header has `crit` or `b64`, which are not supported.
    HeaderCritical,
    /// `typ` is not that of an access token.
    TypeNotAccepted,
    /// The algorithm is not allowed for this issuer.
    AlgorithmNotAllowed,
    /// The header names no usable `kid`.
    KeyIdMissing,
    /// The issuer has no key of that `kid`.
    KeyUnknown,
    /// The key of that `kid` is for another algorithm.
    KeyAlgorithmMismatch,
    /// The issuer's keys have never been read.
    KeysUnavailable,
    /// The signature is invalid.
    SignatureInvalid,
    /// The payload is not one JSON object without repeated keys.
    PayloadMalformed,
    /// No trusted issuer has that `iss`.
    IssuerUnknown,
    /// The claim of that name is missing.
    ClaimMissing(&'static str),
    /// The claim of that name has the wrong type, is too long, empty, or has control characters.
    ClaimMalformed(&'static str),
    /// The token is for another audience.
    AudienceMismatch,
    /// `exp` has passed.
    Expired,
    /// `nbf` is yet to come.
    NotYetValid,
    /// `iat` is yet to come.
    IssuedInFuture,
    /// `exp` is further away than this issuer's tokens may live.
    LivesTooLong,
    /// No such role.
    RoleUnknown,
    /// The role `portal` for the user: a portal acts for someone.
    RoleIsPortal,
    /// An actor that has an actor.
    ActorNested,
    /// `cnf` binds the token to nothing, or in a way that cannot be checked.
    BindingUnknown,
    /// The token is not bound, or not as its issuer's tokens must be.
    BindingMissing,
    /// The token is bound to a key or certificate that its sender has not proved.
    BindingUnproven,
    /// The token is bound to a key or certificate other than the sender's.
    BindingMismatch,
    /// The scheme `DPoP` for a token that is not bound to a key.
    ProofForUnboundToken,
    /// The scheme `DPoP` without a proof.
    ProofMissing,
    /// The proof does not fit this request; names the part at fault.
    ProofInvalid(&'static str),
    /// The proof is replayed.
    ProofShownBefore,
    /// The replay cache is full.
    ProofsTooMany,
    /// The issuer may not speak for the token's agency.
    AgencyNotTrusted,
    /// The issuer may not speak for the portal's agency.
    PortalNotTrusted,
    /// The register has no such agency in that authority.
    AgencyUnknown,
    /// The register has no such agency of the portal in that authority.
    PortalUnknown,
    /// The token allows several purposes and the request names none.
    PurposeRequired,
    /// The purpose header is given twice, or is not a purpose's code.
    PurposeMalformed,
    /// The request names a purpose that the token does not allow.
    PurposeNotAllowed,
    /// The register of agencies cannot be read now.
    DirectoryUnavailable,
}

impl AuthRefusal {
    /// The stable code of the cause, for the log and the trail; never for the client.
    pub fn log_code(self) -> &'static str {
        match self {
            Self::NoAuthorization => "no_authorization",
            Self::SeveralAuthorizations => "several_authorizations",
            Self::SchemeNotAccepted => "scheme_not_accepted",
            Self::TokenEmpty => "token_empty",
            Self::TokenTooLong => "token_too_long",
            Self::TokenMalformed => "token_malformed",
            Self::HeaderMalformed => "header_malformed",
            Self::HeaderCritical => "header_critical",
            Self::TypeNotAccepted => "type_not_accepted",
            Self::AlgorithmNotAllowed => "algorithm_not_allowed",
            Self::KeyIdMissing => "key_id_missing",
            Self::KeyUnknown => "key_unknown",
            Self::KeyAlgorithmMismatch => "key_algorithm_mismatch",
            Self::KeysUnavailable => "keys_unavailable",
            Self::SignatureInvalid => "signature_invalid",
            Self::PayloadMalformed => "payload_malformed",
            Self::IssuerUnknown => "issuer_unknown",
            Self::ClaimMissing(_) => "claim_missing",
            Self::ClaimMalformed(_) => "claim_malformed",
            Self::AudienceMismatch => "audience_mismatch",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::IssuedInFuture => "issued_in_future",
            Self::LivesTooLong => "lives_too_long",
            Self::RoleUnknown => "role_unknown",
            Self::RoleIsPortal => "role_is_portal",
            Self::ActorNested => "actor_nested",
            Self::BindingUnknown => "binding_unknown",
            Self::BindingMissing => "binding_missing",
            Self::BindingUnproven => "binding_unproven",
            Self::BindingMismatch => "binding_mismatch",
            Self::ProofForUnboundToken => "proof_for_unbound_token",
            Self::ProofMissing => "proof_missing",
            Self::ProofInvalid(_) => "proof_invalid",
            Self::ProofShownBefore => "proof_shown_before",
            Self::ProofsTooMany => "proofs_too_many",
            Self::AgencyNotTrusted => "agency_not_trusted",
            Self::PortalNotTrusted => "portal_not_trusted",
            Self::AgencyUnknown => "agency_unknown",
            Self::PortalUnknown => "portal_unknown",
            Self::PurposeRequired => "purpose_required",
            Self::PurposeMalformed => "purpose_malformed",
            Self::PurposeNotAllowed => "purpose_not_allowed",
            Self::DirectoryUnavailable => "directory_unavailable",
        }
    }

    /// The claim, or the part of the proof, at fault, if it is known.
    pub fn claim(self) -> Option<&'static str> {
        match self {
            Self::ClaimMissing(claim) | Self::ClaimMalformed(claim) | Self::ProofInvalid(claim) => Some(claim),
            _ => None,
        }
    }

    /// Whether the proof is at fault, not the token. Proofs are checked first, so this discloses nothing of
    /// the token.
    pub fn is_proof_error(self) -> bool {
        matches!(
            self,
            Self::ProofMissing | Self::ProofInvalid(_) | Self::ProofShownBefore
        )
    }

    /// The error code for the client.
    pub fn error_code(self) -> ErrorCode {
        match self {
            Self::PurposeRequired => ErrorCode::PurposeRequired,
            Self::PurposeMalformed => ErrorCode::BadUserInput,
            Self::PurposeNotAllowed => ErrorCode::NotInAgreement,
            Self::DirectoryUnavailable | Self::ProofsTooMany => ErrorCode::Unavailable,
            _ => ErrorCode::Unauthenticated,
        }
    }
}

impl From<AuthRefusal> for RequestError {
    fn from(refusal: AuthRefusal) -> Self {
        let code = refusal.error_code();
        Self::new(
            code,
            match code {
                ErrorCode::PurposeRequired => {
                    "This token allows several purposes: name one in the x-purpose-of-use header."
                }
                ErrorCode::BadUserInput => "Give the x-purpose-of-use header once, with one purpose.",
                ErrorCode::NotInAgreement => "This token does not allow that purpose.",
                ErrorCode::Unavailable => "The service cannot answer now; try again later.",
                _ => "A valid access token is needed.",
            },
        )
    }
}
