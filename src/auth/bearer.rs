//! The two headers that say who is asking and what for.

use http::{HeaderMap, header::AUTHORIZATION};

use super::refusal::AuthRefusal;

/// The longest token that is looked at, in bytes.
pub const TOKEN_BYTES: usize = 8 * 1024;

/// The header that names the purpose of a request.
pub const PURPOSE_HEADER: &str = "x-purpose-of-use";

/// The token of the one Authorization header.
pub fn token(headers: &HeaderMap) -> Result<&str, AuthRefusal> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let value = all.next().ok_or(AuthRefusal::NoAuthorization)?;
    if all.next().is_some() {
        return Err(AuthRefusal::SeveralAuthorizations);
    }
    if value.len() > TOKEN_BYTES + "Bearer ".len() {
        return Err(AuthRefusal::TokenTooLong);
    }
    let value = value.to_str().map_err(|_| AuthRefusal::TokenMalformed)?;
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(AuthRefusal::NotBearer);
    }
    if token.is_empty() {
        return Err(AuthRefusal::TokenEmpty);
    }
    Ok(token)
}

/// The purpose that the request names, if it names one.
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
