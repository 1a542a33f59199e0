//! The engine over the server's rooms.

use std::sync::Arc;

use crate::{
    audit::Trail,
    cli::{context::read_text, failure::Failure, secret::Secret},
    config::Config,
    graphql::{engine::Engine, ids::Codec, lookups::LookupSettings, services::Services},
    matching::Model,
    store::Store,
};

/// The longest file of weights, in bytes.
const MODEL: usize = 1 << 20;

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
    let given = &config.lookups;
    let mut lookups = LookupSettings::new(&secret.key("lookups").map_err(Failure::problem)?);
    lookups.budget = i32::try_from(given.budget).unwrap_or(i32::MAX);
    lookups.period = given.period.into();
    lookups.pace = given.pace;
    let thresholds = &mut lookups.thresholds;
    thresholds.upper = given.upper.unwrap_or(thresholds.upper);
    thresholds.lower = given.lower.unwrap_or(thresholds.lower);
    thresholds.clear = given.clear.unwrap_or(thresholds.clear);
    if let Some(path) = &given.model {
        let model = Model::parse(&read_text(path, MODEL)?);
        let model = model.map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
        lookups.model = Arc::new(model);
    }
    Ok(lookups)
}
