//! The engine over the server's rooms, and the deliverer of webhooks beside it.

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

/// What runs operations.
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

/// The settings of look-ups, in the words of the room that carries them out.
fn lookups(secret: &Secret, config: &Config) -> Result<LookupSettings, Failure> {
    let given = &config.lookups;
    let mut lookups = LookupSettings::new(&secret.key("lookups").map_err(Failure::problem)?);
    lookups.budget = i32::try_from(given.budget).unwrap_or(i32::MAX);
    lookups.agency_budget = i32::try_from(given.agency_budget).unwrap_or(i32::MAX);
    lookups.tries = given.tries;
    lookups.tries_days = given.tries_days.into();
    lookups.period = given.period.into();
    lookups.repeats = i32::try_from(given.repeats).unwrap_or(i32::MAX);
    lookups.pace = given.pace;
    let (model, thresholds) = matching::settings(&config.matching)?;
    lookups.thresholds = thresholds;
    lookups.frequencies = Arc::new(Frequencies::of(&model));
    lookups.model = Arc::new(model);
    Ok(lookups)
}

/// How many changes may be made, in the words of the room that counts them.
fn writes(secret: &Secret, config: &Config) -> Result<WriteSettings, Failure> {
    let given = &config.writes;
    let most = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let mut writes = WriteSettings::new(&secret.key("writes").map_err(Failure::problem)?);
    writes.period = given.period.into();
    writes.per_client = most(given.per_client);
    writes.per_family = most(given.per_family);
    writes.per_family_and_kind = most(given.per_family_and_kind);
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
    let public_id = Arc::new(move |authority, family: Option<Uuid>, row| {
        let (kind, family) = family.map_or((Kind::Alert, Uuid::nil()), |family| (Kind::Contact, family));
        ids.codec.id(authority, Key { kind, family, row })
    });
    // The library's own words would name the proxy.
    Deliverer::new(store.clone(), trail.clone(), sealer, public_id, settings)
        .map_err(|_| Failure::problem("webhooks cannot be sent with these settings: look at webhook_proxy"))
}
