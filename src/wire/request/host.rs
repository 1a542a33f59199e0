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
mod tests {
    use axum::body::Body;

    use super::*;

    fn passes(version: Version, hosts: &[&str]) -> bool {
        let mut request = Request::new(Body::empty());
        *request.version_mut() = version;
        for host in hosts {
            request
                .headers_mut()
                .append(HOST, host.parse().expect("a header's value"));
        }
        check(&request).is_ok()
    }

    #[test]
    fn exactly_one_valid_host_is_required() {
        for host in [
            "a",
            "A.example",
            "a.example:8080",
            "192.0.2.1",
            "[2001:db8::1]:80",
            "a_b",
        ] {
            assert!(passes(Version::HTTP_11, &[host]), "{host}");
            assert!(!passes(Version::HTTP_11, &[host, host]), "{host}");
            assert!(!passes(Version::HTTP_10, &[host, host]), "{host}");
        }
        for host in [
            "", " ", "a b", "a, b", "a/b", "a?b", "a#b", "me@a", "@a", ":80", "a:b", "http://a", "[::1", "a\\b",
        ] {
            assert!(!passes(Version::HTTP_11, &[host]), "{host:?}");
        }
        assert!(!passes(Version::HTTP_11, &[]));
        assert!(passes(Version::HTTP_10, &[]) && passes(Version::HTTP_10, &["a"]));
    }
}
