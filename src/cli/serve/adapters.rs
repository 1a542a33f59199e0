//! The engine as the wire wants it.

use futures_util::{FutureExt as _, future::BoxFuture};

use crate::{
    audit::Trail,
    cli::{failure::Failure, secret::Secret},
    config::Config,
    error::RequestError,
    graphql::{
        Engine,
        ids::Codec,
        operation::{Answer, OperationRequest},
        services::Services,
    },
    sharing::caller::Caller,
    store::Store,
    wire::services::Execute,
};

/// What runs operations.
pub(super) struct Operations(Engine);

/// The engine over these rooms.
pub(super) fn engine(store: &Store, trail: &Trail, secret: &Secret, config: &Config) -> Result<Operations, Failure> {
    let key = secret.key("ids").map_err(Failure::problem)?;
    let codec = Codec::new(&key).map_err(|_| Failure::problem("the key of ids cannot be used"))?;
    let services = Services {
        store: store.clone(),
        trail: trail.clone(),
        codec,
    };
    Engine::new(services, config.limits.cost)
        .map(Operations)
        .map_err(|error| Failure::problem(format!("the schema cannot be built: {error}")))
}

impl Execute for Operations {
    fn execute(&self, request: OperationRequest) -> BoxFuture<'_, Answer> {
        self.0.execute(request).boxed()
    }

    fn sdl_for<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, Result<String, RequestError>> {
        self.0.sdl_for(caller).boxed()
    }

    fn sharing_table<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, Result<String, RequestError>> {
        self.0.sharing_table(caller).boxed()
    }
}
