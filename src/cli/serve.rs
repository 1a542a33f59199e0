//! `thinkfamily serve`: wires the rooms together, serves, and shuts down gracefully.

mod banner;
mod engine;
mod ingress;
mod interrupted_changes;
mod metrics_listener;
mod readiness_checks;
mod roles;
pub mod service_metrics;
mod sign_in;
mod startup_checks;
mod trail_maintenance;

use std::{io::Write, process::ExitCode, sync::Arc, time::Duration};

use futures_util::{FutureExt as _, future::BoxFuture};
use tokio::{net::TcpListener, sync::oneshot, time::timeout};

use self::{banner::Banner, metrics_listener::MetricsListener, sign_in::SignIn, trail_maintenance::TrailMaintenance};
use super::{
    context::{self, Context},
    demo,
    failure::Failure,
    matching,
    secret::Secret,
};
use crate::{
    audit::Trail,
    auth::{Authenticator, DevIssuer, TrustedIssuer},
    config::Config,
    readiness::Readiness,
    sharing::decide::PERMITS_EVERYTHING,
    store::{Store, connect::Databases},
    webhook::Deliverer,
    wire::{
        graphiql::Graphiql,
        limits::{EdgeLimits, Limits, LiveLimits},
        metrics::Metrics,
        routes::router,
        server::{self, ListenOptions},
        state::AppState,
    },
};

/// Time for the trail and the databases to close after serving has ended.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(10);

/// Serves until the process is told to stop.
pub(super) async fn run(context: &Context, out: &mut (dyn Write + Send)) -> Result<ExitCode, Failure> {
    let config = &context.config;
    // A bad matching model is reported before anything starts.
    matching::settings(&config.matching)?;
    let tls = ingress::tls(config)?;
    let former_keys = trail_maintenance::former_keys(config)?;
    if PERMITS_EVERYTHING && !config.listen.ip().is_loopback() {
        return Err(Failure::usage(
            "this is the build of the bench that gives everything to everybody: it serves this machine alone",
        ));
    }
    let mut stop = stop_signal();
    // Bind the listener first: if that fails there is no reason to touch a database.
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| Failure::problem(format!("cannot listen on {}: {error}", config.listen)))?;
    let metrics_listener = metrics_listener::open(config, tls.clone()).await?;
    context.create_data_dir()?;
    let secret = Secret::load_or_create(&config.data_dir).map_err(Failure::problem)?;
    let databases = context.migrated_databases().await?;
    let store = context.store(&databases);
    startup_checks::run(&store).await?;
    let trail = context.trail(&databases, &format!("serve/{}", config.listen)).await?;
    let listen_options = ListenOptions {
        listener,
        tls,
        proxies: config.transport.trusted_proxies.clone(),
    };
    let listeners = (listen_options, metrics_listener);
    let trail_maintenance = TrailMaintenance::new(&trail, former_keys, config)?;
    trail_maintenance.verify_recent().await;
    let prepared = tokio::select! {
        // Told to stop before it was ready.
        () = &mut stop => None,
        prepared = Server::prepare(context, &secret, &databases, (&store, &trail, &trail_maintenance), listeners) => Some(prepared),
    };
    let maintenance_tasks = trail_maintenance.start();
    let ended = match prepared {
        Some(Ok(server)) => server.serve(out, stop).await,
        Some(Err(failure)) => Err(failure),
        None => Ok(()),
    };
    drop(maintenance_tasks);
    if timeout(CLOSE_TIMEOUT, trail.close()).await.is_err() {
        tracing::warn!("the trail was not closed in time");
    }
    trail_maintenance::send_final(&trail_maintenance.witnesses).await;
    if timeout(CLOSE_TIMEOUT, context::close(databases)).await.is_err() {
        tracing::warn!("the databases were not closed in time");
    }
    ended?;
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// Everything that serving needs, ready to start.
struct Server {
    listen_options: ListenOptions,
    metrics_listener: Option<MetricsListener>,
    state: AppState,
    edge: EdgeLimits,
    metrics: Metrics,
    sign_in: Arc<SignIn>,
    deliverer: Deliverer,
    readiness: Readiness,
    store: Store,
    trail: Trail,
    banner: Banner,
}

impl Server {
    async fn prepare(
        context: &Context,
        secret: &Secret,
        databases: &Databases,
        (store, trail, trail_maintenance): (&Store, &Trail, &TrailMaintenance),
        (listen_options, metrics_listener): (ListenOptions, Option<MetricsListener>),
    ) -> Result<Self, Failure> {
        let config = &context.config;
        if config.demo_data && !store.has_families().await.map_err(Failure::problem)? {
            let rows = demo::worked(context, databases, store, trail, "first-start").await?;
            tracing::info!(rows, "demonstration data loaded");
        }
        startup_checks::reviews(store).await?;
        let issuer = if config.dev_issuer {
            let (clock, ids) = (context.clock.clone(), context.ids.clone());
            let issuer = DevIssuer::open(&config.data_dir, &config.audience, clock, ids).map_err(Failure::problem)?;
            Some(issuer)
        } else {
            None
        };
        let authenticator = authenticator(context, store, issuer.as_ref())?;
        let readiness = readiness_checks::readiness(store, trail, &authenticator, trail_maintenance);
        let sign_in = Arc::new(SignIn::new(authenticator.clone(), trail.clone(), context.clock.clone()));
        let engine = engine::engine(store, trail, secret, config)?;
        let deliverer = engine::deliverer(store, trail, &engine, config)?;
        let metrics = Metrics::new().map_err(Failure::problem)?;
        service_metrics::register(&metrics, store, trail, &engine)
            .and_then(|()| service_metrics::register_sign_in_and_webhooks(&metrics, &sign_in, &deliverer))
            .and_then(|()| service_metrics::register_trail_maintenance(&metrics, trail_maintenance))
            .map_err(Failure::problem)?;
        let (limits, edge) = limits(config);
        service_metrics::register_readiness(&metrics, &readiness, &authenticator).map_err(Failure::problem)?;
        let mut state = AppState::new(
            Arc::new(engine),
            Arc::clone(&sign_in) as _,
            readiness_checks::probe(readiness.clone()),
            context.ids.clone(),
            metrics.clone(),
        )
        .with_limits(limits, edge.clone())
        .with_clock(context.clock.clone());
        // Demonstration roles need the demonstration authority: without it their tokens would be refused.
        let demo_authority = store.authority_named(demo::WORKED_AUTHORITY).await;
        let roles = issuer
            .clone()
            .filter(|_| demo_authority.is_ok_and(|found| found.is_some()));
        if let Some(issuer) = &issuer {
            state = state.with_jwks(issuer.jwks().to_string());
        }
        if config.graphiql {
            state = state.with_graphiql(match roles.clone() {
                Some(issuer) => Graphiql::with_roles(Arc::new(move || roles::for_page(&issuer))),
                None => Graphiql::new(),
            });
        }
        let address = listen_options
            .listener
            .local_addr()
            .map_err(|error| Failure::problem(format!("the address is not known: {error}")))?;
        state = state.with_ingress(ingress::ingress(&config.transport, address)?);
        let over_https = listen_options.tls.is_some();
        let metrics_url = metrics_listener.as_ref().map(MetricsListener::url).transpose()?;
        Ok(Self {
            listen_options,
            metrics_listener,
            state,
            edge,
            metrics,
            sign_in,
            deliverer,
            readiness,
            store: store.clone(),
            trail: trail.clone(),
            banner: Banner {
                address,
                over_https,
                metrics_url,
                database: databases.url().to_string(),
                graphiql: config.graphiql,
                roles,
            },
        })
    }

    async fn serve(self, out: &mut (dyn Write + Send), stop: BoxFuture<'static, ()>) -> Result<(), Failure> {
        let printed = self.banner.print(out);
        if let Err(error) = printed {
            // Standard output is closed; whoever serves from a script does not need it.
            tracing::debug!(%error, "the addresses could not be printed");
        }
        tracing::info!(address = %self.banner.address, "serving");
        if let Some(tls) = self.listen_options.tls.clone() {
            ingress::reload_on_sighup(tls);
        }
        let state = Arc::new(self.state);
        let metrics_server = self
            .metrics_listener
            .map(|listener| listener.serve(&state, &self.edge, &self.metrics));
        let (stop_delivering, stop_receiver) = oneshot::channel::<()>();
        let webhook_delivery = tokio::spawn(self.deliverer.run(self.store.wake(), async move {
            // A stop message and a dropped sender both stop it.
            let _ = stop_receiver.await;
        }));
        let change_recovery = tokio::spawn(interrupted_changes::recover(self.store.clone(), self.trail.clone()));
        let readiness_watch = tokio::spawn(async move { self.readiness.watch(readiness_checks::CHECK_INTERVAL).await });
        server::serve(self.listen_options, router(state), &self.edge, &self.metrics, stop).await;
        readiness_watch.abort();
        change_recovery.abort();
        // The metrics listener stays up until the end.
        drop(metrics_server);
        drop(stop_delivering);
        if timeout(CLOSE_TIMEOUT, webhook_delivery).await.is_err() {
            tracing::warn!("the delivery of webhooks did not end in time");
        }
        self.sign_in.flush().await;
        Ok(())
    }
}

/// Completes when the process is told to stop; a second signal exits the process at once. The signal handlers
/// are installed at this call.
fn stop_signal() -> BoxFuture<'static, ()> {
    let mut signal = Box::pin(server::stop_signal());
    // The first poll installs the handlers.
    let first_poll = signal.as_mut().now_or_never();
    async move {
        let result = match first_poll {
            Some(result) => result,
            None => signal.await,
        };
        if let Err(error) = result {
            tracing::error!(%error, "signals cannot be listened to: stop the process otherwise");
            std::future::pending::<()>().await;
        }
        tokio::spawn(async {
            if server::stop_signal().await.is_ok() {
                std::process::exit(1);
            }
        });
    }
    .boxed()
}

fn authenticator(context: &Context, store: &Store, issuer: Option<&DevIssuer>) -> Result<Authenticator, Failure> {
    let mut trusted = Vec::new();
    for settings in &context.config.issuers {
        trusted.push(TrustedIssuer::from_settings(settings, &context.clock).map_err(Failure::usage)?);
    }
    if let Some(issuer) = issuer {
        trusted.push(issuer.trusted().map_err(Failure::problem)?);
    }
    let directory = Arc::new(store.clone());
    let token_bytes = context.config.connections.token_bytes;
    let authenticator = Authenticator::with_max_token_bytes(trusted, directory, context.clock.clone(), token_bytes);
    let authenticator = authenticator.map_err(Failure::usage)?;
    let warm_up = authenticator.clone();
    tokio::spawn(async move { warm_up.warm_up().await });
    Ok(authenticator)
}

/// Converts the limits of the configuration into the wire's types.
pub(super) fn limits(config: &Config) -> (Limits, EdgeLimits) {
    let given = &config.limits;
    let count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let limits = Limits {
        document_bytes: given.document_bytes,
        tokens: given.document_tokens,
        bracket_depth: given.bracket_depth,
        operations: given.operations,
        fragments: given.fragments,
        variables: given.variables,
        aliases: given.aliases,
        directives: given.directives,
        root_fields: given.root_fields,
        key_repeats: given.repeats,
        selections: given.expanded_selections as u64,
        field_depth: given.depth,
    };
    let edge = EdgeLimits {
        body_bytes: given.body_bytes,
        header_bytes: config.connections.header_bytes,
        headers: config.connections.headers,
        header_time: config.connections.header_time,
        body_time: config.connections.body_time,
        connections: config.connections.authenticated,
        unauthenticated_connections: config.connections.unauthenticated_connections,
        unauthenticated_per_address: config.connections.unauthenticated_per_address,
        first_request_time: config.connections.first_request_time,
        request_time: config.request_timeout,
        // An operation holds one database connection; requests queue before they take one, not after.
        running: count(config.database.connections),
        waiting: count(config.database.queue),
        waiting_time: config.database.wait,
        requests_per_client: given.requests_per_client,
        write_time: config.live.write,
        drain_time: config.drain_time,
        live: LiveLimits {
            sockets: config.live.sockets,
            sockets_per_client: config.live.sockets_per_client,
            operations: config.live.operations,
            message_bytes: config.live.message_bytes,
            init_time: config.live.init,
            keep_alive: config.live.keep_alive,
        },
        ..EdgeLimits::default()
    };
    (limits, edge)
}
