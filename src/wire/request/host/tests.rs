//! Tests of `host`.

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
