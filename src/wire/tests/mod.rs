//! Tests of the router with fake services, and of the server with real connections.

mod documents;
mod graphql_over_http;
mod live;
mod pages;
mod server_limits;

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
    services::{Authenticate, Challenge, Events, Execute, Refusal},
    state::AppState,
};
use crate::{
    auth::{Credentials, SignedIn},
    clock::{Clock, Ids},
    error::{ErrorCode, RequestError},
    graphql::operation::{Allowed, Answer, OperationRequest, WithheldMode},
    sharing::caller::{Caller, Party},
};

/// The documents registered for every client.
const REGISTERED: [&str; 4] = ["{ a }", "mutation { change }", "subscription { three }", "{ a"];
const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";

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

/// What the engine received.
struct EngineCalls {
    operation_name: Option<String>,
    variables: Value,
    withheld: WithheldMode,
    allowed: Allowed,
}

/// Answers according to the document, and records the last operation it received.
#[derive(Default)]
struct FakeEngine {
    last: Mutex<Option<EngineCalls>>,
    entered: Notify,
    release: Notify,
    feed: live::FakeSubscriptions,
}

impl FakeEngine {
    async fn run(&self, request: OperationRequest) -> Answer {
        let query = request.query.clone();
        *self.last.lock().expect("no panic") = Some(EngineCalls {
            operation_name: request.operation_name,
            variables: Value::Object(request.variables),
            withheld: request.withheld,
            allowed: request.allowed,
        });
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
            "{ whoami }" => {
                let data = serde_json::json!({ "data": {
                    "client": request.caller.client,
                    "purpose": request.caller.purpose,
                    "request": request.request_id,
                } });
                Answer::Executed(data.to_string().into_bytes())
            }
            "{ large }" => Answer::Executed(vec![b' '; 64 * 1024 * 1024]),
            "mutation { change }" if request.allowed == Allowed::Queries => Answer::NotByThisMethod,
            _ => Answer::Executed(b"{\"data\":{\"a\":1}}".to_vec()),
        }
    }
}

impl Execute for FakeEngine {
    fn execute(&self, request: OperationRequest) -> BoxFuture<'_, Answer> {
        self.run(request).boxed()
    }

    fn subscribe(&self, request: OperationRequest) -> BoxFuture<'_, Result<Box<dyn Events>, RequestError>> {
        std::future::ready(self.feed.subscribe(&request)).boxed()
    }

    fn registered<'a>(&'a self, _: &'a Caller, sha256: &'a str) -> BoxFuture<'a, Result<Option<String>, RequestError>> {
        let known = |text: &&&str| sha256 == crate::graphql::documents::sha256(text);
        let found = REGISTERED.iter().find(known).map(ToString::to_string);
        std::future::ready(Ok(found)).boxed()
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
    fn authenticate<'a>(&'a self, credentials: Credentials<'a>) -> BoxFuture<'a, Result<SignedIn, Refusal>> {
        let headers = credentials.headers;
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let token = text("authorization").and_then(|value| value.strip_prefix("Bearer "));
        let purpose = text("x-purpose-of-use");
        let of_purpose = |code| {
            Err(Refusal::Purpose(RequestError::new(
                code,
                "Name the purpose in x-purpose-of-use.",
            )))
        };
        let good = |client: &str, lasting: Duration| {
            let mut caller = caller();
            client.clone_into(&mut caller.client);
            if let Some(purpose) = purpose {
                purpose.clone_into(&mut caller.purpose);
            }
            Ok(SignedIn {
                caller,
                expires_at: Clock::system().now() + lasting,
                only_registered: client == "only-registered",
            })
        };
        let answer = match token.map(|token| token.split_once('-').unwrap_or((token, ""))) {
            _ if purpose == Some("not_mine") => of_purpose(ErrorCode::NotInAgreement),
            Some(("client", client)) => good(client, Duration::from_hours(1)),
            Some(("milliseconds", left)) => good("a-client", Duration::from_millis(left.parse().expect("a number"))),
            Some(("purposes", _)) if purpose.is_none() => of_purpose(ErrorCode::PurposeRequired),
            Some(("good", "") | ("purposes", _)) => good("a-client", Duration::from_hours(1)),
            Some(("offline", _)) => Err(Refusal::Unavailable),
            _ => Err(Refusal::Unauthenticated(Challenge::Bearer)),
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

fn post() -> http::request::Builder {
    Request::post("/graphql")
        .header("authorization", "Bearer good")
        .header("content-type", "application/json")
}

fn query(text: &str) -> Request<Body> {
    post().body(body_of(text)).expect("a request")
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
