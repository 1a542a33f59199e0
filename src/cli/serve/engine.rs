//! The engine over the server's rooms, and the deliverer of webhooks beside it.

use std::sync::Arc;

use crate::{
    audit::Trail,
    cli::{context::read_text, failure::Failure, secret::Secret},
    config::Config,
    graphql::{
        engine::Engine,
        ids::{Codec, Key, Kind},
        lookups::LookupSettings,
        services::Services,
    },
    matching::Model,
    store::Store,
    webhook::{Deliverer, Guard, Sealer, Settings, Setup},
};

/// The longest file of weights, in bytes.
const MODEL: usize = 1 << 20;

/// What runs operations.
pub(super) fn engine(store: &Store, trail: &Trail, secret: &Secret, config: &Config) -> Result<Engine, Failure> {
    let key = secret.key("ids").map_err(Failure::problem)?;
    let codec = Codec::new(&key).map_err(|_| Failure::problem("the key of ids cannot be used"))?;
    let webhooks = webhooks(secret, config)?;
    let services = Services {
        store: store.clone(),
        trail: trail.clone(),
        codec,
        webhooks,
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

fn webhooks(secret: &Secret, config: &Config) -> Result<Setup, Failure> {
    let key = secret.key("webhooks").map_err(Failure::problem)?;
    let sealer = Sealer::new(&key).map_err(|_| Failure::problem("the key of webhook secrets cannot be used"))?;
    Ok(Setup {
        sealer: Arc::new(sealer),
        guard: Guard {
            private_addresses: config.webhooks.private_addresses,
        },
    })
}

/// What delivers webhooks. The ids in them are those that the engine gives out and takes.
pub(super) fn deliverer(store: &Store, trail: &Trail, engine: &Engine, config: &Config) -> Result<Deliverer, Failure> {
    let services = Arc::clone(engine.services());
    let setup = &services.webhooks;
    let settings = Settings {
        guard: setup.guard,
        timeout: config.webhooks.timeout,
        proxy: config.webhooks.proxy.clone(),
        ..Settings::default()
    };
    let sealer = Arc::clone(&setup.sealer);
    let ids = Arc::clone(&services);
    let public_id = Arc::new(move |authority, family, row| {
        let kind = Kind::Contact;
        ids.codec.id(authority, Key { kind, family, row })
    });
    // The library's own words would name the proxy.
    Deliverer::new(store.clone(), trail.clone(), sealer, public_id, settings)
        .map_err(|_| Failure::problem("webhooks cannot be sent with these settings: look at webhook_proxy"))
}
