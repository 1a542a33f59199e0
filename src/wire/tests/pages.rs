//! Tests of the endpoints beside `/graphql`.

use super::*;
use crate::wire::metrics_listener;

fn get(path: &str, host: &str) -> Request<Body> {
    let get = Request::get(path).header("host", host);
    get.body(Body::empty()).expect("a request")
}

#[tokio::test]
async fn caller_pages_need_authentication() {
    for path in ["/schema.graphql", "/sharing"] {
        let got = send(app(), Request::get(path).body(Body::empty()).expect("a request")).await;
        assert_eq!((got.status, got.code().as_str()), (401, "UNAUTHENTICATED"), "{path}");
    }
    let with = |path: &str| {
        Request::get(path)
            .header("authorization", "Bearer good")
            .body(Body::empty())
            .expect("a request")
    };
    assert_eq!(send(app(), with("/schema.graphql")).await.text, "type Query { a: Int }");
    assert_eq!(send(app(), with("/sharing")).await.status, 403);
}

#[tokio::test]
async fn readiness_is_checked_each_time() {
    let engine = Arc::default();
    let mut state = state(&engine, EdgeLimits::default());
    state.ready = Arc::new(|| std::future::ready(false).boxed());
    let got = send(
        router(state),
        Request::get("/readyz").body(Body::empty()).expect("a request"),
    )
    .await;
    assert_eq!(got.status, 503);
    assert!(!got.header("retry-after").is_empty());
}

#[tokio::test]
async fn development_pages_exist_only_when_enabled() {
    for path in [
        "/graphiql",
        "/graphiql/app.js",
        "/graphiql/roles.json",
        "/.well-known/jwks.json",
    ] {
        assert_eq!(send(app(), get(path, "localhost")).await.status, 404, "{path}");
    }
    let engine = Arc::default();
    let plain = router(state(&engine, EdgeLimits::default()).with_graphiql(Graphiql::new()));
    assert_eq!(send(plain.clone(), get("/graphiql", "localhost")).await.status, 200);
    assert_eq!(send(plain, get("/graphiql/roles.json", "localhost")).await.status, 404);

    let roles = Graphiql::with_roles(Arc::new(|| {
        vec![Role {
            label: "Police".to_owned(),
            token: "good".to_owned(),
            purpose: "direct_support".to_owned(),
            purposes: vec!["direct_support".to_owned()],
            examples: vec![Example {
                label: "One".to_owned(),
                query: "{ a }".to_owned(),
                variables: String::new(),
            }],
        }]
    }));
    let full = router(
        state(&engine, EdgeLimits::default())
            .with_graphiql(roles)
            .with_jwks("{\"keys\":[]}".to_owned()),
    );
    let got = send(full.clone(), get("/graphiql/roles.json", "127.0.0.1:8080")).await;
    assert_eq!(
        serde_json::from_str::<Value>(&got.text).expect("JSON")[0]["token"],
        "good"
    );
    assert_eq!(
        send(full.clone(), get("/graphiql/roles.json", "rebound.example.org"))
            .await
            .status,
        403
    );
    assert_eq!(
        send(full.clone(), get("/.well-known/jwks.json", "localhost"))
            .await
            .text,
        "{\"keys\":[]}"
    );
    let page = send(full.clone(), get("/graphiql", "localhost")).await;
    assert!(page.header("content-security-policy").contains("script-src 'self';"));
    assert_eq!(
        send(full.clone(), get("/graphiql/app.css", "localhost"))
            .await
            .header("content-type"),
        "text/css; charset=utf-8"
    );
    assert_eq!(
        send(full.clone(), get("/graphiql/..%2fmod.rs", "localhost"))
            .await
            .status,
        404
    );
    assert!(send(full, get("/", "localhost")).await.text.contains("/graphiql"));
    assert!(!send(app(), get("/", "localhost")).await.text.contains("/graphiql"));
}

#[tokio::test]
async fn metrics_name_routes_and_outcomes_and_no_caller() {
    let get = |path: &str, host: &str| {
        let request = Request::get(path).header("host", host);
        request.body(Body::empty()).expect("a request")
    };
    let state = Arc::new(state(&Arc::default(), EdgeLimits::default()));
    let app = router(Arc::clone(&state));
    send(app.clone(), query("{ a }")).await;
    send(app.clone(), query("{ a")).await;
    send(
        app.clone(),
        Request::get("/somebody/Secret").body(Body::empty()).expect("a request"),
    )
    .await;
    assert_eq!(
        send(app, get("/metrics", "localhost")).await.status,
        404,
        "not where clients ask"
    );
    let metrics_listener = metrics_listener::router(state, None);
    assert_eq!(
        send(metrics_listener.clone(), get("/graphql", "localhost"))
            .await
            .status,
        404
    );
    let elsewhere = send(metrics_listener.clone(), get("/metrics", "portal.example")).await;
    assert_eq!(elsewhere.status, 403, "not by the name of another site");
    let got = send(metrics_listener, get("/metrics", "127.0.0.1:9464")).await;
    for line in [
        "thinkfamily_http_requests_total{route=\"/graphql\",status=\"200\"} 2",
        "thinkfamily_http_requests_total{route=\"other\",status=\"404\"} 1",
        "thinkfamily_http_requests_total{route=\"/metrics\",status=\"404\"} 1",
        "thinkfamily_graphql_operations_total{outcome=\"executed\"} 1",
        "thinkfamily_graphql_operations_total{outcome=\"bad_user_input\"} 1",
        "thinkfamily_http_requests_in_flight 1",
    ] {
        assert!(got.text.contains(line), "{line} in {}", got.text);
    }
    assert!(!got.text.to_lowercase().contains("secret"));
}
