//! Tests of GraphQL over HTTP.

use super::*;

#[tokio::test]
async fn an_operation_reaches_the_engine_complete() {
    let engine = Arc::new(FakeEngine::default());
    let body = r#"{"query":"query Q($v: Int) { a(b: $v) }","operationName":"Q","variables":{"v":1},"extensions":{}}"#;
    let request = post()
        .header("x-withheld", "error")
        .header("accept", GRAPHQL_RESPONSE)
        .body(Body::from(body))
        .expect("a request");
    let got = send(router(state(&engine, EdgeLimits::default())), request).await;
    assert_eq!(got.status, 200);
    assert_eq!(
        got.header("content-type"),
        "application/graphql-response+json; charset=utf-8"
    );
    assert_eq!(got.text, r#"{"data":{"a":1}}"#);
    let last = engine.last.lock().expect("no panic").take().expect("it was run");
    assert_eq!(last.operation_name.as_deref(), Some("Q"));
    assert_eq!(last.variables, serde_json::json!({ "v": 1 }));
    assert_eq!(
        (last.withheld, last.allowed),
        (WithheldMode::Error, Allowed::QueriesAndMutations)
    );
}

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    for path in [
        "/",
        "/graphql",
        "/nothing",
        "/healthz",
        "/readyz",
        "/metrics",
        "/schema.graphql",
        "/style.css",
    ] {
        let got = send(app(), Request::get(path).body(Body::empty()).expect("a request")).await;
        assert_eq!(got.header("cache-control"), "no-store", "{path}");
        assert_eq!(got.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(got.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(got.header("x-frame-options"), "DENY", "{path}");
        assert!(
            got.header("content-security-policy").contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert!(got.header("x-request-id").parse::<Uuid>().is_ok(), "{path}");
    }
}

#[tokio::test]
async fn a_request_id_from_the_client_is_ignored() {
    let request = Request::get("/healthz")
        .header("x-request-id", "mine")
        .body(Body::empty())
        .expect("a request");
    assert_ne!(send(app(), request).await.header("x-request-id"), "mine");
}

#[tokio::test]
async fn authentication_comes_before_parsing() {
    for (token, status, code) in [
        (None, 401, "UNAUTHENTICATED"),
        (Some("Bearer bad"), 401, "UNAUTHENTICATED"),
        (Some("Bearer purposes"), 400, "PURPOSE_REQUIRED"),
        (Some("Bearer offline"), 503, "UNAVAILABLE"),
    ] {
        let mut request = Request::post("/graphql").header("content-type", "text/plain");
        if let Some(token) = token {
            request = request.header("authorization", token);
        }
        let got = send(app(), request.body(Body::from("nonsense")).expect("a request")).await;
        assert_eq!((got.status, got.code().as_str()), (status, code));
        assert_eq!(
            got.header("www-authenticate"),
            if status == 401 { "Bearer" } else { "" }
        );
        assert_eq!(!got.header("retry-after").is_empty(), status == 503);
        assert!(got.header("content-type").starts_with("application/json"));
    }
}

#[tokio::test]
async fn malformed_requests_get_400_with_both_media_types() {
    let big = format!("{{\"query\":\"{}\"}}", " ".repeat(1024 * 1024));
    for (name, value, body, status) in [
        ("content-type", "text/plain", "{}", 415),
        ("content-encoding", "gzip", "{}", 415),
        ("x-a", "b", big.as_str(), 413),
        ("content-length", "9999999", "{}", 413),
        ("x-a", "b", "{", 400),
        ("x-a", "b", "[]", 400),
        ("x-a", "b", "{}", 400),
        ("x-a", "b", r#"{"query":{}}"#, 400),
        ("x-withheld", "all", r#"{"query":"{ a }"}"#, 400),
        ("accept", "text/html", r#"{"query":"{ a }"}"#, 406),
    ] {
        for accept in [GRAPHQL_RESPONSE, "application/json"] {
            let mut request = post()
                .header("accept", accept)
                .body(Body::from(body.to_owned()))
                .expect("a request");
            request
                .headers_mut()
                .insert(name, value.parse().expect("a header value"));
            let got = send(app(), request).await;
            assert_eq!(got.status, status, "{name}: {value} with {accept}");
            assert!(!got.code().is_empty());
            assert!(got.text.len() < 4096);
        }
    }
}

#[tokio::test]
async fn refused_documents_get_400_with_the_newer_media_type_and_200_with_the_older() {
    let flood = format!("{{ a {} }}", "@d ".repeat(10_000));
    for (document, newer, older) in [
        ("{ a", 400, 200),
        ("{ ...F } fragment F on Q { ...F }", 400, 200),
        (flood.as_str(), 400, 200),
        ("{ invalid }", 400, 200),
        ("{ busy }", 429, 429),
        ("{ failing }", 500, 500),
        ("{ panics }", 500, 500),
    ] {
        for (accept, status) in [(GRAPHQL_RESPONSE, newer), ("application/json", older)] {
            let request = post()
                .header("accept", accept)
                .body(body_of(document))
                .expect("a request");
            let got = send(app(), request).await;
            assert_eq!(got.status, status, "{document} with {accept}");
            assert!(!got.code().is_empty());
            assert!(!got.text.contains("secret"));
            assert!(got.text.len() < 4096);
        }
    }
}

#[tokio::test]
async fn get_is_for_queries_only() {
    let get = |path: &str| Request::get(path).header("authorization", "Bearer good");
    let bare = get("/graphql?query=%7Ba%7D").body(Body::empty()).expect("a request");
    assert_eq!(send(app(), bare).await.status, 400);
    for (path, status) in [
        ("/graphql?query=%7Ba%7D&operationName=&variables=%7B%7D", 200),
        ("/graphql", 400),
        ("/graphql?query=%7Ba%7D&query=%7Ba%7D", 400),
        ("/graphql?query=mutation%20%7B%20change%20%7D", 405),
    ] {
        let request = get(path)
            .header("x-purpose-of-use", "direct_support")
            .body(Body::empty())
            .expect("a request");
        let got = send(app(), request).await;
        assert_eq!(got.status, status, "{path}");
        assert_eq!(got.header("allow"), if status == 405 { "POST" } else { "" });
    }
}

#[tokio::test]
async fn other_methods_get_405_with_allow() {
    for method in ["HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"] {
        let request = Request::builder()
            .method(method)
            .uri("/graphql")
            .body(Body::empty())
            .expect("a request");
        let got = send(app(), request).await;
        assert_eq!((got.status, got.header("allow")), (405, "GET, POST"), "{method}");
        assert_eq!(got.header("access-control-allow-origin"), "");
    }
    let got = send(app(), Request::post("/healthz").body(Body::empty()).expect("a request")).await;
    assert_eq!(got.status, 405);
    assert!(got.header("allow").contains("GET"));
}
