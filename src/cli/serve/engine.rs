//! Builds the GraphQL engine, and the deliverer of webhooks.

use std::sync::Arc;

use uuid::Uuid;

use crate::{
    audit::Trail,
    cli::{failure::Failure, matching, secret::Secret},
    config::Config,
    graphql::{
        engine::{Engine, OperationLimits},
        ids::{Codec, Key, Kind},
        lookups::LookupSettings,
        services::Services,
        write_budget::WriteSettings,
    },
    matching::Frequencies,
    store::Store,
    webhook::{Deliverer, Guard, Sealer, Settings, Setup},
};

/// Builds the engine.
pub(super) fn engine(store: &Store, trail: &Trail, secret: &Secret, config: &Config) -> Result<Engine, Failure> {
    let key = secret.key("ids").map_err(Failure::problem)?;
    let codec = Codec::new(&key).map_err(|_| Failure::problem("the key of ids cannot be used"))?;
    let webhooks = webhooks(secret, config)?;
    let services = Services {
        store: store.clone(),
        trail: trail.clone(),
        codec,
        lookups: lookups(secret, config)?,
        writes: writes(secret, config)?,
        narrows: true,
        webhooks,
    };
    let limits = OperationLimits {
        cost: config.limits.cost,
        cost_per_minute: config.limits.cost_per_minute,
        time: config.request_timeout,
    };
    Engine::new(services, limits).map_err(|error| Failure::problem(format!("the schema cannot be built: {error}")))
}

/// Converts the look-up settings of the configuration into the engine's type.
fn lookups(secret: &Secret, config: &Config) -> Result<LookupSettings, Failure> {
    let settings = &config.lookups;
    let mut lookups = LookupSettings::new(&secret.key("lookups").map_err(Failure::problem)?);
    lookups.budget = i32::try_from(settings.budget).unwrap_or(i32::MAX);
    lookups.agency_budget = i32::try_from(settings.agency_budget).unwrap_or(i32::MAX);
    lookups.tries = settings.tries;
    lookups.tries_days = settings.tries_days.into();
    lookups.period = settings.period.into();
    lookups.repeats = i32::try_from(settings.repeats).unwrap_or(i32::MAX);
    lookups.pace = settings.pace;
    let (model, thresholds) = matching::settings(&config.matching)?;
    lookups.thresholds = thresholds;
    lookups.frequencies = Arc::new(Frequencies::of(&model));
    lookups.model = Arc::new(model);
    Ok(lookups)
}

/// Converts the write limits of the configuration into the engine's type.
fn writes(secret: &Secret, config: &Config) -> Result<WriteSettings, Failure> {
    let settings = &config.writes;
    let limit = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let mut writes = WriteSettings::new(&secret.key("writes").map_err(Failure::problem)?);
    writes.period = settings.period.into();
    writes.per_client = limit(settings.per_client);
    writes.per_family = limit(settings.per_family);
    writes.per_family_and_kind = limit(settings.per_family_and_kind);
    Ok(writes)
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

/// Builds the webhook deliverer. The ids it sends are encoded as the engine encodes them.
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
    let public_id = Arc::new(move |authority, family: Option<Uuid>, row| {
        let (kind, family) = family.map_or((Kind::Alert, Uuid::nil()), |family| (Kind::Contact, family));
        ids.codec.id(authority, Key { kind, family, row })
    });
    // The library's error message would name the proxy.
    Deliverer::new(store.clone(), trail.clone(), sealer, public_id, settings)
        .map_err(|_| Failure::problem("webhooks cannot be sent with these settings: look at webhook_proxy"))
}
