//! The `Host` header must be there once and be valid: otherwise proxies and server might read the request
//! differently, so it is refused (RFC 9112, section 3.2). Which host it names does not matter here.

use axum::extract::Request;
use http::{Version, header::HOST, uri::Authority};

use crate::wire::respond::Problem;

/// Refuses a request without exactly one valid `Host`.
pub(in crate::wire) fn check(request: &Request) -> Result<(), Problem> {
    let mut all = request.headers().get_all(HOST).iter();
    match (all.next(), all.next()) {
        // HTTP/1.0 does not require the header.
        (None, _) if request.version() < Version::HTTP_11 => Ok(()),
        (Some(host), None) if is_host(host.as_bytes()) => Ok(()),
        _ => Err(Problem::bad_request("Name the host once, in one header Host.")),
    }
}

fn is_host(text: &[u8]) -> bool {
    let Ok(authority) = Authority::try_from(text) else {
        return false;
    };
    let (host, whole) = (authority.host(), authority.as_str());
    let port = whole
        .strip_prefix(host)
        .map(|rest| rest.strip_prefix(':').unwrap_or(rest));
    !host.is_empty() && port.is_some_and(|port| port.bytes().all(|digit| digit.is_ascii_digit()))
}

#[cfg(test)]
mod tests;
