//! The headers `Authorization` and `x-purpose-of-use`. `DPoP` proofs are in `proof.rs`.

use http::{HeaderMap, header::AUTHORIZATION};

use super::refusal::AuthRefusal;

/// Default maximum size of a token, in bytes: enough for a user in two hundred groups, the most that
/// providers list.
pub const DEFAULT_MAX_TOKEN_BYTES: usize = 16 * 1024;

/// The header with the purpose of use.
pub const PURPOSE_HEADER: &str = "x-purpose-of-use";

/// The authentication scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// A bearer token: whoever has it can use it, unless it is bound to a certificate (RFC 6750, RFC 8705).
    Bearer,
    /// A token with a proof that its sender has the key it is bound to (RFC 9449).
    Dpop,
}

impl Scheme {
    /// The scheme of that name, in any case.
    fn named(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("bearer") {
            Some(Self::Bearer)
        } else if name.eq_ignore_ascii_case("dpop") {
            Some(Self::Dpop)
        } else {
            None
        }
    }

    /// The scheme of the first Authorization header, if it is supported; only for choosing the challenge.
    pub fn of(headers: &HeaderMap) -> Self {
        let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let name = value.and_then(|value| value.split(' ').next());
        name.and_then(Self::named).unwrap_or(Self::Bearer)
    }
}

/// The token in the only Authorization header, of at most this many bytes.
pub fn token(headers: &HeaderMap, max_bytes: usize) -> Result<(Scheme, &str), AuthRefusal> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let value = all.next().ok_or(AuthRefusal::NoAuthorization)?;
    if all.next().is_some() {
        return Err(AuthRefusal::SeveralAuthorizations);
    }
    if value.len() > max_bytes + "Bearer ".len() {
        return Err(AuthRefusal::TokenTooLong);
    }
    let value = value.to_str().map_err(|_| AuthRefusal::TokenMalformed)?;
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    let scheme = Scheme::named(scheme).ok_or(AuthRefusal::SchemeNotAccepted)?;
    // One space or more (RFC 9110, section 11.4).
    let token = token.trim_start_matches(' ');
    if token.is_empty() {
        return Err(AuthRefusal::TokenEmpty);
    }
    if token.len() > max_bytes {
        return Err(AuthRefusal::TokenTooLong);
    }
    Ok((scheme, token))
}

/// The purpose named by the request, if any.
pub fn purpose(headers: &HeaderMap) -> Result<Option<&str>, AuthRefusal> {
    let mut all = headers.get_all(PURPOSE_HEADER).iter();
    let Some(value) = all.next() else {
        return Ok(None);
    };
    if all.next().is_some() {
        return Err(AuthRefusal::PurposeMalformed);
    }
    let purpose = value.to_str().map_err(|_| AuthRefusal::PurposeMalformed)?.trim();
    if purpose.is_empty() || purpose.len() > 200 {
        return Err(AuthRefusal::PurposeMalformed);
    }
    Ok(Some(purpose))
}
