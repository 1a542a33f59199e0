//! The services that the wire needs from other rooms, as small traits, so that it can be tested without them.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use http::HeaderMap;

use crate::{
    auth::{AuthRefusal, Authenticator, Credentials, SignedIn, bearer::Scheme},
    error::{ErrorCode, RequestError},
    graphql::{
        engine::{Engine, Subscription},
        operation::{Answer, Event, OperationRequest},
    },
    sharing::caller::Caller,
};

/// Executes operations and renders the schema.
pub trait Execute: Send + Sync + 'static {
    /// Executes one operation. When this returns, the audit entry is durable and the answer may be sent.
    fn execute(&self, request: OperationRequest) -> BoxFuture<'_, Answer>;

    /// Starts a subscription. Dropping the result ends it.
    fn subscribe(&self, request: OperationRequest) -> BoxFuture<'_, Result<Box<dyn Events>, RequestError>>;

    /// The text of the document registered for the caller's client under this SHA-256 (64 lower-case
    /// hexadecimal digits), if any.
    fn registered<'a>(
        &'a self,
        caller: &'a Caller,
        sha256: &'a str,
    ) -> BoxFuture<'a, Result<Option<String>, RequestError>>;

    /// The schema as this caller sees it, in the schema definition language.
    fn sdl_for<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, Result<String, RequestError>>;

    /// Who sees what under the agreements in force, as an HTML page; refused to those who do not manage
    /// agreements.
    fn sharing_table<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, Result<String, RequestError>>;
}

/// The events of a subscription. The next one is produced only when the previous one was sent, so that a slow
/// reader cannot make memory grow.
pub trait Events: Send {
    /// Waits until there may be an event. Holds no resource meanwhile, and may be cancelled at any time.
    fn ready(&mut self) -> BoxFuture<'_, ()>;

    /// Produces the next event now; `None` when there was none after all. The caller holds a slot of the
    /// concurrency limit, so this does not wait for anything to happen.
    fn next(&mut self) -> BoxFuture<'_, Option<Event>>;
}

/// Authenticates callers.
pub trait Authenticate: Send + Sync + 'static {
    /// Authenticates a request by its token, the proof of possession and `x-purpose-of-use`.
    fn authenticate<'a>(&'a self, credentials: Credentials<'a>) -> BoxFuture<'a, Result<SignedIn, Refusal>>;
}

/// Why authentication failed. The true cause has been logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No token, more than one, or one not accepted; with the challenge for `WWW-Authenticate`.
    Unauthenticated(Challenge),
    /// The token is valid, but the purpose is missing or not allowed.
    Purpose(RequestError),
    /// The keys or the register of agencies cannot be reached.
    Unavailable,
}

/// The challenge sent when a token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Challenge {
    /// A bearer token.
    Bearer,
    /// `DPoP`: the token is not accepted, or bound to another key.
    DpopToken,
    /// `DPoP`: the proof does not fit this request.
    DpopProof,
}

impl Challenge {
    /// The value of `WWW-Authenticate`.
    pub fn text(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
            Self::DpopToken => "DPoP error=\"invalid_token\", algs=\"RS256 ES256 EdDSA\"",
            Self::DpopProof => "DPoP error=\"invalid_dpop_proof\", algs=\"RS256 ES256 EdDSA\"",
        }
    }
}

impl Refusal {
    /// The refusal as told to the sender of these headers.
    pub fn of(refusal: AuthRefusal, headers: &HeaderMap) -> Self {
        match refusal.error_code() {
            ErrorCode::Unauthenticated => Self::Unauthenticated(match Scheme::of(headers) {
                Scheme::Bearer => Challenge::Bearer,
                Scheme::Dpop if refusal.is_proof_error() => Challenge::DpopProof,
                Scheme::Dpop => Challenge::DpopToken,
            }),
            ErrorCode::Unavailable => Self::Unavailable,
            _ => Self::Purpose(refusal.into()),
        }
    }
}

impl Execute for Engine {
    fn execute(&self, request: OperationRequest) -> BoxFuture<'_, Answer> {
        Box::pin(self.execute(request))
    }

    fn subscribe(&self, request: OperationRequest) -> BoxFuture<'_, Result<Box<dyn Events>, RequestError>> {
        Box::pin(async move {
            let subscription = self.subscribe(request).await?;
            Ok(Box::new(subscription) as Box<dyn Events>)
        })
    }

    fn registered<'a>(
        &'a self,
        caller: &'a Caller,
        sha256: &'a str,
    ) -> BoxFuture<'a, Result<Option<String>, RequestError>> {
        Box::pin(self.registered(caller, sha256))
    }

    fn sdl_for<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, Result<String, RequestError>> {
        Box::pin(self.sdl_for(caller))
    }

    fn sharing_table<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, Result<String, RequestError>> {
        Box::pin(self.sharing_table(caller))
    }
}

impl Events for Subscription {
    fn ready(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(self.ready())
    }

    fn next(&mut self) -> BoxFuture<'_, Option<Event>> {
        Box::pin(self.look())
    }
}

impl Authenticate for Authenticator {
    fn authenticate<'a>(&'a self, credentials: Credentials<'a>) -> BoxFuture<'a, Result<SignedIn, Refusal>> {
        Box::pin(async move {
            let signed_in = self.sign_in(&credentials).await;
            signed_in.map_err(|refusal| Refusal::of(refusal, credentials.headers))
        })
    }
}

/// The readiness check; `false` takes the server out of a load balancer's rotation.
pub type Ready = Arc<dyn Fn() -> BoxFuture<'static, bool> + Send + Sync>;
