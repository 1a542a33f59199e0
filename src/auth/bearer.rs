//! The two headers that say who is asking and what for. The proof that may come with the first is `proof.rs`'s.

use http::{HeaderMap, header::AUTHORIZATION};

use super::refusal::AuthRefusal;

/// The longest token that is looked at unless the settings say otherwise, in bytes: of somebody in two hundred groups, which is as many as providers name.
pub const TOKEN_BYTES: usize = 16 * 1024;

/// The header that names the purpose of a request.
pub const PURPOSE_HEADER: &str = "x-purpose-of-use";

/// How a token is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// By itself: whoever has it may send it, unless a certificate says otherwise (RFC 6750, RFC 8705).
    Bearer,
    /// With a proof that its sender has the key that it is bound to (RFC 9449).
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

    /// The scheme of the first Authorization header, where there is one that we know; for saying what would be right only.
    pub fn of(headers: &HeaderMap) -> Self {
        let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let name = value.and_then(|value| value.split(' ').next());
        name.and_then(Self::named).unwrap_or(Self::Bearer)
    }
}

/// The token of the one Authorization header, of at most so many bytes.
pub fn token(headers: &HeaderMap, most: usize) -> Result<(Scheme, &str), AuthRefusal> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let value = all.next().ok_or(AuthRefusal::NoAuthorization)?;
    if all.next().is_some() {
        return Err(AuthRefusal::SeveralAuthorizations);
    }
    if value.len() > most + "Bearer ".len() {
        return Err(AuthRefusal::TokenTooLong);
    }
    let value = value.to_str().map_err(|_| AuthRefusal::TokenMalformed)?;
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    let scheme = Scheme::named(scheme).ok_or(AuthRefusal::SchemeNotAccepted)?;
    // One blank or more (RFC 9110, section 11.4).
    let token = token.trim_start_matches(' ');
    if token.is_empty() {
        return Err(AuthRefusal::TokenEmpty);
    }
    if token.len() > most {
        return Err(AuthRefusal::TokenTooLong);
    }
    Ok((scheme, token))
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
