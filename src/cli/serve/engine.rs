//! The engine over the server's rooms.

use std::sync::Arc;

use crate::{
    audit::Trail,
    cli::{failure::Failure, matching, secret::Secret},
    config::Config,
    graphql::{engine::Engine, ids::Codec, lookups::LookupSettings, services::Services},
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
        lookups: lookups(secret, config)?,
    };
    Engine::new(services, config.limits.cost)
        .map_err(|error| Failure::problem(format!("the schema cannot be built: {error}")))
}

/// The settings of look-ups, in the words of the room that carries them out.
fn lookups(secret: &Secret, config: &Config) -> Result<LookupSettings, Failure> {
    let (model, thresholds) = matching::settings(&config.matching)?;
    let mut lookups = LookupSettings::new(&secret.key("lookups").map_err(Failure::problem)?);
    lookups.budget = i32::try_from(config.lookups.budget).unwrap_or(i32::MAX);
    lookups.period = config.lookups.period.into();
    lookups.pace = config.lookups.pace;
    lookups.model = Arc::new(model);
    lookups.thresholds = thresholds;
    Ok(lookups)
}
