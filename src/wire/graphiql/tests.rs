//! Tests of `graphiql`.

use super::*;

#[test]
fn only_loopback_host_names_get_tokens() {
    let by = |host: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().expect("a header value"));
        is_loopback_host(&headers)
    };
    for host in [
        "localhost",
        "LOCALHOST:8080",
        "127.0.0.1:8080",
        "[::1]:8080",
        "127.9.9.9",
    ] {
        assert!(by(host), "{host}");
    }
    for host in [
        "example.org",
        "localhost.example.org:8080",
        "192.0.2.1",
        "127.0.0.1.example.org",
        "a@localhost@b",
        "",
    ] {
        assert!(!by(host), "{host}");
    }
    assert!(!is_loopback_host(&HeaderMap::new()));
}

#[test]
fn the_page_has_no_external_address_and_no_inline_script() {
    let page = include_str!("assets/index.html");
    assert!(!page.contains("//"));
    assert_eq!(
        page.matches("<script").count(),
        page.matches("<script type=\"module\" src=\"/graphiql/app.js\"").count()
    );
    let sheet = include_str!("assets/app.css");
    assert!(!sheet.contains("@import"));
    assert!(!sheet.contains("url(http") && !sheet.contains("url(\"http") && !sheet.contains("url(//"));
}
