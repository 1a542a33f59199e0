//! The router against fakes of the rooms behind it, and the server against real connections.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, body::Body, response::Response};
use futures_util::{FutureExt, future::BoxFuture};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Notify, oneshot},
};
use tower::ServiceExt;
use uuid::Uuid;

use super::{
    graphiql::{Example, Graphiql, Role},
    limits::{EdgeLimits, Limits},
    metrics::Metrics,
    routes::router,
    server,
    services::{Authenticate, Execute, Refusal},
    state::AppState,
};
use crate::{
    clock::Ids,
    error::{ErrorCode, RequestError},
    graphql::operation::{Allowed, Answer, OperationRequest, WithheldMode},
    sharing::caller::{Caller, Party},
};

const NEWER: &str = "application/graphql-response+json";

fn caller() -> Caller {
    Caller {
        authority: 1,
        authority_code: "eastshire".to_owned(),
        principal: Party {
            agency: Uuid::from_u128(1),
            agency_code: "eastshire-police".to_owned(),
            agency_kind: "police".to_owned(),
            role: "marker_lookup".to_owned(),
            subject: "secret-subject".to_owned(),
        },
        portal: None,
        client: "a-client".to_owned(),
        purpose: "direct_support".to_owned(),
        purposes: vec!["direct_support".to_owned()],
    }
}

/// Answers by what the document says, and keeps the last operation it was given.
#[derive(Default)]
struct FakeEngine {
    last: Mutex<Option<(String, Option<String>, Value, WithheldMode, Allowed)>>,
    entered: Notify,
    release: Notify,
}

impl FakeEngine {
    async fn run(&self, request: OperationRequest) -> Answer {
        let query = request.query.clone();
        *self.last.lock().expect("no panic") = Some((
            request.query,
            request.operation_name,
            Value::Object(request.variables),
            request.withheld,
            request.allowed,
        ));
        match query.as_str() {
            "{ invalid }" => Answer::Refused(RequestError::new(ErrorCode::BadUserInput, "No such field.").at(1, 3)),
            "{ failing }" => Answer::Refused(RequestError::new(ErrorCode::Internal, "secret cause")),
            "{ busy }" => Answer::Refused(RequestError::new(ErrorCode::TooManyRequests, "Too many requests.")),
            "{ panics }" => panic!("secret cause"),
            "{ hangs }" => {
                self.entered.notify_one();
                self.release.notified().await;
                Answer::Executed(b"{\"data\":{\"hangs\":true}}".to_vec())
            }
            "mutation { change }" if request.allowed == Allowed::Queries => Answer::NotByThisMethod,
            _ => Answer::Executed(b"{\"data\":{\"a\":1}}".to_vec()),
        }
    }
}

impl Execute for FakeEngine {
    fn execute(&self, request: OperationRequest) -> BoxFuture<'_, Answer> {
        self.run(request).boxed()
    }

    fn sdl_for<'a>(&'a self, _: &'a Caller) -> BoxFuture<'a, Result<String, RequestError>> {
        std::future::ready(Ok("type Query { a: Int }".to_owned())).boxed()
    }

    fn sharing_table<'a>(&'a self, _: &'a Caller) -> BoxFuture<'a, Result<String, RequestError>> {
        let error = RequestError::new(ErrorCode::NotInAgreement, "For those who manage agreements.");
        std::future::ready(Err(error)).boxed()
    }
}

struct FakeAuthenticator;

impl Authenticate for FakeAuthenticator {
    fn authenticate<'a>(&'a self, headers: &'a HeaderMap) -> BoxFuture<'a, Result<Caller, Refusal>> {
        let answer = match headers.get("authorization").map(|value| value.as_bytes()) {
            Some(b"Bearer good") => Ok(caller()),
            Some(b"Bearer purposes") => Err(Refusal::Purpose(RequestError::new(
                ErrorCode::PurposeRequired,
                "Name the purpose in x-purpose-of-use.",
            ))),
            Some(b"Bearer offline") => Err(Refusal::Unavailable),
            _ => Err(Refusal::Unauthenticated),
        };
        std::future::ready(answer).boxed()
    }
}

fn state(engine: &Arc<FakeEngine>, edge: EdgeLimits) -> AppState {
    AppState::new(
        engine.clone(),
        Arc::new(FakeAuthenticator),
        Arc::new(|| std::future::ready(true).boxed()),
        Ids::seeded(1),
        Metrics::new().expect("distinct names"),
    )
    .with_limits(Limits::default(), edge)
}

fn app() -> Router {
    router(state(&Arc::default(), EdgeLimits::default()))
}

fn post(body: impl Into<Body>) -> http::request::Builder {
    let _: Body = body.into();
    Request::post("/graphql")
        .header("authorization", "Bearer good")
        .header("content-type", "application/json")
}

fn query(text: &str) -> Request<Body> {
    post("").body(body_of(text)).expect("a request")
}

fn body_of(text: &str) -> Body {
    Body::from(serde_json::json!({ "query": text }).to_string())
}

struct Got {
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Got {
    async fn from(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a whole body").to_bytes();
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).expect("UTF-8"),
        }
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    fn code(&self) -> String {
        let value: Value = serde_json::from_str(&self.text).expect("JSON");
        assert!(
            value.get("data").is_none(),
            "a request error has no data: {}",
            self.text
        );
        value["errors"][0]["extensions"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }
}

async fn send(app: Router, request: Request<Body>) -> Got {
    Got::from(app.oneshot(request).await.expect("infallible")).await
}

#[tokio::test]
async fn an_operation_reaches_the_engine_whole() {
    let engine = Arc::new(FakeEngine::default());
    let body = r#"{"query":"query Q($v: Int) { a(b: $v) }","operationName":"Q","variables":{"v":1},"extensions":{}}"#;
    let request = post("")
        .header("x-withheld", "error")
        .header("accept", NEWER)
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
    assert_eq!(last.1.as_deref(), Some("Q"));
    assert_eq!(last.2, serde_json::json!({ "v": 1 }));
    assert_eq!((last.3, last.4), (WithheldMode::Error, Allowed::QueriesAndMutations));
}

#[tokio::test]
async fn every_answer_carries_the_hardening_headers() {
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
async fn a_request_id_of_the_client_is_not_used() {
    let request = Request::get("/healthz")
        .header("x-request-id", "mine")
        .body(Body::empty())
        .expect("a request");
    assert_ne!(send(app(), request).await.header("x-request-id"), "mine");
}

#[tokio::test]
async fn the_caller_is_named_before_anything_is_read() {
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
async fn requests_that_are_not_well_formed_are_refused_alike_for_both_media_types() {
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
        for accept in [NEWER, "application/json"] {
            let mut request = post("")
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
async fn refused_documents_are_400_for_the_newer_media_type_and_200_for_the_older() {
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
        for (accept, status) in [(NEWER, newer), ("application/json", older)] {
            let request = post("")
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
async fn get_carries_queries_only() {
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
async fn other_methods_are_told_which_would_do() {
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

#[tokio::test]
async fn pages_for_callers_need_a_caller() {
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
async fn readiness_is_asked_each_time() {
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
async fn development_pages_are_there_only_when_they_are_on() {
    let get = |path: &str, host: &str| {
        Request::get(path)
            .header("host", host)
            .body(Body::empty())
            .expect("a request")
    };
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
async fn counters_name_routes_and_outcomes_and_nobody() {
    let app = app();
    send(app.clone(), query("{ a }")).await;
    send(app.clone(), query("{ a")).await;
    send(
        app.clone(),
        Request::get("/somebody/Secret").body(Body::empty()).expect("a request"),
    )
    .await;
    let got = send(app, Request::get("/metrics").body(Body::empty()).expect("a request")).await;
    for line in [
        "thinkfamily_http_requests_total{route=\"/graphql\",status=\"200\"} 2",
        "thinkfamily_http_requests_total{route=\"other\",status=\"404\"} 1",
        "thinkfamily_graphql_operations_total{outcome=\"executed\"} 1",
        "thinkfamily_graphql_operations_total{outcome=\"bad_user_input\"} 1",
        "thinkfamily_http_requests_in_flight 1",
    ] {
        assert!(got.text.contains(line), "{line} in {}", got.text);
    }
    assert!(!got.text.to_lowercase().contains("secret"));
}

#[tokio::test]
async fn a_flood_is_turned_away_and_told_when_to_come_back() {
    let engine = Arc::new(FakeEngine::default());
    let edge = EdgeLimits {
        running: 1,
        waiting: 0,
        ..EdgeLimits::default()
    };
    let app = router(state(&engine, edge));
    let first = tokio::spawn(send(app.clone(), query("{ hangs }")));
    engine.entered.notified().await;
    let got = send(app.clone(), query("{ a }")).await;
    assert_eq!((got.status, got.code().as_str()), (503, "UNAVAILABLE"));
    assert!(!got.header("retry-after").is_empty());
    engine.release.notify_one();
    assert_eq!(first.await.expect("no panic").status, 200);
    assert_eq!(send(app, query("{ a }")).await.status, 200);
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_given_up() {
    let edge = EdgeLimits {
        request_time: Duration::from_millis(20),
        ..EdgeLimits::default()
    };
    let got = send(router(state(&Arc::default(), edge)), query("{ hangs }")).await;
    assert_eq!((got.status, got.code().as_str()), (503, "UNAVAILABLE"));
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    let edge = EdgeLimits {
        body_time: Duration::from_millis(20),
        ..EdgeLimits::default()
    };
    let body = Body::from_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let request = post("").body(body).expect("a request");
    assert_eq!(
        send(router(state(&Arc::default(), edge)), request).await.status,
        StatusCode::REQUEST_TIMEOUT.as_u16()
    );
}

/// A server on a free port; the sender stops it, the handle ends when it has stopped.
async fn started(
    engine: &Arc<FakeEngine>,
    edge: EdgeLimits,
) -> (TcpStream, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let state = state(engine, edge.clone());
    let metrics = state.metrics.clone();
    let (stop, stopped) = oneshot::channel::<()>();
    let handle = tokio::spawn(async move {
        let stop = async {
            let _ = stopped.await;
        };
        server::serve(listener, router(state), &edge, &metrics, stop).await;
    });
    (TcpStream::connect(address).await.expect("it listens"), stop, handle)
}

fn raw(document: &str) -> String {
    let body = serde_json::json!({ "query": document }).to_string();
    format!(
        "POST /graphql HTTP/1.1\r\nhost: a\r\nauthorization: Bearer good\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn a_stopping_server_ends_what_is_under_way() {
    let engine = Arc::new(FakeEngine::default());
    let (mut client, stop, handle) = started(&engine, EdgeLimits::default()).await;
    client.write_all(raw("{ hangs }").as_bytes()).await.expect("sent");
    engine.entered.notified().await;
    stop.send(()).expect("it runs");
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(!handle.is_finished());
    engine.release.notify_one();
    let mut answer = String::new();
    client
        .read_to_string(&mut answer)
        .await
        .expect("an answer, then the end");
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("{\"data\":{\"hangs\":true}}"),
        "{answer}"
    );
    handle.await.expect("it stopped");
}

#[tokio::test]
async fn a_stopping_server_does_not_wait_for_ever() {
    let engine = Arc::new(FakeEngine::default());
    let edge = EdgeLimits {
        shutdown_time: Duration::from_millis(30),
        ..EdgeLimits::default()
    };
    let (mut client, stop, handle) = started(&engine, edge).await;
    client.write_all(raw("{ hangs }").as_bytes()).await.expect("sent");
    engine.entered.notified().await;
    stop.send(()).expect("it runs");
    tokio::time::timeout(Duration::from_secs(5), handle)
        .await
        .expect("in time")
        .expect("it stopped");
}

#[tokio::test]
async fn slow_and_large_heads_are_refused() {
    let edge = EdgeLimits {
        header_time: Duration::from_millis(50),
        header_bytes: 8 * 1024,
        ..EdgeLimits::default()
    };
    let (mut client, _stop, _handle) = started(&Arc::default(), edge.clone()).await;
    client.write_all(b"GET /healthz HTTP/1.1\r\nhost:").await.expect("sent");
    let mut answer = Vec::new();
    tokio::time::timeout(Duration::from_secs(5), client.read_to_end(&mut answer))
        .await
        .expect("closed")
        .expect("closed");

    let (mut client, _stop, _handle) = started(&Arc::default(), edge).await;
    let head = format!(
        "GET /healthz HTTP/1.1\r\nhost: a\r\nx-a: {}\r\n\r\n",
        "a".repeat(16 * 1024)
    );
    client.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = [0; 12];
    client.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 431");
}
