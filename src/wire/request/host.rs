//! The host that a request names. Which one it is decides nothing here; but a request that names none, or two, or none that there can be is read in
//! two ways by programs in front, so it is refused (RFC 9112, section 3.2).

use axum::extract::Request;
use http::{Version, header::HOST, uri::Authority};

use crate::wire::respond::Problem;

/// Refuses a request that does not name one host.
pub(in crate::wire) fn check(request: &Request) -> Result<(), Problem> {
    let mut all = request.headers().get_all(HOST).iter();
    match (all.next(), all.next()) {
        // Before HTTP/1.1 there was no such header.
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

    fn is_right(version: Version, hosts: &[&str]) -> bool {
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
    fn one_host_is_named_and_it_can_be_one() {
        for host in [
            "a",
            "A.example",
            "a.example:8080",
            "192.0.2.1",
            "[2001:db8::1]:80",
            "a_b",
        ] {
            assert!(is_right(Version::HTTP_11, &[host]), "{host}");
            assert!(!is_right(Version::HTTP_11, &[host, host]), "{host}");
            assert!(!is_right(Version::HTTP_10, &[host, host]), "{host}");
        }
        for host in [
            "", " ", "a b", "a, b", "a/b", "a?b", "a#b", "me@a", "@a", ":80", "a:b", "http://a", "[::1", "a\\b",
        ] {
            assert!(!is_right(Version::HTTP_11, &[host]), "{host:?}");
        }
        assert!(!is_right(Version::HTTP_11, &[]));
        assert!(is_right(Version::HTTP_10, &[]) && is_right(Version::HTTP_10, &["a"]));
    }
}
