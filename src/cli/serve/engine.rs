//! The engine over the server's rooms.

use crate::{
    audit::Trail,
    cli::{failure::Failure, secret::Secret},
    config::Config,
    graphql::{engine::Engine, ids::Codec, services::Services},
    store::Store,
};

/// What runs operations.
pub(super) fn engine(store: &Store, trail: &Trail, secret: &Secret, config: &Config) -> Result<Engine, Failure> {
    let key = secret.key("ids").map_err(Failure::problem)?;
    let codec = Codec::new(&key).map_err(|_| Failure::problem("the key of ids cannot be used"))?;
    let services = Services {
        store: store.clone(),
        trail: trail.clone(),
        codec,
    };
    Engine::new(services, config.limits.cost)
        .map_err(|error| Failure::problem(format!("the schema cannot be built: {error}")))
}
