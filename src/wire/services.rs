//! What the wire needs of the other rooms, as small traits, so that it can be tested without them.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use http::HeaderMap;

use crate::{
    auth::{Asking, AuthRefusal, Authenticator, SignedIn, bearer::Scheme},
    error::{ErrorCode, RequestError},
    graphql::{
        engine::{Engine, Subscription},
        operation::{Answer, Event, OperationRequest},
    },
    sharing::caller::Caller,
};

/// Runs operations and shows the schema.
pub trait Execute: Send + Sync + 'static {
    /// Runs one operation. The answer must be fit to be sent: an account of it is durable by then.
    fn execute(&self, request: OperationRequest) -> BoxFuture<'_, Answer>;

    /// Begins a subscription. Dropping what comes back ends it.
    fn subscribe(&self, request: OperationRequest) -> BoxFuture<'_, Result<Box<dyn Events>, RequestError>>;

    /// The text of the document that was registered for the caller's client under this SHA-256 (64 lower-case hexadecimal digits), if there is one.
    fn registered<'a>(
        &'a self,
        caller: &'a Caller,
        sha256: &'a str,
    ) -> BoxFuture<'a, Result<Option<String>, RequestError>>;

    /// The schema as this caller sees it, in the schema definition language.
    fn sdl_for<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, Result<String, RequestError>>;

    /// Who sees what under the agreements in force, as an HTML page; refused to those who do not manage agreements.
    fn sharing_table<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, Result<String, RequestError>>;
}

/// What a subscription gives, one thing after another. It is asked for the next thing only when the one before was sent, so
/// that a slow reader makes nothing grow.
pub trait Events: Send {
    /// Waits until there may be something to give. It holds nothing meanwhile and may be given up at any time.
    fn ready(&mut self) -> BoxFuture<'_, ()>;

    /// The next event, made at this moment; `None` when there was nothing to give after all. Whoever asks holds a turn of
    /// the gate, so it does not wait for anything to happen.
    fn next(&mut self) -> BoxFuture<'_, Option<Event>>;
}

/// Tells who is asking.
pub trait Authenticate: Send + Sync + 'static {
    /// The caller behind the token, what proves that it is theirs, and `x-purpose-of-use`; and when the token ends.
    fn authenticate<'a>(&'a self, asking: Asking<'a>) -> BoxFuture<'a, Result<SignedIn, Refusal>>;
}

/// Why nobody could be named. The true cause is in the log of whoever refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No token, more than one, or one that is not accepted; and what to say in `WWW-Authenticate`.
    Unauthenticated(Challenge),
    /// The token is good; the purpose named, or that none is named, is not.
    Purpose(RequestError),
    /// The keys or the register of agencies cannot be reached.
    Unavailable,
}

/// What is asked for where a token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Challenge {
    /// A bearer token.
    Bearer,
    /// A token with a proof: the token is not accepted, or is another's.
    DpopToken,
    /// A token with a proof: the proof is not one of this request.
    DpopProof,
}

impl Challenge {
    /// The header's value.
    pub fn text(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
            Self::DpopToken => "DPoP error=\"invalid_token\", algs=\"RS256 ES256 EdDSA\"",
            Self::DpopProof => "DPoP error=\"invalid_dpop_proof\", algs=\"RS256 ES256 EdDSA\"",
        }
    }
}

impl Refusal {
    /// What the sender of these headers is told of a refusal.
    pub fn of(refusal: AuthRefusal, headers: &HeaderMap) -> Self {
        match refusal.error_code() {
            ErrorCode::Unauthenticated => Self::Unauthenticated(match Scheme::of(headers) {
                Scheme::Bearer => Challenge::Bearer,
                Scheme::Dpop if refusal.is_of_proof() => Challenge::DpopProof,
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
    fn authenticate<'a>(&'a self, asking: Asking<'a>) -> BoxFuture<'a, Result<SignedIn, Refusal>> {
        Box::pin(async move {
            let signed_in = self.sign_in(&asking).await;
            signed_in.map_err(|refusal| Refusal::of(refusal, asking.headers))
        })
    }
}

/// Whether the server can do its work now; `false` takes it out of a load balancer's rotation.
pub type Ready = Arc<dyn Fn() -> BoxFuture<'static, bool> + Send + Sync>;
